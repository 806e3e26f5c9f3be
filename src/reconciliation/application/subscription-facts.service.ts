import { Inject, Injectable } from '@nestjs/common';
import { SyncStates } from '../../billing/application/sync-states.service.js';
import {
  BILLING_HISTORY_READER,
  type BillingHistoryReader,
  type PushedCharge,
} from '../../billing/domain/billing-history.js';
import { MARGIN_STORE, type MarginStore } from '../../billing/domain/margin-store.js';
import { ruledPrice } from '../../billing/domain/subscription-price.js';
import type { Connection } from '../../connections/domain/connection.js';
import {
  BILLED_MONTH_READER,
  type BilledLine,
  type BilledMonthReader,
  type ContractCharge,
} from '../../contracts/domain/billed-month.js';
import type { MappedSubscription } from '../../contracts/domain/mapped-subscription.js';
import { money } from '../../kernel/money.js';
import {
  type Subscription,
  SUBSCRIPTION_SOURCE,
  type SubscriptionSource,
} from '../../ports/host/subscription-source.port.js';
import type { BilledSubject, ExpectedSubscription, MonthContext, MonthFacts } from '../domain/month-facts.js';
import { expectedStates } from '../domain/seat-states.js';
import type { MonthCharges } from './month-charges.service.js';

type Subscriptions = MonthFacts['subscriptions'];

/** Gathers what is expected of some mapped subscriptions and what Autotask holds of them: a few statements for all. */
@Injectable()
export class SubscriptionFacts {
  constructor(
    @Inject(BILLED_MONTH_READER) private readonly mirror: BilledMonthReader,
    @Inject(BILLING_HISTORY_READER) private readonly history: BillingHistoryReader,
    @Inject(SUBSCRIPTION_SOURCE) private readonly source: SubscriptionSource,
    @Inject(MARGIN_STORE) private readonly margins: MarginStore,
    private readonly syncStates: SyncStates,
  ) {}

  async of(
    connection: Connection,
    mapped: readonly MappedSubscription[],
    billed: ReadonlyMap<string, BilledSubject>,
    charges: MonthCharges,
    context: MonthContext,
  ): Promise<Subscriptions> {
    const ids = mapped.map(({ subscriptionId }) => subscriptionId);
    const [histories, names, syncStates, actual] = await Promise.all([
      this.histories(connection, ids),
      this.customerNames(connection, mapped),
      this.syncStates.syncStatesOf(connection.id, ids),
      this.actual(connection, mapped, context),
    ]);
    return mapped.map((mapping) => {
      const { subscriptionId, customerId, contractExternalId, contract, offer } = mapping;
      const history = histories.get(subscriptionId) ?? [];
      const newest = history.reduce<Subscription | null>(
        (last, state) => (last === null || state.revision > last.revision ? state : last),
        null,
      );
      const bill = billed.get(subscriptionId) ?? null;
      const expected: ExpectedSubscription = {
        subscriptionId,
        customerId,
        customerName: names.get(customerId) ?? customerId,
        title: newest?.friendlyName ?? newest?.offer.name ?? subscriptionId,
        kind: newest?.kind ?? 'license',
        billingCycle: offer.billingCycle,
        states: expectedStates(history, contract, connection.policies),
        charges: charges.ofSubscription.get(subscriptionId) ?? [],
        contractExternalId,
        contract,
        isUnsettled: syncStates.get(subscriptionId) === 'outOfSync',
      };
      return { expected, actual: actual.get(subscriptionId) ?? { line: null, charges: [] }, bill };
    });
  }

  /** Recorded states by subscription: those the source tells, else those that were reported, and the newest one; at the price that counts. */
  async histories(connection: Connection, ids: readonly string[]): Promise<Map<string, Subscription[]>> {
    const { tenantId, id } = connection;
    const recorded = await (this.source.readSubscriptionHistory?.(tenantId, ids) ??
      this.history.reportedStates(id, ids));
    const newest = await this.source.findSubscriptions(tenantId, ids);
    const ruled = await this.atRuledPrices(connection, [...recorded, ...newest]);
    const byId = Map.groupBy(ruled, (state) => state.id);
    return new Map(
      [...byId].map(([subscriptionId, states]) => [
        subscriptionId,
        [...new Map(states.map((state) => [state.revision, state])).values()],
      ]),
    );
  }

