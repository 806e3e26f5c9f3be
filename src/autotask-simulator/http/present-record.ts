import { MoneyDecimal } from '../../kernel/money.js';
import type { EntityDefinition } from '../metadata/entity-catalogue.js';
import type { ApiUser } from '../world/simulator-world.js';
import type { Row, RowValue } from '../world/table.js';

const COST_FIELDS = new Set([
  'unitCost',
  'cost',
  'ourCost',
  'extendedCost',
  'internalCost',
  'adjustedUnitCost',
]);

/**
 * A record as a client sees it: every field of the metadata in camelCase, null when empty, plus the user-defined fields
 * where the entity has them. With `includeFields` only those, `id` and the user-defined fields (reference §2.6).
 */
export function presentRecord(
  entity: EntityDefinition,
  row: Row,
  user: ApiUser,
  includeFields: readonly string[] | null = null,
): Record<string, unknown> {
  const wanted = includeFields === null ? null : new Set(['id', ...includeFields]);
  const shown: Record<string, unknown> = {};
  for (const field of entity.fields) {
    if (wanted !== null && !wanted.has(field.name)) continue;
    const value = row[field.name] ?? null;
    const isHiddenCost = !user.securityLevel.canReadCosts && COST_FIELDS.has(field.name);
    shown[field.name] = field.type === 'double' ? decimalOf(isHiddenCost ? 0 : value) : value;
  }
  if (entity.userDefinedFields !== null) shown['userDefinedFields'] = userDefined(entity, row);
  return shown;
}

function decimalOf(value: RowValue): RowValue {
  return typeof value === 'number' ? new MoneyDecimal(value) : value;
}

function userDefined(entity: EntityDefinition, row: Row): { name: string; value: string | null }[] {
  const stored = row['userDefinedFields'];
  const values = Array.isArray(stored) ? stored : [];
  return (entity.userDefinedFields ?? []).map(({ name }) => ({
    name,
    value: values.find((entry) => entry.name === name)?.value ?? null,
  }));
}
