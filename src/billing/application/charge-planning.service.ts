import { Inject, Injectable } from '@nestjs/common';
import type { Connection } from '../../connections/domain/connection.js';
import type { ExchangeRates } from '../../kernel/exchange-rates.js';
import { type LocalDate, utcDay } from '../../kernel/local-date.js';
import { addDays, addMonths } from '../../kernel/period.js';
import type { Transaction } from '../../kernel/transaction.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { PsaSession } from '../../ports/psa/psa-session.port.js';
import { NotCompensableError } from '../domain/billing.errors.js';
import type { BillingLine } from '../domain/billing-line.js';
import { CHARGE_LEDGER, type ChargeLedger } from '../domain/charge-ledger.js';
import { monthOf, toldOf } from '../domain/charge-item.js';
import { type ChargeNeed, needsOf, withdrawnNeeds } from '../domain/charge-needs.js';
import { chargeStep, groupsOf, NOTHING_PLACED } from '../domain/charge-plan.js';
import type { Operation } from '../domain/operation.js';
import { OPERATION_STORE, type OperationStore } from '../domain/operation-store.js';
import type { PlanRefusal, PlanStep } from '../domain/plan-step.js';
import { problemRefusal, refusal, unbilled } from '../domain/refused-charge.js';
import { planPriceReset } from '../domain/price-reset.js';
import { type Settled, settlementVersion } from '../domain/settlement.js';
import { ChargeContracts } from './charge-contracts.service.js';
import { ChargeHistory, settledCustomers } from './charge-history.service.js';
import { ChargeItems, type ChargeScope, type ItemsRead, type PlacedItem } from './charge-items.service.js';
import { ContractReader, internalCurrencyOf } from './contract-reader.service.js';
import { PlacedCharges } from './placed-charges.service.js';
import { Planning } from './planning.service.js';

/** Older charges are taken as billed elsewhere. */
const MONTHS_BACK = 3;
/** How far ahead a service period may end. */
const DAYS_AHEAD = 31;
/** Use type of a material code, which a charge needs (Autotask REST reference, §7.11; the number as the simulator has it). */
const MATERIAL = '4';

export interface PlannedCharges {
  lines: BillingLine[];
  steps: { lineId: string; step: PlanStep }[];
  refusals: (PlanRefusal & { lineId: string })[];
  scope: ChargeScope;
  /** Of what was decided about these months before; changes when any of it does. */
  version: string;
}

/** Whether a person looks at what is planned: then what a person gave up before is offered again. */
export type Onlooker = 'person' | 'nobody';

