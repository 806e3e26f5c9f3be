import { Inject, Injectable } from '@nestjs/common';
import type { Connection } from '../../connections/domain/connection.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { BillingLine } from '../domain/billing-line.js';
import { amountOfKey, monthOf } from '../domain/charge-item.js';
import { CHARGE_LEDGER, type ChargeLedger } from '../domain/charge-ledger.js';
import { lineFor } from '../domain/charge-place.js';
import type { LineOfCustomer } from '../domain/customer-line.js';
import type { Operation } from '../domain/operation.js';
import { type Settled, settledAmounts } from '../domain/settlement.js';
import type { ChargeScope, ItemsRead } from './charge-items.service.js';

/** A settled amount and the line it would be given back on: that which bore it, or where it belongs now. Null: none of the connection. */
export type SettledAtOrigin = Settled & { month: LocalDate; line: BillingLine | null };

export interface AmountHistory {
  settled: Map<string, SettledAtOrigin>;
  /** Keys of amounts that another connection billed in other currencies: they can neither be added up nor be billed once more. */
  elsewhere: ReadonlySet<string>;
}

/** What was decided about amounts before, by whichever connection of the tenant. */
@Injectable()
export class ChargeHistory {
  constructor(@Inject(CHARGE_LEDGER) private readonly ledger: ChargeLedger) {}

  /**
   * To be asked for after the lines were read: whoever left them has decided by then.
   * @param own operations of the connection @param isNobodyAsked see `settledAmounts`
   */
  async of(
    connection: Connection,
    { months }: ChargeScope,
    read: ItemsRead,
    own: readonly Operation[],
    isNobodyAsked: boolean,
  ): Promise<AmountHistory> {
    const lines = [...read.lines.values()].filter(({ connectionId }) => connectionId === connection.id);
    const others = await this.ledger.settledElsewhere(connection, {
      months,
      keys: read.placed.map(({ item }) => item.key),
      customerIds: [...new Set(lines.map(({ customerId }) => customerId))],
    });
    const operationsOf = (isSame: boolean) =>
      others.flatMap(({ operation, isSameMoney }) => (isSameMoney === isSame ? [operation] : []));
    const known = [...own, ...operationsOf(true)].toSorted((left, right) =>
      BigInt(left.sequence) < BigInt(right.sequence) ? -1 : 1,
    );
    const inOtherMoney = [...settledAmounts(operationsOf(false), isNobodyAsked)];
    const elsewhere = new Set(
      inOtherMoney.flatMap(([key, { price, cost }]) => (price.isZero() && cost.isZero() ? [] : [key])),
    );
    const settled = withOrigin(settledAmounts(known, isNobodyAsked), known, connection, read);
    return { settled, elsewhere };
  }
}

/** Customers whose imported amounts were settled: one of them may have none left that is told. */
export function settledCustomers(known: readonly Operation[]): Set<string> {
  const keys = known.flatMap(({ step }) => step.settles?.amounts.map(({ key }) => key) ?? []);
  return new Set(keys.flatMap((key) => amountOfKey(key)?.customerId ?? []));
}

function withOrigin(
  settled: ReadonlyMap<string, Settled>,
  known: readonly Operation[],
  { id }: Connection,
  read: ItemsRead,
): Map<string, SettledAtOrigin> {
  const origins = new Map<string, Pick<SettledAtOrigin, 'month' | 'line'>>();
  for (const { lineId, step } of known) {
    for (const { key } of step.settles?.amounts ?? []) {
      const line = read.lines.get(lineId) ?? lineNow(key, read);
      origins.set(key, {
        month: step.settles?.month ?? monthOf(step.effectiveOn),
        line: line?.connectionId === id ? line : null,
      });
    }
  }
  return new Map(
    [...settled].flatMap(([key, amounts]) => {
      const origin = origins.get(key);
      return origin === undefined ? [] : [[key, { ...amounts, ...origin }] as const];
    }),
  );
}

/** Where an amount belongs whose line was left. */
function lineNow(key: string, { ofCustomer }: ItemsRead): LineOfCustomer | null {
  const amount = amountOfKey(key);
  if (amount === null) return null;
  return lineFor({ ...amount, source: 'nceReconciliation' }, ofCustomer.get(amount.customerId) ?? []);
}
