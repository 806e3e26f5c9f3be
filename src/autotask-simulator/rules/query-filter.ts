import type { EntityDefinition } from '../metadata/entity-catalogue.js';
import type { FieldDefinition } from '../metadata/field-notation.js';
import type { Row, RowValue } from '../world/table.js';
import { AutotaskRefusal } from './autotask-refusal.js';
import { compileComparison, OPERATORS_WITHOUT_VALUE, VALUE_OPERATORS } from './filter-comparison.js';
import { isJsonObject, type JsonObject, memberOf } from './json-members.js';

/** A filter ready to run: the test of one row, and the id range outside of which no row can match. */
export interface CompiledFilter {
  readonly matches: (row: Row) => boolean;
  /** Smallest and greatest id a match can have; they let a page start and stop without scanning the table. */
  readonly firstId: number;
  readonly lastId: number;
  /** Whether the id range alone decides, so that rows inside it need not be tested. */
  readonly isIdRange: boolean;
  /** Values one of which a match holds in a field, so that it can be looked up; null when no condition names any. */
  readonly lookup: FieldLookup | null;
  /** Names of the fields it looks at; null where it looks at user-defined ones. */
  readonly fields: ReadonlySet<string> | null;
  /** Alternatives of its first `or`, one of which a match fulfils; null where there is none. */
  readonly anyOf: readonly CompiledFilter[] | null;
}

export interface FieldLookup {
  readonly field: string;
  readonly values: ReadonlySet<RowValue>;
}

type Predicate = (row: Row) => boolean;

const MAX_OR_CONDITIONS = 500;
const RANGE_OPERATORS = new Set(['gt', 'gte', 'eq', 'lt', 'lte']);

/** Text of the older interface; the wording over REST is not known (reference §2.2). */
const TOO_MANY_ORS = "Invalid query syntax. Queries are limited to 500 or fewer 'OR' conditions.";

interface Tally {
  orConditions: number;
  userDefined: number;
  fields: Set<string>;
}

/**
 * Compiles the `filter` array of a query: its members are ANDed, groups nest (Autotask REST reference, §2.2).
 *
 * @throws AutotaskRefusal when there is no filter, a member is malformed, a field unknown, or a limit exceeded.
 */
export function compileFilter(entity: EntityDefinition, filter: unknown): CompiledFilter {
  if (!Array.isArray(filter) || filter.length === 0) {
    throw new AutotaskRefusal('Invalid query. At least one filter condition is required.');
  }
  const tally: Tally = { orConditions: 0, userDefined: 0, fields: new Set() };
  const conditions = filter.map((item) => compileItem(entity, item, tally));
  if (tally.orConditions > MAX_OR_CONDITIONS) throw new AutotaskRefusal(TOO_MANY_ORS);
  if (tally.userDefined > 1) {
    throw new AutotaskRefusal('Invalid query. Only one user-defined field may be queried at a time.');
  }
  const items = filter.filter(isJsonObject);
  const fields = tally.userDefined > 0 ? null : tally.fields;
  const anyOf = alternativesOf(entity, items);
  return { matches: every(conditions), ...idRange(items), lookup: lookupOf(entity, items), fields, anyOf };
}

function alternativesOf(entity: EntityDefinition, items: readonly JsonObject[]): CompiledFilter[] | null {
  const group = items.find((item) => operatorOf(item) === 'or');
  const alternatives = group === undefined ? undefined : memberOf(group, 'items');
  return Array.isArray(alternatives) ? alternatives.map((item) => compileFilter(entity, [item])) : null;
}

function every(conditions: readonly Predicate[]): Predicate {
  return (row) => conditions.every((condition) => condition(row));
}

function compileItem(entity: EntityDefinition, item: unknown, tally: Tally): Predicate {
  if (!isJsonObject(item)) throw new AutotaskRefusal('Invalid query. A filter condition must be an object.');
  const operator = operatorOf(item);
  if (operator === 'and' || operator === 'or') return compileGroup(entity, item, operator, tally);
  const field = memberOf(item, 'field');
  if (typeof field !== 'string' || field === '') {
    throw new AutotaskRefusal(`Invalid query. Operator '${operator}' needs a field.`);
  }
  if (!OPERATORS_WITHOUT_VALUE.has(operator) && !VALUE_OPERATORS.has(operator)) {
    throw new AutotaskRefusal(`Invalid query. Operator '${operator}' is not supported.`);
  }
  const value = memberOf(item, 'value');
  if (Array.isArray(value)) tally.orConditions += value.length;
  if (memberOf(item, 'udf') === true) {
    tally.userDefined += 1;
    return compileUserDefined(entity, field, operator, value);
  }
  const definition = fieldNamed(entity, field);
  tally.fields.add(definition.name);
  const compare = compileComparison(definition, operator, value);
  return (row) => compare(row[definition.name] ?? null);
}

