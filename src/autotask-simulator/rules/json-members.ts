import { MoneyDecimal } from '../../kernel/money.js';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !MoneyDecimal.isDecimal(value)
  );
}

/** A member by name whatever its casing: the vendor accepts `maxRecords` and `MaxRecords` (reference §2.2). */
export function memberOf(object: JsonObject, name: string): unknown {
  const wanted = name.toLowerCase();
  const key = Object.keys(object).find((candidate) => candidate.toLowerCase() === wanted);
  return key === undefined ? undefined : object[key];
}
