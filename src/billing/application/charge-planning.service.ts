import { Inject, Injectable } from '@nestjs/common';
import type { Connection } from '../../connections/domain/connection.js';
import { utcDay } from '../../kernel/local-date.js';
import { addDays, addMonths } from '../../kernel/period.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import {
  type SourceCharge,
  SUBSCRIPTION_SOURCE,
  type SubscriptionSource,
} from '../../ports/host/subscription-source.port.js';
import type { PsaSession } from '../../ports/psa/psa-session.port.js';
import { type BillingLine, LINE_STORE, type LineStore } from '../domain/billing-line.js';
import { chargeStep } from '../domain/charge-plan.js';
import type { ContractState } from '../domain/contract-state.js';
import type { ExchangeRates } from '../../kernel/exchange-rates.js';
import { OPERATION_STORE, type OperationStore } from '../domain/operation-store.js';
import type { PlanRefusal, PlanStep } from '../domain/plan-step.js';
import { ContractReader, internalCurrencyOf } from './contract-reader.service.js';

/** Older charges are taken as billed elsewhere. */
const MONTHS_BACK = 3;
const PAGE = 200;
/** Use type of a material code, which a charge needs (Autotask REST reference, §7.11; the number as the simulator has it). */
const MATERIAL = '4';

export interface PlannedCharges {
  lines: BillingLine[];
  steps: { lineId: string; step: PlanStep }[];
  refusals: (PlanRefusal & { lineId: string })[];
}

/** Plans amounts beside the seats that are not on their contract yet. */
@Injectable()
export class ChargePlanning {
  constructor(
    @Inject(SUBSCRIPTION_SOURCE) private readonly source: SubscriptionSource,
    @Inject(LINE_STORE) private readonly lines: LineStore,
    @Inject(OPERATION_STORE) private readonly operations: OperationStore,
    private readonly contracts: ContractReader,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Reads the PSA only where there is something to plan; writes nothing. */
  async plan(connection: Connection, session: PsaSession): Promise<PlannedCharges> {
    const open = await this.openCharges(connection);
    if (open.length === 0) return { lines: [], steps: [], refusals: [] };
    const contractIds = [...new Set(open.map(({ line }) => line.contractExternalId))];
    const contracts = new Map<string, ContractState>();
    const from = utcDay(this.clock.now());
    for (const contract of await this.contracts.read(session, contractIds, new Set(), from)) {
      contracts.set(contract.externalId, contract);
    }
    const billing = {
      currency: connection.currency,
      rates: await this.rates(connection, session, open),
      billingCodeExternalId: await this.materialCode(session),
    };
    const planned: PlannedCharges = { lines: [], steps: [], refusals: [] };
    for (const { charge, line } of open) {
      const result = chargeStep(charge, line, contracts.get(line.contractExternalId), billing);
      if ('kind' in result) planned.steps.push({ lineId: line.id, step: result });
      else planned.refusals.push({ ...result, lineId: line.id });
    }
    planned.lines = [...new Map(open.map(({ line }) => [line.id, line])).values()];
    return planned;
  }

  private async openCharges(connection: Connection): Promise<{ charge: SourceCharge; line: BillingLine }[]> {
    const today = utcDay(this.clock.now());
    const period = { from: addMonths(today, -MONTHS_BACK), to: addDays(today, 31) };
    const charges: SourceCharge[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.source.readCharges(connection.tenantId, period, { limit: PAGE, cursor });
      charges.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    const ids = [...new Set(charges.flatMap(({ subscriptionId }) => subscriptionId ?? []))];
    const mapped = await this.lines.mappedLines(connection.id, ids);
    const lines = new Map(mapped.map((line) => [line.subscriptionId, line]));
    const known = await this.operations.knownCharges(
      connection.id,
      charges.map(({ id }) => id),
    );
    return charges.flatMap((charge) => {
      const line = lines.get(charge.subscriptionId ?? '');
      return line === undefined || known.has(charge.id) ? [] : [{ charge, line }];
    });
  }

  private rates(
    connection: Connection,
    session: PsaSession,
    open: readonly { charge: SourceCharge }[],
  ): Promise<ExchangeRates> {
    const internal = internalCurrencyOf(connection);
    const isForeign = open.some(({ charge }) => charge.unitCost.currency !== internal);
    return isForeign
      ? this.contracts.readRates(session, connection)
      : Promise.resolve({ internal, rates: new Map() });
  }

  private async materialCode(session: PsaSession): Promise<string | null> {
    const request = { scope: { kind: 'all' }, position: null } as const;
    const codes: string[] = [];
    for await (const { records } of session.readBatches('billingCodes', request)) {
      for (const { externalId, useType, isActive } of records) {
        if (isActive && useType === MATERIAL) codes.push(externalId);
      }
    }
    return codes.toSorted((left, right) => Number(left) - Number(right))[0] ?? null;
  }
}
