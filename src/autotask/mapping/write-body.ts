import { Decimal } from 'decimal.js';
import type { CustomFieldValues } from '../../ports/psa/psa-writes.js';
import { jsonDecimal, jsonInteger } from '../client/lossless-json.js';
import type { AutotaskMetadata } from './autotask-metadata.js';

/** How one member of ours is written: the vendor's field and the value it takes. */
export interface WriteField<T> {
  field: string;
  toAutotask(value: T, metadata: AutotaskMetadata): unknown;
}

/** How each member of a change is written; the vendor's value null empties a field. */
export type WriteFields<T> = { readonly [K in keyof T]-?: WriteField<NonNullable<T[K]>> };

export const text = (field: string): WriteField<string> => ({ field, toAutotask: (value) => value });
export const flag = (field: string): WriteField<boolean> => ({ field, toAutotask: (value) => value });
/** Contacts keep their flag as 1 or 0 (Autotask REST reference, §7.3). */
export const flagAsNumber = (field: string): WriteField<boolean> => ({
  field,
  toAutotask: (value) => (value ? 1 : 0),
});
export const amount = (field: string): WriteField<Decimal> => ({ field, toAutotask: jsonDecimal });
export const count = (field: string): WriteField<number> => ({
  field,
  toAutotask: (value) => jsonDecimal(new Decimal(value)),
});
/** Ids are numbers: text matches nothing or is refused (Autotask REST reference, §2.2, §3). */
export const reference = (field: string): WriteField<string> => ({ field, toAutotask: jsonInteger });
export const pick = (field: string): WriteField<string> => ({ field, toAutotask: pickValue });
/** Date-only fields take the bare day; it is not converted to another zone (Autotask REST reference, §2.6). */
export const day = text;
export const instant = (field: string): WriteField<Date> => ({
  field,
  toAutotask: (value) => value.toISOString(),
});
/** A partial list leaves the other fields alone (Autotask REST reference, §3). */
export const customFields: WriteField<CustomFieldValues> = {
  field: 'userDefinedFields',
  toAutotask: (values) => Object.entries(values).map(([name, value]) => ({ name, value })),
};

/** A pick-list value is text in the metadata and a number in the row, except where the list has words (§10 no. 12). */
export function pickValue(value: string): unknown {
  return /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}

/** The vendor's members of a change: absent ones are left out, null stays null. */
export function toAutotaskMembers<T extends object>(
  fields: WriteFields<T>,
  change: T,
  metadata: AutotaskMetadata,
): Record<string, unknown> {
  const entries = Object.entries(fields as Record<string, WriteField<unknown>>).flatMap(([name, write]) => {
    const value = (change as Record<string, unknown>)[name];
    if (value === undefined) return [];
    return [[write.field, value === null ? null : write.toAutotask(value, metadata)] as const];
  });
  return Object.fromEntries(entries);
}
