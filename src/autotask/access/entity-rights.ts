import type { AccessVerb } from '../../ports/psa/access-report.js';
import { PsaUnexpectedAnswerError } from '../../ports/psa/psa.errors.js';
import type { JsonObject } from '../client/failure-table.js';

export const ACCESS_VERBS: readonly AccessVerb[] = ['query', 'create', 'update', 'delete'];

/** What the security level allows: never, always, or depending on the record. */
export type UserAccess = 'None' | 'All' | 'Restricted' | 'not told';

export interface EntityRight {
  access: UserAccess;
  /** Whether the API lets anybody do this with the entity. */
  isSupported: boolean;
}

export type EntityRights = Readonly<Record<AccessVerb, EntityRight>>;

const WIRE_NAMES: Readonly<Record<AccessVerb, string>> = {
  query: 'Query',
  create: 'Create',
  update: 'Update',
  delete: 'Delete',
};

/** Text on the wire as generated clients see it, numbers as the vendor's help says; sources disagree (Autotask REST reference, §4.1). */
const ACCESS_BY_WIRE_VALUE: Readonly<Record<string, UserAccess>> = {
  none: 'None',
  all: 'All',
  restricted: 'Restricted',
  '0': 'None',
  '1': 'All',
  '2': 'Restricted',
};

/**
 * Reads `{Entity}/entityInformation`. `userAccessFor…` is what this API user may do; `can…` what the API supports at all.
 * @throws PsaUnexpectedAnswerError when the answer holds no `info`
 */
export function entityRights(entity: string, body: JsonObject): EntityRights {
  const info = body['info'];
  if (typeof info !== 'object' || info === null) {
    throw new PsaUnexpectedAnswerError(`Autotask does not describe ${entity}.`, { context: { entity } });
  }
  return rightsOf((verb) => ({
    access: accessOf((info as JsonObject)[`userAccessFor${WIRE_NAMES[verb]}`]),
    isSupported: (info as JsonObject)[`can${WIRE_NAMES[verb]}`] !== false,
  }));
}

/** An entity whose very description is forbidden. */
export const NO_RIGHTS: EntityRights = rightsOf(() => ({ access: 'None', isSupported: true }));
/** An entity that this instance does not have. */
export const UNKNOWN_RIGHTS: EntityRights = rightsOf(() => ({ access: 'not told', isSupported: false }));

function rightsOf(rightFor: (verb: AccessVerb) => EntityRight): EntityRights {
  return {
    query: rightFor('query'),
    create: rightFor('create'),
    update: rightFor('update'),
    delete: rightFor('delete'),
  };
}

function accessOf(value: unknown): UserAccess {
  if (typeof value !== 'string' && typeof value !== 'number') return 'not told';
  return ACCESS_BY_WIRE_VALUE[String(value).trim().toLowerCase()] ?? 'not told';
}
