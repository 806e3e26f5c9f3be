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

const RETRY_AFTER_SECONDS = 30;

/** As many logs as one process takes on are being verified for other tenants. */
export class VerificationBusyError extends ConnectorError {
  constructor() {
    super({
      code: 'audit.verification_busy',
      category: 'throttled',
      detail: 'The logs of other tenants are being verified at the moment. Try again in half a minute.',
      extensions: { retryAfterSeconds: RETRY_AFTER_SECONDS },
    });
  }
}