/** Plans amounts beside the seats that are not billed yet: as charges, or as the price of a month. */
@Injectable()
export class ChargePlanning {
  constructor(
    private readonly items: ChargeItems,
    @Inject(OPERATION_STORE) private readonly operations: OperationStore,
    @Inject(CHARGE_LEDGER) private readonly ledger: ChargeLedger,
    private readonly history: ChargeHistory,
    private readonly bearing: ChargeContracts,
    private readonly contracts: ContractReader,
    private readonly placed: PlacedCharges,
    private readonly planning: Planning,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Everything that can still be billed. */
  wholeScope(): ChargeScope {
    const today = utcDay(this.clock.now());
    const months: LocalDate[] = [];
    const last = monthOf(addDays(today, DAYS_AHEAD));
    for (let month = monthOf(addMonths(today, -MONTHS_BACK)); month <= last; month = addMonths(month, 1)) {
      months.push(month);
    }
    return { months, customerIds: null };
  }

  /** Whether nothing was decided about these months since. @param version null: nothing was planned */
  async isCurrent(tx: Transaction, connection: Connection, version: string | null): Promise<boolean> {
    if (version === null) return true;
    const known = await this.operations.settlingOf(connection.id, this.wholeScope().months, tx);
    return settlementVersion(known) === version;
  }

  /** Reads the PSA only where there is something to plan; writes nothing. */
  async plan(
    connection: Connection,
    session: PsaSession,
    scope: ChargeScope,
    onlooker: Onlooker,
  ): Promise<PlannedCharges> {
    const known = await this.operations.settlingOf(connection.id, scope.months);
    const others = scope.customerIds === null ? settledCustomers(known) : [];
    const read = await this.items.read(connection, scope, others);
    const planned: PlannedCharges = {
      lines: [],
      steps: [],
      refusals: [],
      scope,
      version: settlementVersion(known),
    };
    const { needs, problems, rates } = await this.needs(connection, session, read, known, scope, onlooker);
    for (const problem of problems) {
      planned.refusals.push({ ...problemRefusal(problem), lineId: problem.line.id });
    }
    if (needs.length > 0) await this.planNeeds(connection, session, { needs, rates, known, read, planned });
    const lines = [...planned.lines, ...[...needs, ...problems].map(({ line }) => line)];
    planned.lines = [...new Map(lines.map((line) => [line.id, line])).values()];
    return planned;
  }

  private async needs(
    connection: Connection,
    session: PsaSession,
    read: ItemsRead,
    known: readonly Operation[],
    scope: ChargeScope,
    onlooker: Onlooker,
  ) {
    const { settled, elsewhere } = await this.history.of(
      connection,
      scope,
      read,
      known,
      onlooker === 'nobody',
    );
    const open = await this.withoutOlder(
      connection,
      read.placed.filter(
        ({ item }) => !elsewhere.has(item.key) && settled.get(item.key)?.told !== toldOf(item),
      ),
      settled,
    );
    const rates = await this.rates(connection, session, open);
    const reckoned = needsOf(open, settled, { currency: connection.currency, rates });
    const isHere = ([key]: readonly [string, unknown]) => !elsewhere.has(key);
    const withdrawn = withdrawnNeeds(read.told, new Map([...settled].filter(isHere)), scope.customerIds);
    return { needs: [...reckoned.needs, ...withdrawn], problems: reckoned.problems, rates };
  }

  /** Charges that were billed before settlements were kept have only their id to be known by. */
  private async withoutOlder(
    connection: Connection,
    open: readonly PlacedItem[],
    settled: ReadonlyMap<string, Settled>,
  ): Promise<PlacedItem[]> {
    const ids = open.flatMap(({ item }) =>
      item.chargeId === null || settled.has(item.key) ? [] : [item.chargeId],
    );
    if (ids.length === 0) return [...open];
    const older = await this.ledger.chargesWithoutSettlement(connection.tenantId, ids);
    return open.filter(({ item }) => item.chargeId === null || !older.has(item.chargeId));
  }

  private async planNeeds(
    connection: Connection,
    session: PsaSession,
    { needs, rates, known, read, planned }: NeedsToPlan,
  ): Promise<void> {
    const isReset = ({ line, item }: ChargeNeed) =>
      connection.policies.azure === 'priceReset' &&
      read.lines.get(line.id)?.kind === 'azurePlan' &&
      item?.kind !== 'oneTime' &&
      item?.kind !== 'fee';
    const charged = needs.filter((need) => !isReset(need));
    for (const [lineId, own] of Map.groupBy(needs.filter(isReset), ({ line }) => line.id)) {
      charged.push(...(await this.planReset(connection, session, lineId, own, planned)));
    }
    const wanted = groupsOf(charged, connection.policies.charges);
    if (wanted.length === 0) return;
    const { groups, contracts } = await this.bearing.of(connection, session, wanted);
    planned.lines.push(...groups.map(({ line }) => line));
    const placed = await this.placed.of(session, groups, known);
    const billing = {
      currency: connection.currency,
      rates,
      policy: connection.policies,
      billingCodeExternalId: await this.billingCode(session, connection.policies.chargeBillingCodeId),
    };
    for (const group of groups) {
      const contract = contracts.get(group.line.contractExternalId);
      const result = chargeStep(group, contract, placed.get(group.key) ?? NOTHING_PLACED, billing);
      if ('kind' in result) planned.steps.push({ lineId: group.line.id, step: result });
      else planned.refusals.push({ ...result, lineId: group.line.id });
    }
  }

  /** @returns what has to be a charge after all */
  private async planReset(
    connection: Connection,
    session: PsaSession,
    lineId: string,
    needs: readonly ChargeNeed[],
    planned: PlannedCharges,
  ): Promise<ChargeNeed[]> {
    const [first] = needs;
    if (first === undefined) return [];
    const { line } = first;
    const from = needs.map(({ month }) => month).toSorted()[0] ?? first.month;
    try {
      const { contract, own } = await this.planning.lineNow(connection, session, line, from);
      const { steps, refusals, left } = planPriceReset(line, contract, own, needs, connection.currency);
      planned.steps.push(...steps.map((step) => ({ lineId, step })));
      planned.refusals.push(...refusals.map((each) => ({ ...each, lineId })));
      return left;
    } catch (error) {
      if (!(error instanceof NotCompensableError)) throw error;
      const why =
        'the contract has no service line of the Azure plan yet; apply the change that adds it first.';
      const refused = refusal(line, 'billing.price_reset_units', line.subscriptionId, why);
      for (const [month, own] of Map.groupBy(needs, (need) => need.month)) {
        planned.refusals.push({ ...refused, settles: unbilled(month, own), lineId });
      }
      return [];
    }
  }

  private rates(
    connection: Connection,
    session: PsaSession,
    open: readonly PlacedItem[],
  ): Promise<ExchangeRates> {
    const internal = internalCurrencyOf(connection);
    const isForeign = open.some(
      ({ item }) => item.unitCost.currency !== internal || item.unitPrice.currency !== connection.currency,
    );
    return isForeign
      ? this.contracts.readRates(session, connection)
      : Promise.resolve({ internal, rates: new Map() });
  }

  /** The one that is asked for, where it can bear charges, else the first that can. */
  private async billingCode(session: PsaSession, wanted: string | null): Promise<string | null> {
    const request = { scope: { kind: 'all' }, position: null } as const;
    const codes: string[] = [];
    for await (const { records } of session.readBatches('billingCodes', request)) {
      for (const { externalId, useType, isActive } of records) {
        if (isActive && useType === MATERIAL) codes.push(externalId);
      }
    }
    if (wanted !== null) return codes.includes(wanted) ? wanted : null;
    return codes.toSorted((left, right) => Number(left) - Number(right))[0] ?? null;
  }
}

interface NeedsToPlan {
  needs: readonly ChargeNeed[];
  rates: ExchangeRates;
  known: readonly Operation[];
  read: ItemsRead;
  planned: PlannedCharges;
}
