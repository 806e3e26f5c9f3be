import { ConnectorError } from '../../kernel/connector-error.js';

/** The connection has no mirrored contract with this external id; it may not have been pulled yet. */
export class ContractNotFoundError extends ConnectorError {
  constructor() {
    super({
      code: 'contract.not_found',
      category: 'not_found',
      detail: 'This connection has no contract with this id. If it is new in Autotask, sync first.',
    });
  }
}

/**
 * A complete pull saw far fewer records than are mirrored. Restricted visibility answers with empty pages rather than errors, so
 * this is taken for a lost right, not for deletions, and nothing is deleted.
 */
export class VisibilityShrunkError extends ConnectorError {
  constructor(shrunk: readonly { entity: string; seen: number; missing: number }[]) {
    const shown = shrunk.map(
      ({ entity, seen, missing }) => `${seen} ${entity} where ${seen + missing} were known`,
    );
    super({
      code: 'sync.visibility_shrunk',
      category: 'configuration',
      detail:
        `Autotask showed ${shown.join(', ')}, and nothing was deleted here. Check the security ` +
        `level of the API user (contract visibility, line of business), then sync again.`,
      context: { shrunk: shrunk.map(({ entity, seen, missing }) => ({ entity, seen, missing })) },
    });
  }
}

/** A record was to be put into the mirror, and a pull did not let go of its entity in time. */
export class MirrorBusyError extends ConnectorError {
  constructor(facts: { cause: unknown }) {
    super({
      code: 'contract.mirror_busy',
      category: 'conflict',
      detail: 'A sync run is storing records of the same kind. Try again in a minute.',
      ...facts,
    });
  }
}
