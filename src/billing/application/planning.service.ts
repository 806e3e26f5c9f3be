import { Inject, Injectable } from '@nestjs/common';
import type { Connection } from '../../connections/domain/connection.js';
import { type LocalDate, utcDay } from '../../kernel/local-date.js';
import { earlierOf } from '../../kernel/period.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { PsaSession } from '../../ports/psa/psa-session.port.js';
import { NotCompensableError } from '../domain/billing.errors.js';
import { type BillingLine, LINE_STORE, type LineStore } from '../domain/billing-line.js';
import type { PendingChange } from '../domain/pending-change.js';
import type { ContractLine, ContractState } from '../domain/contract-state.js';
import { desiredLineOf } from '../domain/desired-lines.js';
import type { DesiredLine } from '../domain/desired-line.js';
import type { ExchangeRates } from '../../kernel/exchange-rates.js';
import { isLeftByRenewal, isRenewed, latestOf, leavingSteps } from '../domain/former-line.js';
import { findLine } from '../domain/line-identity.js';
import { type InForce, inForceOn, overlaid, withExtensions } from '../domain/line-overlay.js';
import type { LineValues } from '../domain/line-timeline.js';
import type { Operation } from '../domain/operation.js';
import { OPERATION_STORE, type OperationStore, type PushedChange } from '../domain/operation-store.js';
import { MARGIN_STORE, type MarginStore } from '../domain/margin-store.js';
import type { PlanRefusal, PlanStep } from '../domain/plan-step.js';
import { atRuledPrice } from '../domain/subscription-price.js';
import { ContractReader, internalCurrencyOf } from './contract-reader.service.js';
import { planInTurns } from './plan-in-turns.js';
import { fingerprintOf } from './plan-fingerprint.js';

/** A plan for some lines, and all it was made from. */
export interface PlannedLines {
  lines: BillingLine[];
  changes: PendingChange[];
  steps: { lineId: string; step: PlanStep }[];
  refusals: (PlanRefusal & { lineId: string })[];
  /** What unfinished operations find when their turn comes, by operation. */
  foundBefore: Map<string, LineValues>;
  open: Operation[];
  /** Of these lines, those that their subscriptions have left. */
  former: ReadonlySet<string>;
  /** What each line has in force today, by line. */
  inForce: Map<string, InForce>;
  /** Changes when anything the plan was made from does. */
  fingerprint: string;
}

