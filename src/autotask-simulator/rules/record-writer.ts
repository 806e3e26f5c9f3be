import type { EntityDefinition } from '../metadata/entity-catalogue.js';
import type { FieldDefinition } from '../metadata/field-notation.js';
import type { Row, RowChanges, RowValue } from '../world/table.js';
import { AutotaskRefusal } from './autotask-refusal.js';
import { ENTITY_RULES } from './entity-rules.js';
import { type JsonObject, memberOf } from './json-members.js';
import { requireAccess } from './permissions.js';
import { readRecordValues, readUserDefined } from './record-values.js';
import type { WriteContext } from './write-context.js';

/** Flagged read-only in the metadata, yet accepted on create (Autotask REST reference, §4.2, observed). */
const SETTABLE_ON_CREATE = new Set(['contractPeriodType', 'exclusionContractID']);

/**
 * Creates a record, below a parent where the URL named one; answers its id, or null where the vendor answers none.
 *
 * @throws AutotaskRefusal when a right, a required field or a valid value is missing, or a rule of the entity refuses it.
 */
export function createRecord(
  context: WriteContext,
  entity: EntityDefinition,
  body: JsonObject,
  parentId?: number,
): number | null {
  requireAccess(context.user, entity, 'create');
  const id = memberOf(body, 'id');
  if (id !== undefined && id !== null && id !== 0) {
    throw new AutotaskRefusal('The value of field: id must be omitted or 0 when a record is created.');
  }
  const given = readRecordValues(context.database, entity, body);
  placeUnderParent(context, entity, given, parentId);
  const values: Record<string, RowValue> = {};
  for (const field of entity.fields) {
    if (field.name !== 'id') values[field.name] = isSettable(field) ? (given.get(field.name) ?? null) : null;
  }
  requireFields(entity, values);
  const userDefinedFields = readUserDefined(entity, body, undefined);
  const complete = userDefinedFields === undefined ? values : { ...values, userDefinedFields };
  const rules = ENTITY_RULES[entity.name] ?? {};
  if (rules.create !== undefined) return rules.create(context, complete);
  const row = rules.beforeInsert?.(context, complete) ?? complete;
  return context.database.table(entity.name).insert(row).id;
}

/**
 * Changes a record named by `id` in the body: PATCH the given fields, PUT all of them, so that an omitted writable field
 * becomes null (reference §3).
 *
 * @throws AutotaskRefusal as `createRecord`, and when there is no such record or an immutable field would change.
 */
export function updateRecord(
  context: WriteContext,
  entity: EntityDefinition,
  body: JsonObject,
  options: { isReplacement: boolean; parentId?: number | undefined },
): number {
  const before = recordOf(context, entity, memberOf(body, 'id'), options.parentId);
  requireAccess(context.user, entity, 'update', before);
  const given = readRecordValues(context.database, entity, withoutUnchanged(entity, body, before));
  const changes: Record<string, RowValue> = {};
  for (const field of entity.fields) {
    const value = given.get(field.name);
    if (value !== undefined) requireMutable(entity, field, before, value);
    if (!isUpdatable(entity, field)) continue;
    if (value !== undefined) changes[field.name] = value;
    else if (options.isReplacement && memberOf(body, field.name) === undefined) changes[field.name] = null;
  }
  requireFields(entity, changes, new Set(Object.keys(changes)));
  const userDefinedFields = readUserDefined(entity, body, before['userDefinedFields']);
  const complete = userDefinedFields === undefined ? changes : { ...changes, userDefinedFields };
  const rules = ENTITY_RULES[entity.name] ?? {};
  const final = rules.beforeUpdate?.(context, before, complete) ?? complete;
  const after = context.database.table(entity.name).update(before.id, final);
  rules.afterUpdate?.(context, before, after);
  return after.id;
}

/** @throws AutotaskRefusal when there is no such record, the right is missing or the record may not go. */
export function deleteRecord(
  context: WriteContext,
  entity: EntityDefinition,
  id: number,
  parentId?: number,
): number {
  const row = context.database.table(entity.name).get(id);
  requireAccess(context.user, entity, 'delete', row);
  if (row === undefined || isElsewhere(entity, row, parentId)) {
    throw new AutotaskRefusal(
      'No message. No matching records found. The logged in Resource may not have the required permissions to delete the data.',
    );
  }
  ENTITY_RULES[entity.name]?.beforeDelete?.(context, row);
  context.database.table(entity.name).remove(id);
  return id;
}

/** A value sent back as it is stored is no change, so that it is not checked against today's active references. */
function withoutUnchanged(entity: EntityDefinition, body: JsonObject, before: Row): JsonObject {
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => {
      const field = entity.fieldByKey.get(name.toLowerCase());
      return field === undefined || value !== before[field.name] || value === null;
    }),
  );
}

function recordOf(context: WriteContext, entity: EntityDefinition, id: unknown, parentId?: number): Row {
  const row = typeof id === 'number' ? context.database.table(entity.name).get(id) : undefined;
  if (row === undefined || isElsewhere(entity, row, parentId)) {
    requireAccess(context.user, entity, 'update');
    throw new AutotaskRefusal(`No matching records found for ${entity.singular} with this id.`);
  }
  return row;
}

function isElsewhere(entity: EntityDefinition, row: Row, parentId: number | undefined): boolean {
  return parentId !== undefined && row[entity.parentRoute?.parentField ?? ''] !== parentId;
}

function placeUnderParent(
  context: WriteContext,
  entity: EntityDefinition,
  values: Map<string, RowValue>,
  parentId: number | undefined,
): void {
  const route = entity.parentRoute;
  if (parentId === undefined || route === null) return;
  const named = values.get(route.parentField) ?? parentId;
  if (named !== parentId || context.database.table(route.parent).get(parentId) === undefined) {
    throw new AutotaskRefusal(
      `Reference value on field: ${route.parentField} does not match the parent in the URL or is invalid`,
    );
  }
  values.set(route.parentField, parentId);
}

function isSettable(field: FieldDefinition): boolean {
  return !field.isReadOnly || field.isRequired || SETTABLE_ON_CREATE.has(field.name);
}

function isUpdatable(entity: EntityDefinition, field: FieldDefinition): boolean {
  if (field.name === 'id' || field.isReadOnly || isParentField(entity, field)) return false;
  return entity.updatableOnly === null || entity.updatableOnly.includes(field.name);
}

/** A child stays below the parent its address names, so a replacement need not repeat it. */
function isParentField(entity: EntityDefinition, field: FieldDefinition): boolean {
  return field.name === entity.parentRoute?.parentField;
}

/** Fields set on create stay as they are; fields the server manages are ignored when sent. */
function requireMutable(
  entity: EntityDefinition,
  field: FieldDefinition,
  before: Row,
  value: RowValue,
): void {
  const isFixed = (field.isReadOnly && field.isRequired) || isParentField(entity, field);
  if (!isFixed || value === before[field.name]) return;
  throw new AutotaskRefusal(`The field: ${field.name} of ${entity.singular} cannot be changed.`);
}

/** @throws AutotaskRefusal naming every required field among these that is empty. */
export function requireFields(
  entity: EntityDefinition,
  values: RowChanges,
  among: ReadonlySet<string> = new Set(entity.fields.map(({ name }) => name)),
): void {
  const missing = entity.fields.filter(
    ({ name, isRequired }) => isRequired && among.has(name) && (values[name] ?? null) === null,
  );
  const [first, ...others] = missing.map(({ name }) => `Missing Required Field: ${name}`);
  if (first !== undefined) throw new AutotaskRefusal(first, ...others);
}
