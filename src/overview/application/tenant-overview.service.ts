import { Inject, Injectable } from '@nestjs/common';
import { BillingSummaries } from '../../billing/application/billing-summaries.service.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import type { Connection, ConnectionState } from '../../connections/domain/connection.js';
import { RecurringAmounts } from '../../contracts/application/recurring-amounts.service.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { CurrencyCode } from '../../kernel/currency.js';
import { type LocalDate, utcDay } from '../../kernel/local-date.js';
import { type Money, money } from '../../kernel/money.js';
import { decodeCursor } from '../../kernel/page.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import {
  REQUEST_BUDGETS,
  type RequestBudget,
  type RequestBudgetReader,
} from '../../ports/psa/request-budget.port.js';

/** One connection on the start page. */
export interface ConnectionOverview {
  connectionId: string;
  alias: string;
  currency: CurrencyCode;
  state: ConnectionState;
  failedOperations: number;
  openOperations: number;
  waitingSubscriptions: number;
  plansToApprove: number;
  openDrift: number;
  driftImpact: Money;
  /** Why nothing is sent; null while it is. */
  stopReason: string | null;
  monthlyRecurring: Money;
  recurringLines: number;
  /** Requests of the instance's allowance, which every integration of the customer shares. */
  apiBudget: ApiBudget;
}

/** How much of the allowance of an instance is used; connections of one instance have one. */
export type ApiBudget = Pick<
  RequestBudget,
  'limit' | 'windowMinutes' | 'used' | 'own' | 'others' | 'closedUntil'
>;

export interface Overview {
  day: LocalDate;
  connections: ConnectionOverview[];
  /** By currency, in alphabetical order. */
  monthlyRecurring: Money[];
}

const BATCH = 200;

/** What needs a person now, and what recurs, of every connection of the caller's tenant. */
@Injectable()
export class TenantOverview {
  constructor(
    private readonly connections: ConnectionDirectory,
    private readonly billing: BillingSummaries,
    private readonly amounts: RecurringAmounts,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(REQUEST_BUDGETS) private readonly budgets: RequestBudgetReader,
  ) {}

  async read(context: UseCaseContext): Promise<Overview> {
    const day = utcDay(this.clock.now());
    const connections: ConnectionOverview[] = [];
    const budgets = new Map<string, ApiBudget>();
    for await (const batch of this.batches(context)) {
      const summaries = await this.billing.of(batch);
      for (const connection of batch) {
        const { monthly, lines } = await this.amounts.of(
          { ...connection, internalCurrency: connection.instance.internalCurrency },
          day,
        );
        const { id, alias, currency, state, instance } = connection;
        const summary = summaries.get(id);
        connections.push({
          connectionId: id,
          alias,
          currency,
          state,
          failedOperations: summary?.failedOperations ?? 0,
          openOperations: summary?.openOperations ?? 0,
          waitingSubscriptions: summary?.waitingSubscriptions ?? 0,
          plansToApprove: summary?.plansToApprove ?? 0,
          openDrift: summary?.openDrift ?? 0,
          driftImpact: summary?.driftImpact ?? money(0, currency),
          stopReason: summary?.stopReason ?? null,
          monthlyRecurring: monthly,
          recurringLines: lines,
          apiBudget: await this.budgetOf(instance.id, budgets),
        });
      }
    }
    return { day, connections, monthlyRecurring: sums(connections) };
  }

  /** Connections of one instance share its allowance, which is read once. */
  private async budgetOf(instanceId: string, known: Map<string, ApiBudget>): Promise<ApiBudget> {
    const found = known.get(instanceId);
    if (found !== undefined) return found;
    const { limit, windowMinutes, used, own, others, closedUntil } = await this.budgets.read(instanceId);
    const budget = { limit, windowMinutes, used, own, others, closedUntil };
    known.set(instanceId, budget);
    return budget;
  }

  private async *batches(context: UseCaseContext): AsyncGenerator<Connection[]> {
    let cursor: string | undefined;
    do {
      const key = cursor === undefined ? undefined : decodeCursor(cursor, 2);
      const after = key === undefined ? undefined : ([key[0] ?? '', key[1] ?? ''] as const);
      const page = await this.connections.list(context, { limit: BATCH }, after);
      yield page.items;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
}

function sums(connections: readonly ConnectionOverview[]): Money[] {
  const byCurrency = new Map<CurrencyCode, Money>();
  for (const { currency, monthlyRecurring } of connections) {
    const sum = byCurrency.get(currency)?.amount.plus(monthlyRecurring.amount) ?? monthlyRecurring.amount;
    byCurrency.set(currency, money(sum, currency));
  }
  return [...byCurrency.values()].toSorted((left, right) => left.currency.localeCompare(right.currency));
}
