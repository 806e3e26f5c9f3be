/** The vendor's field types, plus `date`: a date-time that only ever holds midnight (shown to clients as `datetime`). */
export type FieldType = 'string' | 'integer' | 'long' | 'double' | 'boolean' | 'datetime' | 'date';

/** One selectable value of a picklist field; the vendor writes `value` as text although the record holds a number. */
export interface PicklistValue {
  readonly value: string;
  readonly label: string;
}

/** What the simulator knows about one field of an entity. */
export interface FieldDefinition {
  readonly name: string;
  readonly type: FieldType;
  /** Maximum number of characters of a string; 0 when unlimited or no string. */
  readonly length: number;
  readonly isRequired: boolean;
  readonly isReadOnly: boolean;
  /** Singular entity name the id points at; empty when the field is no reference. */
  readonly reference: string;
  readonly picklist: readonly PicklistValue[] | null;
}

const TYPES = new Set<string>(['string', 'integer', 'long', 'double', 'boolean', 'datetime', 'date']);
const GENERIC_PICKLIST = '1=Default';

/**
 * Reads the compact notation of the `*-fields.ts` files: `name type(length) R RO pick >Reference;`, where R is required,
 * RO read-only (R RO: set on create, immutable afterwards) and `pick` a picklist whose values stand in `picklists`.
 *
 * @throws RangeError when an item names an unknown type or flag.
 */
export function parseFields(
  notation: string,
  picklists: Readonly<Record<string, string>> = {},
): FieldDefinition[] {
  return notation
    .split(';')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map((item) => parseField(item, picklists));
}

function parseField(item: string, picklists: Readonly<Record<string, string>>): FieldDefinition {
  const [name = '', typeText = '', ...flags] = item.split(/\s+/);
  const [type = '', length = '0'] = typeText.replace(')', '').split('(');
  const unknown = flags.filter((flag) => !['R', 'RO', 'pick'].includes(flag) && !flag.startsWith('>'));
  if (!TYPES.has(type) || unknown.length > 0)
    throw new RangeError(`field notation '${item}' is not understood`);
  return {
    name,
    type: type as FieldType,
    length: Number(length),
    isRequired: flags.includes('R'),
    isReadOnly: flags.includes('RO'),
    reference: flags.find((flag) => flag.startsWith('>'))?.slice(1) ?? '',
    picklist: flags.includes('pick') ? parsePicklist(picklists[name] ?? GENERIC_PICKLIST) : null,
  };
}

function parsePicklist(notation: string): PicklistValue[] {
  return notation.split(';').map((item) => {
    const [value = '', label = ''] = item.split('=').map((part) => part.trim());
    return { value, label };
  });
}
