import { ConnectorError } from '../../kernel/connector-error.js';

/** A checkpoint or an archive is asked for, and the host gives no key to sign with. */
export class SigningKeyMissingError extends ConnectorError {
  constructor() {
    super({
      code: 'audit.signing_key_missing',
      category: 'configuration',
      detail:
        'There is no Ed25519 key to sign checkpoints with; supply ports.auditSigningKeyProvider, or --signing-key.',
    });
  }
}

/** Months cannot be archived as they are; nothing was dropped. */
export class ArchiveRefusedError extends ConnectorError {
  constructor(reason: string) {
    super({
      code: 'audit.archive_refused',
      category: 'conflict',
      detail: `Nothing was archived: ${reason}`,
    });
  }
}
