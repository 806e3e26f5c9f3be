import { Inject, Injectable } from '@nestjs/common';
import type { Connection } from '../../connections/domain/connection.js';
import { MirroredRates } from '../../contracts/application/mirrored-rates.service.js';
import {
  BILLED_MONTH_READER,
  type BilledLine,
  type BilledMonthReader,
} from '../../contracts/domain/billed-month.js';
import type { MappedSubscription } from '../../contracts/domain/mapped-subscription.js';
import { BillTotals } from '../../imports/domain/bill-totals.js';
import { SUBSCRIPTION_SOURCE, type SubscriptionSource } from '../../ports/host/subscription-source.port.js';
import { type BillingMonth, daysOf, firstDayOf } from '../domain/billing-month.js';
import type { BilledSubject, Binding, MonthContext, MonthFacts } from '../domain/month-facts.js';
import { BillCursor } from './bill-cursor.js';
import { type MonthCharges, MonthChargesReader } from './month-charges.service.js';
import { SubscriptionFacts } from './subscription-facts.service.js';

/** Subscriptions, subjects of the bill or lines looked at together. */
const PART = 200;

/** Reads everything known of a month, part by part, whatever its size: a merge of two lists in the same order. */
@Injectable()
export class MonthReading {
  constructor(
    @Inject(BILLED_MONTH_READER) private readonly mirror: BilledMonthReader,
    @Inject(SUBSCRIPTION_SOURCE) private readonly source: SubscriptionSource,
    private readonly bill: BillTotals,
    private readonly rates: MirroredRates,
    private readonly charges: MonthChargesReader,
    private readonly facts: SubscriptionFacts,
  ) {}

  async contextOf(connection: Connection, month: BillingMonth): Promise<MonthContext> {
    return {
      days: daysOf(month),
      currency: connection.currency,
      azure: connection.policies.azure,
      rates: await this.rates.of(connection),
      hasBill: await this.bill.hasSeats(connection.tenantId, firstDayOf(month)),
    };
  }

  async *parts(
    connection: Connection,
    month: BillingMonth,
    context: MonthContext,
  ): AsyncGenerator<MonthFacts> {
    const charges = await this.charges.read(connection, month);
    const cursor = new BillCursor(this.bill.ofMonth(connection.tenantId, firstDayOf(month)));
    try {
      for await (const mapped of inParts(this.mirror.mappedInOrder(connection.id))) {
        yield* this.partsUpTo(connection, mapped, cursor, charges, context);
      }
      yield* this.unknownParts(connection, cursor, charges);
    } finally {
      await cursor.close();
    }
    yield* this.strayParts(connection, context);
  }

  /** The subscriptions with what the bill says of them; what lies between them on the bill stands for none. */
  private async *partsUpTo(
    connection: Connection,
    mapped: readonly MappedSubscription[],
    cursor: BillCursor,
    charges: MonthCharges,
    context: MonthContext,
  ): AsyncGenerator<MonthFacts> {
    const ids = new Set(mapped.map(({ subscriptionId }) => subscriptionId));
    const last = mapped.at(-1)?.subscriptionId ?? '';
    const billed = new Map<string, BilledSubject>();
    for (;;) {
      const subjects = await cursor.take(last, PART);
      const unknown: BilledSubject[] = [];
      for (const subject of subjects) {
        const { subscriptionId } = subject;
        if (subscriptionId === null || !ids.has(subscriptionId)) unknown.push(subject);
        else billed.set(subscriptionId, joined(billed.get(subscriptionId), subject));
      }
      if (unknown.length > 0) yield await this.unknownPart(connection, unknown, charges);
      if (subjects.length < PART) break;
    }
    const subscriptions = await this.facts.of(connection, mapped, billed, charges, context);
    yield { subscriptions, strayLines: [], unknownSubjects: [] };
  }

  private async *unknownParts(
    connection: Connection,
    cursor: BillCursor,
    charges: MonthCharges,
  ): AsyncGenerator<MonthFacts> {
    for (;;) {
      const subjects = await cursor.take(null, PART);
      if (subjects.length === 0) return;
      yield await this.unknownPart(connection, subjects, charges);
    }
  }

  private async unknownPart(
    connection: Connection,
    subjects: readonly BilledSubject[],
    charges: MonthCharges,
  ): Promise<MonthFacts> {
    const customerIds = [...new Set(subjects.map(({ customerId }) => customerId))];
    const subscriptionIds = subjects.flatMap(({ subscriptionId }) => subscriptionId ?? []);
    const bindings = await this.mirror.bindingsOf(connection.tenantId, customerIds, subscriptionIds);
    const of = (kind: 'customer' | 'subscription') =>
      Map.groupBy(
        bindings.filter((binding) => binding.kind === kind),
        ({ id }) => id,
      );
    const [customers, subscriptions] = [of('customer'), of('subscription')];
    const unknownSubjects = subjects.map((subject) => {
      const own = subscriptions.get(subject.subscriptionId ?? '') ?? customers.get(subject.customerId) ?? [];
      const totals = subject.totals.filter((total) => !charges.isPlaced(subject, total));
      return { ...subject, totals, binding: bindingOf(own, connection.id, subject, connection.currency) };
    });
    return { subscriptions: [], strayLines: [], unknownSubjects };
  }

  private async *strayParts(connection: Connection, { days }: MonthContext): AsyncGenerator<MonthFacts> {
    const scope = { connectionId: connection.id, internalCurrency: connection.instance.internalCurrency };
    let afterId: string | undefined;
    for (;;) {
      const lines = await this.mirror.strayLines(scope, days, afterId, PART);
      if (lines.length > 0) {
        const strayLines = await this.withCustomers(connection, lines);
        yield { subscriptions: [], unknownSubjects: [], strayLines };
      }
      if (lines.length < PART) return;
      afterId = lines.at(-1)?.externalId;
    }
  }

  private async withCustomers(
    { tenantId }: Connection,
    lines: readonly BilledLine[],
  ): Promise<MonthFacts['strayLines']> {
    const ids = [...new Set(lines.flatMap(({ customerId }) => customerId ?? []))];
    const accounts = await this.source.findBillingAccounts(tenantId, ids);
    const names = new Map(accounts.map(({ id, name }) => [id, name]));
    return lines.map((line) => ({
      ...line,
      customerName: names.get(line.customerId ?? '') ?? line.companyName,
    }));
  }
}

async function* inParts<T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  let part: T[] = [];
  for await (const item of items) {
    part.push(item);
    if (part.length < PART) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

function joined(known: BilledSubject | undefined, subject: BilledSubject): BilledSubject {
  return known === undefined ? subject : { ...known, totals: [...known.totals, ...subject.totals] };
}

/**
 * Where a subject belongs that no subscription of this connection stands for. One that is bound nowhere is shown where its customer is mapped,
 * and of a customer that is not mapped either on the connections of its currency.
 */
function bindingOf(
  bindings: readonly { kind: string; connectionId: string; isExcluded: boolean }[],
  connectionId: string,
  { totals }: BilledSubject,
  currency: string,
): Binding {
  const here = bindings.filter((binding) => binding.connectionId === connectionId);
  if (here.some(({ isExcluded }) => isExcluded)) return 'excluded';
  if (here.length > 0) return 'unmapped';
  if (bindings.some(({ isExcluded }) => !isExcluded)) return 'elsewhere';
  return totals.some((total) => total.currency === currency) ? 'unmapped' : 'elsewhere';
}
