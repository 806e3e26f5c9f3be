import type { Decimal } from 'decimal.js';
import { MONEY_ROUNDING } from '../../kernel/money.js';
import type { ContractServiceRecord } from '../../ports/psa/psa-records.js';
import { RowReader } from './row-reader.js';

export const CONTRACT_SERVICE_FIELDS = [
  'id',
  'contractID',
  'serviceID',
  'invoiceDescription',
  'internalDescription',
  'unitPrice',
  'unitCost',
  'internalCurrencyUnitPrice',
  'internalCurrencyAdjustedPrice',
] as const;

/** The vendor keeps prices with four decimals (Autotask REST reference, §2.6). */
const PRICE_DECIMALS = 4;

/** A row of `ContractServices`. */
export function fromAutotaskContractService(row: unknown): ContractServiceRecord {
  const reader = new RowReader('ContractServices', row);
  const unitPrice = reader.optionalDecimal('unitPrice');
  const internalUnitPrice = reader.optionalDecimal('internalCurrencyUnitPrice');
  const internalAdjustedPrice = reader.optionalDecimal('internalCurrencyAdjustedPrice');
  return {
    externalId: reader.id(),
    contractExternalId: reader.reference('contractID'),
    serviceExternalId: reader.reference('serviceID'),
    description: reader.optionalText('invoiceDescription') ?? reader.optionalText('internalDescription'),
    unitPrice: priceInForce(unitPrice, internalUnitPrice, internalAdjustedPrice),
    unitCost: reader.optionalDecimal('unitCost'),
    internalUnitPrice: internalAdjustedPrice ?? internalUnitPrice,
  };
}

/**
 * The contract's price in customer currency. The REST model has no `adjustedPrice`, only its twin in internal currency;
 * the quotient of the two unit prices converts it back (Autotask REST reference, §7.7 and §10 no. 10). Where one of
 * them is zero there is no quotient and the unit price stands.
 */
function priceInForce(
  unitPrice: Decimal | null,
  internalUnitPrice: Decimal | null,
  internalAdjustedPrice: Decimal | null,
): Decimal | null {
  if (internalAdjustedPrice === null || unitPrice === null || internalUnitPrice === null) return unitPrice;
  // Equal amounts are nearly always one object (see `RowReader`), which spares comparing digits.
  if (internalUnitPrice === unitPrice || internalUnitPrice.equals(unitPrice)) return internalAdjustedPrice;
  if (internalUnitPrice.isZero() || unitPrice.isZero()) return unitPrice;
  return internalAdjustedPrice
    .times(unitPrice)
    .div(internalUnitPrice)
    .toDecimalPlaces(PRICE_DECIMALS, MONEY_ROUNDING);
}