/** Gathers what is desired and what the PSA has, and plans. */
@Injectable()
export class Planning {
  constructor(
    @Inject(LINE_STORE) private readonly lines: LineStore,
    @Inject(OPERATION_STORE) private readonly operations: OperationStore,
    private readonly contracts: ContractReader,
    @Inject(MARGIN_STORE) private readonly margins: MarginStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Plans everything that the given changes ask for. Reads the PSA; writes nothing.
   * @param others further lines whose state counts into the fingerprint
   */
  async plan(
    connection: Connection,
    session: PsaSession,
    recorded: readonly PendingChange[],
    signal?: AbortSignal,
    others: readonly string[] = [],
  ): Promise<PlannedLines> {
    const changes = await this.priced(connection, recorded);
    const today = utcDay(this.clock.now());
    const changesOf = Map.groupBy(changes, ({ subscriptionId }) => subscriptionId);
    const changed = await this.lines.mappedLines(connection.id, [...changesOf.keys()]);
    const former = await this.formerLines(connection, changed, changes);
    const over = await this.linesThatAreOver(connection, changed, changes);
    const named = new Set([...changed, ...former, ...over].map(({ id }) => id));
    const further = others.filter((id) => !named.has(id));
    const lines = [...changed, ...former, ...over, ...(await this.furtherLines(further))];
    const rates = await this.ratesFor(connection, session, lines, changes, signal);
    const from = firstDayOfChanges(changes, today);
    const found = await this.situation(connection, session, lines, from, today, signal);
    const desired: DesiredLine[] = [];
    const refusals: PlanRefusal[] = [];
    for (const line of [...changed, ...over]) {
      const wanted = desiredLineOf(
        { ...line, lineExternalId: found.own.get(line.id)?.externalId ?? line.lineExternalId },
        changesOf.get(line.subscriptionId) ?? [],
        found.foreign.get(line.id) ?? [],
        connection.currency,
        rates,
      );
      if ('code' in wanted) refusals.push(wanted);
      else desired.push(wanted);
    }
    const { decrease, cancel, azure, renewal } = connection.policies;
    const currencies = { currency: connection.currency, costCurrency: rates.internal };
    const policy = { decrease, cancel, azure, renewal, ...currencies };
    const plan = await planInTurns(desired, found.contracts, policy, today);
    const lineIds = new Map(lines.toReversed().map(({ subscriptionId, id }) => [subscriptionId, id]));
    const idOf = ({ subscriptionId }: { subscriptionId: string }) => lineIds.get(subscriptionId) ?? '';
    return {
      lines,
      changes: [...changes],
      former: new Set(former.map(({ id }) => id)),
      steps: [
        ...plan.steps.map((step) => ({ lineId: idOf(step), step })),
        ...leavingSteps(former, changes, found, connection.currency),
      ],
      refusals: [...refusals, ...plan.refusals].map((refusal) => ({ ...refusal, lineId: idOf(refusal) })),
      foundBefore: found.before,
      open: found.open,
      inForce: inForceOn(found.own, today),
      // Whoever decides at once compares with nothing.
      get fingerprint() {
        return fingerprintOf(connection, lines, desired, found.contracts, found.open);
      },
    };
  }

  /**
   * One line as it is now, with everything on top that was decided before.
   * @param from what happened before this day is not needed
   */
  async lineNow(
    connection: Connection,
    session: PsaSession,
    line: BillingLine,
    from: LocalDate,
  ): Promise<{ contract: ContractState; own: ContractLine }> {
    const today = utcDay(this.clock.now());
    const found = await this.situation(connection, session, [line], earlierOf(from, today), today);
    const contract = found.contracts.find(({ externalId }) => externalId === line.contractExternalId);
    const own = found.own.get(line.id);
    if (contract === undefined || own === undefined) {
      throw new NotCompensableError('The contract service is no longer on the contract.');
    }
    return { contract, own };
  }

  /** Lines that changed subscriptions left by their renewal. */
  private async formerLines(
    { id }: Connection,
    changed: readonly BillingLine[],
    changes: readonly PendingChange[],
  ): Promise<BillingLine[]> {
    const isNew = changed.filter(({ known }) => known === null).map(({ subscriptionId }) => subscriptionId);
    if (isNew.length === 0) return [];
    const latest = latestOf(changes);
    return (await this.lines.formerLines(id, isNew)).filter((line) => {
      const now = latest.get(line.subscriptionId);
      return now !== undefined && isLeftByRenewal(line, now);
    });
  }

  private furtherLines(ids: readonly string[]): Promise<BillingLine[]> {
    return ids.length === 0 ? Promise.resolve([]) : this.lines.findLines(ids);
  }

  /** Subscriptions that are over, on contracts that renewals may extend: their units would be carried on. */
  private async linesThatAreOver(
    { id, policies }: Connection,
    changed: readonly BillingLine[],
    changes: readonly PendingChange[],
  ): Promise<BillingLine[]> {
    const latest = latestOf(changes);
    const renewed = changed.filter((line) => {
      const now = latest.get(line.subscriptionId);
      return now !== undefined && isRenewed(line, now);
    });
    if (renewed.length === 0 || policies.renewal !== 'extend') return [];
    const contractIds = [...new Set(renewed.map(({ contractExternalId }) => contractExternalId))];
    const own = new Set(changed.map((line) => line.id));
    return (await this.lines.linesThatAreOver(id, contractIds)).filter((line) => !own.has(line.id));
  }

  /** Where rules make the prices, what is planned and remembered is the price they make now. */
  private async priced(
    { id, currency, policies }: Connection,
    changes: readonly PendingChange[],
  ): Promise<readonly PendingChange[]> {
    if (policies.prices !== 'marginRules' || changes.length === 0) return changes;
    const rules = await this.margins.list(id);
    return changes.map((change) => ({
      ...change,
      subscription: atRuledPrice(change.subscription, rules, currency),
    }));
  }

  private async ratesFor(
    connection: Connection,
    session: PsaSession,
    lines: readonly BillingLine[],
    changes: readonly PendingChange[],
    signal?: AbortSignal,
  ): Promise<ExchangeRates> {
    const internal = internalCurrencyOf(connection);
    const subscriptions = [
      ...changes.map(({ subscription }) => subscription),
      ...lines.flatMap(({ known }) => known ?? []),
    ];
    const isForeign = subscriptions.some(({ unitCost }) => unitCost.currency !== internal);
    if (!isForeign) return { internal, rates: new Map() };
    return this.contracts.readRates(session, connection, signal);
  }

  /** The contracts of these lines with everything on top that was decided before. */
  private async situation(
    connection: Connection,
    session: PsaSession,
    lines: readonly BillingLine[],
    first: LocalDate,
    today: LocalDate,
    signal?: AbortSignal,
  ): Promise<{
    contracts: ContractState[];
    own: Map<string, ContractLine>;
    foreign: Map<string, string[]>;
    before: Map<string, LineValues>;
    open: Operation[];
  }> {
    const contractIds = lines.map(({ contractExternalId }) => contractExternalId);
    const services = new Set(lines.map(({ serviceExternalId }) => serviceExternalId));
    const read = await this.contracts.read(session, contractIds, services, first, signal);
    const lineIds = lines.map(({ id }) => id);
    const [open, pushed, bound] = await Promise.all([
      this.operations.openOf(lineIds),
      this.operations.pushedOf(lineIds),
      this.lines.boundLines(connection.id, contractIds),
    ]);
    const contracts = new Map(read.map((contract) => [contract.externalId, contract]));
    const own = new Map<string, ContractLine>();
    const foreign = new Map<string, string[]>();
    const before = new Map<string, LineValues>();
    const openOf = Map.groupBy(open, ({ lineId }) => lineId);
    const pushedOf = Map.groupBy(pushed, ({ lineId }) => lineId);
    const owned = Map.groupBy(
      bound.filter(({ isFree }) => !isFree),
      ({ contractExternalId }) => contractExternalId,
    );
    for (const line of lines.toSorted(bySubscription)) {
      const onContract = owned.get(line.contractExternalId) ?? [];
      const others = onContract
        .filter(({ lineId }) => lineId !== line.id)
        .map(({ lineExternalId }) => lineExternalId);
      foreign.set(line.id, others);
      const contract = contracts.get(line.contractExternalId);
      if (contract === undefined) continue;
      const [ownOpen, ownPushed] = [openOf.get(line.id) ?? [], pushedOf.get(line.id) ?? []];
      const overlay = overlayOf(line, contract, others, ownOpen, ownPushed, today);
      for (const [id, values] of overlay.before) before.set(id, values);
      if (overlay.line !== null) {
        own.set(line.id, overlay.line);
        const { contractExternalId } = line;
        const taken = {
          contractExternalId,
          lineId: line.id,
          lineExternalId: overlay.line.externalId,
          isFree: false,
        };
        owned.set(contractExternalId, [...onContract, taken]);
      }
      contracts.set(contract.externalId, overlay.contract);
    }
    return { contracts: [...contracts.values()], own, foreign, before, open };
  }
}

function firstDayOfChanges(changes: readonly PendingChange[], today: LocalDate): LocalDate {
  return changes.reduce((day, { subscription }) => earlierOf(day, subscription.effectiveOn), today);
}

function overlayOf(
  line: BillingLine,
  contract: ContractState,
  foreignLineExternalIds: readonly string[],
  ownOpen: readonly Operation[],
  ownPushed: readonly PushedChange[],
  today: LocalDate,
): { line: ContractLine | null; before: Map<string, LineValues>; contract: ContractState } {
  const longer = withExtensions(contract, ownOpen);
  const found = findLine({ ...line, foreignLineExternalIds, changes: [] }, longer);
  // Which of several is ours is refused by the plan, with the reason; nothing is laid over any of them.
  if ('refusal' in found) return { line: null, before: new Map(), contract: longer };
  const { serviceExternalId } = line;
  const { line: result, before } = overlaid(
    found.line,
    { lineId: line.id, serviceExternalId },
    ownPushed,
    ownOpen,
    today,
  );
  if (result === null) return { line: null, before, contract: longer };
  const others = longer.lines.filter(({ externalId }) => externalId !== found.line?.externalId);
  return { line: result, before, contract: { ...longer, lines: [...others, result] } };
}

function bySubscription(left: BillingLine, right: BillingLine): number {
  return left.subscriptionId < right.subscriptionId ? -1 : 1;
}