function compileGroup(
  entity: EntityDefinition,
  group: JsonObject,
  operator: string,
  tally: Tally,
): Predicate {
  const items = memberOf(group, 'items');
  if (!Array.isArray(items) || items.length === 0) {
    throw new AutotaskRefusal(`Invalid query. Operator '${operator}' needs items.`);
  }
  if (operator === 'or') tally.orConditions += items.length;
  const conditions = items.map((item) => compileItem(entity, item, tally));
  return operator === 'and' ? every(conditions) : (row) => conditions.some((condition) => condition(row));
}

function compileUserDefined(
  entity: EntityDefinition,
  name: string,
  operator: string,
  value: unknown,
): Predicate {
  const wanted = name.toLowerCase();
  const known = entity.userDefinedFields?.find((field) => field.name.toLowerCase() === wanted);
  if (known === undefined) {
    throw new AutotaskRefusal(`Unable to find user-defined field '${name}' on ${entity.singular}.`);
  }
  const definition: FieldDefinition = {
    name: known.name,
    type: 'string',
    length: known.length,
    isRequired: false,
    isReadOnly: false,
    reference: '',
    picklist: null,
  };
  const compare = compileComparison(definition, operator, value);
  return (row) => {
    const values = row['userDefinedFields'];
    const found = Array.isArray(values) ? values.find((entry) => entry.name === known.name) : undefined;
    return compare(found?.value ?? null);
  };
}

function operatorOf(item: JsonObject): string {
  const operator = memberOf(item, 'op');
  if (typeof operator !== 'string')
    throw new AutotaskRefusal('Invalid query. A filter condition needs an op.');
  return operator.toLowerCase();
}

/** @throws AutotaskRefusal when the entity has no such field. */
export function fieldNamed(entity: EntityDefinition, name: string): FieldDefinition {
  const definition = entity.fieldByKey.get(name.toLowerCase());
  if (definition === undefined) {
    throw new AutotaskRefusal(`Unable to find '${name}' in the ${entity.singular} Entity.`);
  }
  return definition;
}

/** The range the conditions on `id` leave, and whether there are no other conditions. */
function idRange(items: readonly JsonObject[]): { firstId: number; lastId: number; isIdRange: boolean } {
  const range = { firstId: -Infinity, lastId: Infinity, isIdRange: true };
  for (const item of items) {
    const operator = operatorOf(item);
    const field = memberOf(item, 'field');
    const value = memberOf(item, 'value');
    const isOnId =
      typeof field === 'string' && field.toLowerCase() === 'id' && memberOf(item, 'udf') !== true;
    if (isOnId && operator === 'exist') continue;
    if (!isOnId || typeof value !== 'number' || !RANGE_OPERATORS.has(operator)) {
      range.isIdRange = false;
      continue;
    }
    if (operator === 'gt') range.firstId = Math.max(range.firstId, value + 1);
    if (operator === 'gte' || operator === 'eq') range.firstId = Math.max(range.firstId, value);
    if (operator === 'lt') range.lastId = Math.min(range.lastId, value - 1);
    if (operator === 'lte' || operator === 'eq') range.lastId = Math.min(range.lastId, value);
  }
  return range;
}

/** The first `eq` or `in` condition on the id or a reference: selective, and stored as it is compared. */
function lookupOf(entity: EntityDefinition, items: readonly JsonObject[]): FieldLookup | null {
  for (const item of items) {
    const operator = operatorOf(item);
    const name = memberOf(item, 'field');
    if ((operator !== 'eq' && operator !== 'in') || typeof name !== 'string') continue;
    const field = memberOf(item, 'udf') === true ? undefined : entity.fieldByKey.get(name.toLowerCase());
    if (field === undefined || (field.name !== 'id' && field.reference === '')) continue;
    const values = [memberOf(item, 'value')].flat();
    if (values.every((value) => typeof value === 'number'))
      return { field: field.name, values: new Set(values) };
  }
  return null;
}
