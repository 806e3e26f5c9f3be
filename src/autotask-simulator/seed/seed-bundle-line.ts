import { periodsOf } from '../rules/contract-lines.js';
import { midnight } from '../rules/calendar.js';
import { amountOf, exchangeRateOf, toInternal } from '../rules/currency-conversion.js';
import { roundAmount } from '../rules/unit-timeline.js';
import type { AutotaskDatabase } from '../world/simulator-world.js';

const UNITS = 6;

/** Puts the bundle on the first contract, with a unit row for every billing period. */
export function seedBundleLine(database: AutotaskDatabase, bundleId: number): void {
  const [contract] = database.table('Contracts').all();
  const bundle = database.table('ServiceBundles').get(bundleId);
  if (contract === undefined || bundle === undefined) return;
  const rate = exchangeRateOf(database, contract['companyID']);
  const unitPrice = roundAmount(amountOf(bundle['unitPrice']).dividedBy(rate));
  const line = database.table('ContractServiceBundles').insert({
    contractID: contract.id,
    serviceBundleID: bundleId,
    unitPrice,
    adjustedPrice: unitPrice,
    internalCurrencyUnitPrice: toInternal(unitPrice, rate),
    internalCurrencyAdjustedPrice: toInternal(unitPrice, rate),
    invoiceDescription: bundle['invoiceDescription'] ?? null,
    internalDescription: null,
  });
  for (const period of periodsOf(contract)) {
    const price = unitPrice.times(UNITS);
    database.table('ContractServiceBundleUnits').insert({
      contractID: contract.id,
      contractServiceBundleID: line.id,
      serviceBundleID: bundleId,
      startDate: midnight(period.startOn),
      endDate: midnight(period.endOn),
      units: UNITS,
      price,
      internalCurrencyPrice: toInternal(price, rate),
      cost: amountOf(bundle['unitCost']).times(UNITS),
      approveAndPostDate: null,
    });
  }
}
