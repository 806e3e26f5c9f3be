import type { EntityDefinition } from '../metadata/entity-catalogue.js';
import type { FieldDefinition } from '../metadata/field-notation.js';
import type { Row } from '../world/table.js';
import { AutotaskRefusal } from './autotask-refusal.js';
import { compileComparison, OPERATORS_WITHOUT_VALUE, VALUE_OPERATORS } from './filter-comparison.js';
import { isJsonObject, type JsonObject, memberOf } from './json-members.js';

/** A filter ready to run: the test of one row, and the id range outside of which no row can match. */
export interface CompiledFilter {
  readonly matches: (row: Row) => boolean;
  /** Smallest and greatest id a match can have; they let a page start and stop without scanning the table. */
  readonly firstId: number;
  readonly lastId: number;
}

type Predicate = (row: Row) => boolean;

const MAX_OR_CONDITIONS = 500;

/** Text of the older interface; the wording over REST is not known (reference §2.2). */
const TOO_MANY_ORS = "Invalid query syntax. Queries are limited to 500 or fewer 'OR' conditions.";

interface Tally {
  orConditions: number;
  userDefined: number;
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
  const tally: Tally = { orConditions: 0, userDefined: 0 };
  const conditions = filter.map((item) => compileItem(entity, item, tally));
  if (tally.orConditions > MAX_OR_CONDITIONS) throw new AutotaskRefusal(TOO_MANY_ORS);
  if (tally.userDefined > 1) {
    throw new AutotaskRefusal('Invalid query. Only one user-defined field may be queried at a time.');
  }
  return { matches: every(conditions), ...idRange(filter.filter(isJsonObject)) };
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

function idRange(items: readonly JsonObject[]): { firstId: number; lastId: number } {
  const range = { firstId: -Infinity, lastId: Infinity };
  for (const item of items) {
    const field = memberOf(item, 'field');
    const value = memberOf(item, 'value');
    if (typeof field !== 'string' || field.toLowerCase() !== 'id' || typeof value !== 'number') continue;
    const operator = operatorOf(item);
    if (operator === 'gt') range.firstId = Math.max(range.firstId, value + 1);
    if (operator === 'gte' || operator === 'eq') range.firstId = Math.max(range.firstId, value);
    if (operator === 'lt') range.lastId = Math.min(range.lastId, value - 1);
    if (operator === 'lte' || operator === 'eq') range.lastId = Math.min(range.lastId, value);
  }
  return range;
}
