import { ConnectorError } from '../../kernel/connector-error.js';

/** Wait before another try; the database is as a rule back by then. */
const RETRY_AFTER_SECONDS = 5;

/**
 * The slots of concurrent requests cannot be taken or kept, because the database does not answer: nothing is sent, and what is under way
 * ends, for another replica may get its slot.
 */
export class RequestSlotsUnavailableError extends ConnectorError {
  readonly retryAfterSeconds = RETRY_AFTER_SECONDS;

  constructor(cause?: unknown) {
    super({
      code: 'limits.slots_unavailable',
      category: 'rate_limited',
      detail:
        'The database that shares out concurrent requests to the PSA does not answer. Work goes on when it does.',
      extensions: { retryAfterSeconds: RETRY_AFTER_SECONDS },
      cause,
    });
  }
}
