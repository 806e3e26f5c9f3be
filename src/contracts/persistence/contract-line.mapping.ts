import type { Decimal } from 'decimal.js';
import { isCurrencyCode } from '../../kernel/currency.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { money, MoneyDecimal, type MoneyJson, moneyToJson } from '../../kernel/money.js';
import { Remembered } from '../../kernel/remembered.js';
import type { PeriodType } from '../../ports/psa/psa-records.js';
import { billingPeriodAround, type DayRange } from '../domain/billing-period.js';
import type { ContractLine } from '../domain/contract-line.js';
import { unitAmount, type UnitAmount } from '../domain/unit-amount.js';

type Digits = string | null;

interface UnitRow extends DayRange {
  units: string;
  price: Digits;
  internalPrice: Digits;
  cost: Digits;
  postedAt: string | null;
}

/** A row of `CONTRACT_LINES`. */
export interface ContractLineRow {
  contractId: string;
  kind: ContractLine['kind'];
  externalId: string;
  contractName: string;
  contractNumber: string | null;
  periodType: PeriodType;
  contractStartsOn: LocalDate;
  contractEndsOn: LocalDate;
  companyId: string;
  companyName: string | null;
  currency: string | null;
  serviceId: string;
  name: string | null;
  description: string | null;
  linePrice: Digits;
  lineInternalPrice: Digits;
  lineCost: Digits;
  /** Unit rows of the day, the one that starts last at the end; never empty. */
  rows: readonly UnitRow[];
}

/** What the rows say of one unit. @throws RangeError when there is no unit row */
export function toContractLine(row: ContractLineRow, internalCurrency: string | null): ContractLine {
  const last = row.rows.at(-1);
  if (last === undefined) throw new RangeError('A contract line without a unit row is not in force');
  const { startsOn, endsOn } = last;
  const contract = {
    startsOn: row.contractStartsOn,
    endsOn: row.contractEndsOn,
    periodType: row.periodType,
  };
  const period = billingPeriodAround(startsOn, contract);
  const units = new MoneyDecimal(last.units);
  const amountOf = (member: 'price' | 'internalPrice' | 'cost', line: Digits): UnitAmount =>
    unitAmount(
      row.rows.map((unit) => ({
        startsOn: unit.startsOn,
        endsOn: unit.endsOn,
        amount: decimal(unit[member]),
      })),
      units,
      period,
      decimal(line),
    );
  const price = amountOf('price', row.linePrice);
  return {
    contract: { externalId: row.contractId, name: row.contractName, number: row.contractNumber },
    company: { externalId: row.companyId, name: row.companyName ?? row.companyId },
    kind: row.kind,
    externalId: row.externalId,
    serviceId: row.serviceId,
    name: row.name ?? row.serviceId,
    description: row.description,
    startsOn,
    endsOn,
    // Units are whole numbers in Autotask, far below the exact range of a JSON number.
    units: units.toNumber(),
    unitPrice: amountIn(row.currency, price.amount),
    unitPriceBasis: price.basis,
    internalUnitPrice: amountIn(internalCurrency, amountOf('internalPrice', row.lineInternalPrice).amount),
    unitCost: amountIn(internalCurrency, amountOf('cost', row.lineCost).amount),
    isPosted: last.postedAt !== null,
    postedAt: last.postedAt === null ? null : new Date(last.postedAt).toISOString(),
  };
}

function decimal(digits: Digits): Decimal | null {
  return digits === null ? null : new MoneyDecimal(digits);
}

/** What amounts in the digits of the database are in JSON: prices come from a price list, so lists show the same ones again and again. */
const SHOWN = new Remembered<string, string>(4_096);

/** An amount the PSA gave in a currency we cannot name is not shown rather than shown in a wrong one. */
export function amountIn(currency: string | null, amount: Decimal | string | null): MoneyJson | null {
  if (amount === null || !isCurrencyCode(currency)) return null;
  if (typeof amount !== 'string') return moneyToJson(money(amount, currency));
  const key = `${currency} ${amount}`;
  const shown = SHOWN.get(key) ?? SHOWN.keep(key, moneyToJson(money(amount, currency)).amount);
  return { amount: shown, currency };
}
