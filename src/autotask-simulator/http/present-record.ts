import { Remembered } from '../../kernel/remembered.js';
import type { EntityDefinition } from '../metadata/entity-catalogue.js';
import type { ApiUser } from '../world/simulator-world.js';
import type { Row, RowChanges, RowValue } from '../world/table.js';
import { amountText, JsonText, toJsonText } from './json-text.js';

const COST_FIELDS = new Set([
  'unitCost',
  'cost',
  'ourCost',
  'extendedCost',
  'internalCost',
  'adjustedUnitCost',
]);

/** Writes the records of one answer. */
export type RecordWriter = (row: Row) => JsonText;

interface FieldText {
  readonly name: string;
  /** What stands before the value: brace or comma, name, colon. */
  readonly lead: string;
  readonly isAmount: boolean;
  readonly isHidden: boolean;
}

/** A record's text with gaps: `texts[0]`, value of `gaps[0]`, `texts[1]`, and so on to the last text. */
interface RecordPattern {
  readonly texts: readonly string[];
  readonly gaps: readonly FieldText[];
  readonly hasUserDefinedGap: boolean;
}

/** What the records of one entity look like to those who may see, and ask for, the same fields. */
interface RecordLayout {
  readonly fields: readonly FieldText[];
  /** Of the records that share no values. */
  readonly unshared: RecordPattern;
  /** By the values that records share. */
  readonly patterns: WeakMap<RowChanges, RecordPattern>;
}

/** A client asks for the same fields page by page. */
const KEPT_LAYOUTS = 20;
const LAYOUTS = new WeakMap<EntityDefinition, Remembered<string, RecordLayout>>();

/**
 * Writes records as a client sees them: every field of the metadata in camelCase, null when empty, plus the user-defined
 * fields where the entity has them. With `includeFields` only those, `id` and the user-defined fields (reference §2.6).
 * Values a record shares with others, as `sharedValues` tells for its id, are written once for all of them.
 */
export function recordWriter(
  entity: EntityDefinition,
  user: ApiUser,
  includeFields: readonly string[] | null = null,
  sharedValues: (id: number) => RowChanges | undefined = () => undefined,
): RecordWriter {
  const { fields, unshared, patterns } = layoutOf(entity, user, includeFields);
  const patternFor = (shared: RowChanges): RecordPattern => {
    const pattern = patternOf(entity, fields, shared);
    patterns.set(shared, pattern);
    return pattern;
  };
  return (row) => {
    const shared = sharedValues(row.id);
    const pattern = shared === undefined ? unshared : (patterns.get(shared) ?? patternFor(shared));
    let text = pattern.texts[0] ?? '';
    let position = 0;
    for (const gap of pattern.gaps) {
      position += 1;
      text += fieldValue(gap, row) + (pattern.texts[position] ?? '');
    }
    if (pattern.hasUserDefinedGap) text += `${toJsonText(userDefined(entity, row))}}`;
    return new JsonText(text);
  };
}

function layoutOf(
  entity: EntityDefinition,
  user: ApiUser,
  includeFields: readonly string[] | null,
): RecordLayout {
  const kept = LAYOUTS.get(entity) ?? new Remembered<string, RecordLayout>(KEPT_LAYOUTS);
  LAYOUTS.set(entity, kept);
  const key = JSON.stringify([user.securityLevel.canReadCosts, includeFields]);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const fields = fieldTexts(entity, user, includeFields);
  return kept.keep(key, { fields, unshared: patternOf(entity, fields, {}), patterns: new WeakMap() });
}

function fieldTexts(
  entity: EntityDefinition,
  user: ApiUser,
  includeFields: readonly string[] | null,
): FieldText[] {
  const wanted = includeFields === null ? null : new Set(['id', ...includeFields]);
  return entity.fields
    .filter(({ name }) => wanted?.has(name) ?? true)
    .map(({ name, type }, position) => ({
      name,
      lead: `${position === 0 ? '{' : ','}${JSON.stringify(name)}:`,
      isAmount: type === 'double',
      isHidden: !user.securityLevel.canReadCosts && COST_FIELDS.has(name),
    }));
}

function patternOf(
  entity: EntityDefinition,
  fields: readonly FieldText[],
  shared: RowChanges,
): RecordPattern {
  const texts: string[] = [];
  const gaps: FieldText[] = [];
  let text = '';
  for (const field of fields) {
    text += field.lead;
    if (field.name in shared) {
      text += fieldValue(field, shared);
      continue;
    }
    texts.push(text);
    gaps.push(field);
    text = '';
  }
  const hasUserDefined = entity.userDefinedFields !== null;
  const hasUserDefinedGap = hasUserDefined && !('userDefinedFields' in shared);
  if (hasUserDefined) text += ',"userDefinedFields":';
  if (hasUserDefined && !hasUserDefinedGap) text += toJsonText(userDefined(entity, shared));
  return { texts: [...texts, hasUserDefinedGap ? text : `${text}}`], gaps, hasUserDefinedGap };
}

function fieldValue({ name, isAmount, isHidden }: FieldText, row: RowChanges): string {
  return valueText(isHidden ? 0 : (row[name] ?? null), isAmount);
}

/** One record as a client with these rights sees it. */
export function presentRecord(entity: EntityDefinition, row: Row, user: ApiUser): JsonText {
  return recordWriter(entity, user)(row);
}

function valueText(value: RowValue, isAmount: boolean): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return isAmount ? amountText(value) : String(value);
  return typeof value === 'string' ? JSON.stringify(value) : toJsonText(value);
}

function userDefined(entity: EntityDefinition, row: RowChanges): { name: string; value: string | null }[] {
  const stored = row['userDefinedFields'];
  const values = Array.isArray(stored) ? stored : [];
  return (entity.userDefinedFields ?? []).map(({ name }) => ({
    name,
    value: values.find((entry) => entry.name === name)?.value ?? null,
  }));
}
