import { MoneyDecimal } from '../../kernel/money.js';
import type { AutotaskDatabase } from '../world/simulator-world.js';
import { type RowValue, textOf } from '../world/table.js';
import { AutotaskRefusal } from './autotask-refusal.js';
import { amountOf } from './currency-conversion.js';
import { instantText } from './record-values.js';
import type { EntityRules } from './write-context.js';

/** Six digits before and five after the point (Autotask REST reference, §7.20). */
const MAX_RATE = 999_999;

/** Only the exchange rate can be written; amounts saved earlier are not restated (reference §8.7). */
export const currencyRules: EntityRules = {
  beforeUpdate({ user, now }, row, changes) {
    const rate = amountOf(changes['exchangeRate'] ?? row['exchangeRate']);
    if (rate.lessThanOrEqualTo(0) || rate.greaterThan(MAX_RATE)) {
      throw new AutotaskRefusal('The exchangeRate of a Currency must be positive and have at most 6 digits.');
    }
    if (row['isInternalCurrency'] === true && !rate.equals(1)) {
      throw new AutotaskRefusal('The exchangeRate of the internal Currency cannot be changed.');
    }
    return {
      ...changes,
      lastModifiedDateTime: instantText(now.getTime()),
      updateResourceId: user.resourceID,
    };
  },
};

/** Price lists exist only while Multi-Currency is enabled (reference §7.27). */
export const priceListRules: EntityRules = {
  beforeUpdate({ database }, _row, changes) {
    if (database.isMultiCurrency) return changes;
    throw new AutotaskRefusal('Price lists require the Multi-Currency module to be enabled.');
  },
};

export const serviceRules: EntityRules = {
  beforeInsert({ database, user, now }, values) {
    requireUniqueName(database, values['name'] ?? null);
    const at = instantText(now.getTime());
    return {
      ...values,
      isActive: values['isActive'] ?? true,
      unitCost: values['unitCost'] ?? new MoneyDecimal(0),
      createDate: at,
      creatorResourceID: user.resourceID,
      lastModifiedDate: at,
      updateResourceID: user.resourceID,
    };
  },
  beforeUpdate({ database, user, now }, row, changes) {
    if (changes['name'] !== undefined && changes['name'] !== row['name']) {
      requireUniqueName(database, changes['name'], row.id);
    }
    return { ...changes, lastModifiedDate: instantText(now.getTime()), updateResourceID: user.resourceID };
  },
};

export const productRules: EntityRules = {
  beforeInsert({ user, now }, values) {
    return {
      ...values,
      unitCost: values['unitCost'] ?? new MoneyDecimal(0),
      createdByResourceID: user.resourceID,
      createdTime: instantText(now.getTime()),
    };
  },
};

/** Users of the vendor report the key `IX_service` for a second service of one name; the rest of the text is not known. */
function requireUniqueName(database: AutotaskDatabase, name: RowValue, ownId?: number): void {
  const wanted = textOf(name).toLowerCase();
  const others = database
    .table('Services')
    .all()
    .filter((row) => row.id !== ownId);
  if (others.some((row) => textOf(row['name']).toLowerCase() === wanted)) {
    throw new AutotaskRefusal(
      `Violation of UNIQUE KEY constraint 'IX_service'. Cannot insert duplicate key in object 'service'.`,
    );
  }
}
