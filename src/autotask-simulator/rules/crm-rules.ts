import type { AutotaskDatabase } from '../world/simulator-world.js';
import { type Row, type RowChanges, type RowValue, textOf } from '../world/table.js';
import { AutotaskRefusal } from './autotask-refusal.js';
import { instantText } from './record-values.js';
import type { EntityRules } from './write-context.js';

export const companyRules: EntityRules = {
  beforeInsert({ database, user, now }, values) {
    const at = instantText(now.getTime());
    const currencyID = values['currencyID'] ?? internalCurrencyOf(database);
    requireUsableCurrency(database, currencyID);
    return {
      ...values,
      currencyID,
      isActive: values['isActive'] ?? true,
      createDate: at,
      createdByResourceID: user.resourceID,
      lastActivityDate: at,
      lastTrackedModifiedDateTime: at,
    };
  },
  /**
   * The currency can change only while nothing was ever approved and posted (Autotask REST reference, §7.1); emptied, it
   * falls back to the internal one.
   */
  beforeUpdate({ database, now }, row, changes) {
    const currencyID = changes['currencyID'] === null ? internalCurrencyOf(database) : changes['currencyID'];
    if (currencyID !== undefined && currencyID !== row['currencyID']) {
      requireUsableCurrency(database, currencyID);
      if (database.table('BillingItems').where('companyID', row.id).length > 0) {
        throw new AutotaskRefusal(
          'The field: currencyID cannot be changed once items of the Company were posted.',
        );
      }
    }
    return {
      ...changes,
      ...(currencyID === undefined ? {} : { currencyID }),
      lastTrackedModifiedDateTime: instantText(now.getTime()),
    };
  },
};

function internalCurrencyOf(database: AutotaskDatabase): RowValue {
  return database.table('Currencies').where('isInternalCurrency', true)[0]?.id ?? null;
}

function requireUsableCurrency(database: AutotaskDatabase, currencyID: RowValue): void {
  const currency = database.table('Currencies').get(Number(currencyID ?? Number.NaN));
  if (currency?.['isActive'] === true) return;
  throw new AutotaskRefusal(
    'Reference value on field: currencyID of type: Currency does not exist or is invalid',
  );
}

export const contactRules: EntityRules = {
  beforeInsert({ now }, values) {
    const at = instantText(now.getTime());
    return { ...values, createDate: at, lastActivityDate: at, lastModifiedDate: at };
  },
  beforeUpdate({ now }, _row, changes) {
    return { ...changes, lastModifiedDate: instantText(now.getTime()) };
  },
};

export const companyNoteRules: EntityRules = {
  beforeInsert({ now }, values) {
    const at = instantText(now.getTime());
    return { ...values, createDateTime: at, lastModifiedDate: at };
  },
  beforeUpdate({ now }, _row, changes) {
    return { ...changes, lastModifiedDate: instantText(now.getTime()) };
  },
};

export const opportunityRules: EntityRules = {
  beforeInsert({ user, now }, values) {
    requireCloseAfterStart(values);
    const at = instantText(now.getTime());
    return { ...values, createDate: at, lastActivity: at, creatorResourceID: user.resourceID };
  },
  beforeUpdate({ now }, row: Row, changes) {
    requireCloseAfterStart({ ...row, ...changes });
    return { ...changes, lastActivity: instantText(now.getTime()) };
  },
};

function requireCloseAfterStart(values: RowChanges): void {
  if (Date.parse(textOf(values['projectedCloseDate'])) >= Date.parse(textOf(values['startDate']))) return;
  throw new AutotaskRefusal('The projectedCloseDate of an Opportunity must not be before its startDate.');
}
