import { ConnectorError } from '../../kernel/connector-error.js';

/** The host's `MasterKeyProvider` gives no usable key, or not all of those that stored credentials are sealed under. */
export class MasterKeyUnavailableError extends ConnectorError {
  constructor(cause: unknown) {
    super({
      code: 'secret.master_key_unavailable',
      category: 'configuration',
      detail:
        'A master key is missing or unusable. Give the host the keys that stored credentials were sealed under.',
      cause,
    });
  }
}
