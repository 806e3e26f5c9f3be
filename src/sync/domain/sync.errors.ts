import { ConnectorError } from '../../kernel/connector-error.js';

/** No run of the caller's tenant has this id. */
export class SyncRunNotFoundError extends ConnectorError {
  constructor() {
    super({
      code: 'sync.run_not_found',
      category: 'not_found',
      detail: 'There is no sync run with this id.',
    });
  }
}

/** The connection already has a run that waits or works. */
export class SyncAlreadyActiveError extends ConnectorError {
  constructor() {
    super({
      code: 'sync.already_active',
      category: 'conflict',
      detail:
        'A sync run of this connection is already queued or running. Watch that one, or wait until it ends.',
    });
  }
}

/** A run that is to be cancelled has ended already. */
export class SyncRunEndedError extends ConnectorError {
  constructor() {
    super({
      code: 'sync.run_ended',
      category: 'conflict',
      detail: 'This sync run has ended already; there is nothing to cancel.',
    });
  }
}

/** A person decides about missing records, but the last full run of the connection did not stop because of any. */
export class VisibilityNotQuestionedError extends ConnectorError {
  constructor() {
    super({
      code: 'sync.visibility_not_questioned',
      category: 'conflict',
      detail:
        'The last sync run of this connection did not stop because records were missing; there is nothing to decide.',
    });
  }
}

/** The connection's own schedule is no cron expression, or asks for more than one run a minute. */
export class SyncCronInvalidError extends ConnectorError {
  /** @param problem what is wrong with it, such as `it is no cron expression` */
  constructor(problem: string) {
    const detail = `cannot be used: ${problem}; an example of five fields in UTC is */15 * * * *`;
    super({
      code: 'sync.cron_invalid',
      category: 'invalid_input',
      detail: `The schedule ${detail}.`,
      extensions: { errors: [{ pointer: '/syncCron', detail }] },
    });
  }
}

/** So many records of an entity cannot be read that the fault is not theirs; the PSA's answers have changed, or ours is the mistake. */
export class RecordsUnreadableError extends ConnectorError {
  /** @param example what is wrong with the first of them */
  constructor(entity: string, limit: number, example: string) {
    super({
      code: 'sync.records_unreadable',
      category: 'configuration',
      detail:
        `More than ${limit} ${entity} cannot be read, such as ${example} Compare one of them in Autotask with what is asked for; ` +
        `if it is as it should be there, this release does not understand your Autotask and needs an update.`,
      context: { entity, example },
    });
  }
}

/** Another worker has taken the run over; this one must stop without writing anything more. Never shown to a user. */
export class LeaseLostError extends ConnectorError {
  constructor(runId: string) {
    super({
      code: 'sync.lease_lost',
      category: 'internal',
      detail: 'Another worker has taken over this sync run.',
      context: { syncRunId: runId },
    });
  }
}

/** The connection was removed or disabled while the run worked; the run ends as cancelled. */
export class ConnectionGoneError extends ConnectorError {
  constructor() {
    super({
      code: 'sync.connection_gone',
      category: 'conflict',
      detail: 'The connection was removed or disabled while it was being synced.',
    });
  }
}
