import { type EntityDefinition, writeVerbs } from '../metadata/entity-catalogue.js';
import type { AccessLevel, AccessVerb, SecurityLevel } from '../world/security-level.js';
import type { ApiUser } from '../world/simulator-world.js';
import type { Row } from '../world/table.js';
import { AutotaskRefusal } from './autotask-refusal.js';

const OWNER_FIELDS = ['ownerResourceID', 'creatorResourceID', 'createdByResourceID', 'assignedResourceID'];

/** What the entity supports through the API at all, whoever asks: the `can…` members of `entityInformation`. */
export function supportedVerbs(entity: EntityDefinition): Readonly<Record<AccessVerb, boolean>> {
  const verbs = writeVerbs(entity);
  return {
    query: entity.isQueryable,
    create: verbs.has('POST'),
    update: verbs.has('PATCH') || verbs.has('PUT'),
    delete: verbs.has('DELETE'),
  };
}

/** What a security level grants for a verb; `None` where the entity does not support it. */
export function accessOf(level: SecurityLevel, entity: EntityDefinition, verb: AccessVerb): AccessLevel {
  if (!supportedVerbs(entity)[verb]) return 'None';
  return level.rights[entity.name]?.[verb] ?? 'All';
}

/**
 * Refuses a verb the user's security level does not grant, for the given record where the grant depends on it.
 *
 * @throws AutotaskRefusal with the vendor's text (prefix as observed, Autotask REST reference, §6).
 */
export function requireAccess(user: ApiUser, entity: EntityDefinition, verb: AccessVerb, row?: Row): void {
  const access = accessOf(user.securityLevel, entity, verb);
  const isOwnEnough = row === undefined || isOwn(user, row);
  if (access === 'All' || (access === 'Restricted' && isOwnEnough)) return;
  throw new AutotaskRefusal(
    `The logged in Resource does not have the adequate permissions to ${verb} ${entity.singular}.`,
  );
}

/** Whether a user's queries show the record: restricted levels answer fewer rows, not errors (reference §4.3). */
export function visibleTo(user: ApiUser, entity: EntityDefinition): (row: Row) => boolean {
  const level = user.securityLevel;
  if (level.hiddenEntities.includes(entity.name)) return () => false;
  if (accessOf(level, entity, 'query') === 'Restricted') return (row) => isOwn(user, row);
  return everyRow;
}

/** What is visible without a restriction; told apart by identity, so that counting need not look at rows. */
export function everyRow(): boolean {
  return true;
}

function isOwn(user: ApiUser, row: Row): boolean {
  return OWNER_FIELDS.some((field) => row[field] === user.resourceID);
}
