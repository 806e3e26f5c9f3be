import { MoneyDecimal } from '../../kernel/money.js';
import { type EntityDefinition, entityBySingular } from '../metadata/entity-catalogue.js';
import type { FieldDefinition } from '../metadata/field-notation.js';
import type { AutotaskDatabase } from '../world/simulator-world.js';
import { type Row, type RowValue, textOf, type UserDefinedValue } from '../world/table.js';
import { AutotaskRefusal } from './autotask-refusal.js';
import { parseInstant } from './filter-comparison.js';
import { isJsonObject, type JsonObject, memberOf } from './json-members.js';

/** Decimals an amount is rounded to when it is saved; an exchange rate keeps five (reference §7.11, §7.20). */
const DECIMALS = 4;
const RATE_DECIMALS = 5;

const MAX_INTEGER = { integer: 2_147_483_647, long: Number.MAX_SAFE_INTEGER };

/**
 * The values of a write body by the metadata's field names; members the entity does not know are ignored, as observed.
 *
 * @throws AutotaskRefusal naming every value of the wrong type, too long, outside its picklist or without its reference.
 */
export function readRecordValues(
  database: AutotaskDatabase,
  entity: EntityDefinition,
  body: JsonObject,
): Map<string, RowValue> {
  const values = new Map<string, RowValue>();
  const errors: string[] = [];
  for (const [name, raw] of Object.entries(body)) {
    const field = entity.fieldByKey.get(name.toLowerCase());
    if (field === undefined || field.name === 'id') continue;
    const value = raw === null ? null : readValue(field, raw);
    const problem = value === undefined ? wrongType(field) : problemOf(database, entity, field, value);
    if (problem !== null) errors.push(problem);
    else if (value !== undefined) values.set(field.name, value);
  }
  const [first, ...others] = errors;
  if (first !== undefined) throw new AutotaskRefusal(first, ...others);
  return values;
}

function wrongType(field: FieldDefinition): string {
  return `The value of field: ${field.name} is not a valid ${field.type === 'date' ? 'datetime' : field.type}.`;
}

function readValue(field: FieldDefinition, raw: unknown): RowValue | undefined {
  switch (field.type) {
    case 'string':
      return typeof raw === 'string' ? raw : undefined;
    case 'boolean':
      return typeof raw === 'boolean' ? raw : undefined;
    case 'integer':
    case 'long':
      return isWhole(raw, MAX_INTEGER[field.type]) ? raw : undefined;
    case 'double':
      return readDecimal(field, raw);
    case 'date':
      return Number.isNaN(instantOf(raw)) ? undefined : `${String(raw).slice(0, 10)}T00:00:00Z`;
    default:
      return Number.isNaN(instantOf(raw)) ? undefined : instantText(instantOf(raw));
  }
}

function isWhole(raw: unknown, maximum: number): raw is number {
  return typeof raw === 'number' && Number.isInteger(raw) && Math.abs(raw) <= maximum;
}

function readDecimal(field: FieldDefinition, raw: unknown): RowValue | undefined {
  if (typeof raw !== 'number' && !MoneyDecimal.isDecimal(raw)) return undefined;
  const decimals = field.name === 'exchangeRate' ? RATE_DECIMALS : DECIMALS;
  return new MoneyDecimal(raw).toDecimalPlaces(decimals);
}

function instantOf(raw: unknown): number {
  return typeof raw === 'string' ? parseInstant(raw) : Number.NaN;
}

/** An instant as the vendor writes it: `…:00Z`, with milliseconds only where there are any (reference §2.6). */
export function instantText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z');
}

function problemOf(
  database: AutotaskDatabase,
  entity: EntityDefinition,
  field: FieldDefinition,
  value: RowValue,
): string | null {
  if (value === null) return null;
  if (typeof value === 'string' && field.length > 0 && value.length > field.length) {
    return `The value of field: ${field.name} exceeds the maximum length of ${field.length} characters.`;
  }
  if (field.picklist !== null && !field.picklist.some((entry) => entry.value === textOf(value))) {
    return `Picklist value [${textOf(value)}] does not exist for ${field.name}.`;
  }
  return referenceProblem(database, field, value, entity.name !== 'ContractServiceAdjustments');
}

/**
 * A reference has to exist and be active (observed, reference §3); entities that are not simulated are not checked. An
 * adjustment may name a service that was retired since it was added to the contract.
 */
function referenceProblem(
  database: AutotaskDatabase,
  field: FieldDefinition,
  value: RowValue,
  mustBeActive: boolean,
): string | null {
  const target = entityBySingular(field.reference);
  if (target?.isQueryable !== true) return null;
  const row = database.table(target.name).get(Number(value));
  const isValid = row !== undefined && (!mustBeActive || field.isReadOnly || isActive(row));
  return isValid
    ? null
    : `Reference value on field: ${field.name} of type: ${field.reference} does not exist or is invalid`;
}

/** Contacts carry the flag as 0 or 1, other entities as a boolean; most have none. */
function isActive(row: Row): boolean {
  return row['isActive'] !== false && row['isActive'] !== 0;
}

/**
 * The user-defined fields of a record after a write: those named in the body replace their values, others stay.
 *
 * @throws AutotaskRefusal when a name is unknown or the member is no list of names and values.
 */
export function readUserDefined(
  entity: EntityDefinition,
  body: JsonObject,
  current: RowValue | undefined,
): readonly UserDefinedValue[] | undefined {
  const raw = memberOf(body, 'userDefinedFields');
  if (raw === undefined || raw === null || entity.userDefinedFields === null) return undefined;
  if (!Array.isArray(raw)) throw new AutotaskRefusal('userDefinedFields must be an array.');
  const values = new Map<string, string | null>();
  for (const entry of Array.isArray(current) ? current : []) values.set(entry.name, entry.value);
  for (const entry of raw) {
    const { name, value } = userDefinedEntry(entity, entry);
    values.set(name, value);
  }
  return [...values].map(([name, value]) => ({ name, value }));
}

function userDefinedEntry(entity: EntityDefinition, entry: unknown): UserDefinedValue {
  const name = isJsonObject(entry) ? memberOf(entry, 'name') : undefined;
  const value = isJsonObject(entry) ? (memberOf(entry, 'value') ?? null) : null;
  const known = entity.userDefinedFields?.find(
    (field) => typeof name === 'string' && field.name.toLowerCase() === name.toLowerCase(),
  );
  if (known === undefined || (value !== null && typeof value !== 'string')) {
    throw new AutotaskRefusal(`The user-defined field of ${entity.singular} does not exist or is invalid.`);
  }
  return { name: known.name, value };
}