  /** Licences are priced by the margin rules where the connection says so. */
  private async atRuledPrices(
    { id, currency, policies }: Connection,
    states: readonly Subscription[],
  ): Promise<Subscription[]> {
    if (policies.prices !== 'marginRules') return [...states];
    const rules = await this.margins.list(id);
    return states.map((state) => {
      const ruled = ruledPrice(state, rules, currency);
      return ruled === null ? state : { ...state, unitPrice: money(ruled.unitPrice, currency) };
    });
  }

  private async customerNames(
    { tenantId }: Connection,
    mapped: readonly MappedSubscription[],
  ): Promise<Map<string, string>> {
    const ids = [...new Set(mapped.map(({ customerId }) => customerId))];
    const accounts = await this.source.findBillingAccounts(tenantId, ids);
    return new Map(accounts.map(({ id, name }) => [id, name]));
  }

  private async actual(
    connection: Connection,
    mapped: readonly MappedSubscription[],
    { days }: MonthContext,
  ): Promise<Map<string, { line: BilledLine | null; charges: ContractCharge[] }>> {
    const scope = { connectionId: connection.id, internalCurrency: connection.instance.internalCurrency };
    const ids = mapped.map(({ subscriptionId }) => subscriptionId);
    const contractIds = [...new Set(mapped.map(({ contractExternalId }) => contractExternalId))];
    const [lines, own, pushed] = await Promise.all([
      this.mirror.linesOf(scope, contractIds, days),
      this.history.ownLines(connection.id, ids),
      this.history.pushedCharges(connection.id, ids),
    ]);
    const externalIds = pushed.flatMap(({ externalId }) => externalId ?? []);
    const charges = await this.mirror.chargesOf(scope, [...new Set(externalIds)]);
    const chargeById = new Map(charges.map((charge) => [charge.externalId, charge]));
    const isOfMonth = ({ effectiveOn, externalId }: PushedCharge): boolean => {
      const chargedOn = chargeById.get(externalId ?? '')?.chargedOn ?? effectiveOn;
      return [effectiveOn, chargedOn].some((day) => days.from <= day && day <= days.to);
    };
    const pushedBy = Map.groupBy(pushed.filter(isOfMonth), ({ subscriptionId }) => subscriptionId);
    const lineOf = linePicker(lines, own);
    return new Map(
      mapped.map((mapping) => {
        const { subscriptionId } = mapping;
        const numbers = new Set(
          (pushedBy.get(subscriptionId) ?? []).flatMap(({ externalId }) => externalId ?? []),
        );
        const itsCharges = [...numbers].flatMap((number) => chargeById.get(number) ?? []);
        return [subscriptionId, { line: lineOf(mapping), charges: itsCharges }];
      }),
    );
  }
}

const serviceKey = (contractId: string, serviceId: string | null) => JSON.stringify([contractId, serviceId]);

/** The line that is bound to the subscription; while none is, the one of its service that is bound to nobody else. */
function linePicker(
  lines: readonly BilledLine[],
  own: ReadonlyMap<string, string>,
): (mapping: MappedSubscription) => BilledLine | null {
  const byService = Map.groupBy(lines, ({ contractExternalId, serviceExternalId }) =>
    serviceKey(contractExternalId, serviceExternalId),
  );
  const owners = Map.groupBy(own.keys(), (subscriptionId) => own.get(subscriptionId));
  return ({ subscriptionId, contractExternalId, serviceExternalId }) => {
    const candidates = byService.get(serviceKey(contractExternalId, serviceExternalId)) ?? [];
    const bound = own.get(subscriptionId);
    const isOthers = (externalId: string) =>
      owners.get(externalId)?.some((owner) => owner !== subscriptionId) ?? false;
    return (
      candidates.find(({ externalId }) => externalId === bound) ??
      candidates.find(({ externalId }) => !isOthers(externalId)) ??
      null
    );
  };
}
