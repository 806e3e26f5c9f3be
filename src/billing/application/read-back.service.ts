import { Inject, Injectable } from '@nestjs/common';
import { utcDay, type LocalDate } from '../../kernel/local-date.js';
import { earlierOf, laterOf } from '../../kernel/period.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { ContractServiceRecord } from '../../ports/psa/psa-records.js';
import type { PsaSession } from '../../ports/psa/psa-session.port.js';
import { LINE_STORE, type LineStanding, type LineStore } from '../domain/billing-line.js';
import { unitsOn } from '../domain/contract-state.js';
import { isAdjustment } from '../domain/line-overlay.js';
import { chargeReference, type Operation } from '../domain/operation.js';
import {
  changedChargeOutcome,
  isPostedMeanwhile,
  outcomeOf,
  type WriteOutcome,
} from '../domain/write-outcome.js';
import { chunks, ContractReader } from './contract-reader.service.js';

/** What the PSA shows of an intended write. */
export interface ReadBack {
  outcome: WriteOutcome | 'ambiguous';
  /** The line or charge it is about; null while there is none. */
  externalId: string | null;
  /** Units in force on the effective date; null where there is no line. */
  units: number | null;
  /** The contract has the service on another line, so a new line must be asked for. */
  isRepeated: boolean;
  /** The period of its price was posted since it was planned. */
  isPosted?: boolean;
}

/** Looks up what became of intended writes, many lines in one request. */
@Injectable()
export class OperationReadBack {
  constructor(
    private readonly contracts: ContractReader,
    @Inject(LINE_STORE) private readonly lines: LineStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async read(
    session: PsaSession,
    operations: readonly Operation[],
    signal?: AbortSignal,
  ): Promise<Map<string, ReadBack>> {
    const results = new Map<string, ReadBack>();
    const adjustments = operations.filter(({ step }) => isAdjustment(step));
    for (const [id, found] of await this.readAdjustments(session, adjustments, signal))
      results.set(id, found);
    const extensions = operations.filter(({ step }) => step.kind === 'extendContract');
    for (const [id, found] of await this.readExtensions(session, extensions, signal)) results.set(id, found);
    for (const operation of operations.filter(({ step }) => step.kind === 'createCharge')) {
      const charge = await session.writer?.findChargeByReference(chargeReference(operation), signal);
      results.set(operation.id, {
        outcome: charge ? 'applied' : 'absent',
        externalId: charge?.externalId ?? null,
        units: null,
        isRepeated: false,
      });
    }
    for (const operation of operations.filter(({ step }) => step.kind === 'updateCharge')) {
      results.set(operation.id, await this.readChangedCharge(session, operation, signal));
    }
    return results;
  }

  /** The amounts decide; a charge that is billed, gone, or changed by a person is nobody's to change any more. */
  private async readChangedCharge(
    session: PsaSession,
    { step: { charge } }: Operation,
    signal?: AbortSignal,
  ): Promise<ReadBack> {
    const replaces = charge?.replaces;
    const found = await session.writer?.findChargeByReference(replaces?.reference ?? '', signal);
    const outcome =
      charge === null || replaces === undefined || found == null
        ? 'foreign'
        : changedChargeOutcome({ ...charge, replaces }, found);
    return { outcome, externalId: replaces?.externalId ?? null, units: null, isRepeated: false };
  }

  private async readAdjustments(
    session: PsaSession,
    operations: readonly Operation[],
    signal?: AbortSignal,
  ): Promise<Map<string, ReadBack>> {
    const results = new Map<string, ReadBack>();
    const [first] = operations;
    if (first === undefined) return results;
    const standing = await this.lines.standingOf(operations.map(({ lineId }) => lineId));
    const lines = new Map(standing.map((line) => [line.id, line]));
    const found = await this.findLines(session, first.connectionId, operations, lines, signal);
    const today = utcDay(this.clock.now());
    // Only what is in force on these days counts; a long contract has a row for each of its periods.
    const days = daysOf(operations, first);
    const ids = [...found.values()].flatMap(({ lineExternalId }) => lineExternalId ?? []);
    const units = await this.contracts.readUnits(session, ids, days, signal);
    const records = await this.readPrices(session, operations, found, today, signal);
    for (const { id, step } of operations) {
      const { lineExternalId, isRepeated, isAmbiguous } = found.get(id) ?? NOT_FOUND;
      if (isAmbiguous || lineExternalId === null) {
        results.set(id, {
          outcome: isAmbiguous ? 'ambiguous' : 'absent',
          externalId: null,
          units: null,
          isRepeated,
        });
        continue;
      }
      const record = records.get(lineExternalId);
      const reading = {
        units: units.get(lineExternalId) ?? [],
        unitPrice: record?.unitPrice ?? null,
        unitCost: record?.unitCost ?? null,
      };
      results.set(id, {
        outcome: outcomeOf(step, reading, today),
        externalId: lineExternalId,
        units: unitsOn(reading.units, step.effectiveOn),
        isRepeated,
        isPosted: isPostedMeanwhile(step, reading),
      });
    }
    return results;
  }

  /** The contract service of each operation; one that the operation itself was to make is looked for on the contract. */
  private async findLines(
    session: PsaSession,
    connectionId: string,
    operations: readonly Operation[],
    lines: ReadonlyMap<string, LineStanding>,
    signal?: AbortSignal,
  ): Promise<Map<string, FoundLine>> {
    const found = new Map<string, FoundLine>();
    const unbound: Operation[] = [];
    for (const operation of operations) {
      const lineExternalId = lines.get(operation.lineId)?.lineExternalId ?? null;
      if (lineExternalId === null) unbound.push(operation);
      else found.set(operation.id, { lineExternalId, isRepeated: false, isAmbiguous: false });
    }
    if (unbound.length === 0) return found;
    const contractIds = [...new Set(unbound.map(({ step }) => step.contractExternalId))];
    const [onContracts, bound] = await Promise.all([
      this.contracts.readLines(session, contractIds, signal),
      this.lines.boundLines(connectionId, contractIds),
    ]);
    const owners = new Set(bound.map(({ lineExternalId }) => lineExternalId));
    for (const { id, step } of unbound) {
      const same = onContracts.filter(
        (line) =>
          line.contractExternalId === step.contractExternalId &&
          line.serviceExternalId === step.serviceExternalId,
      );
      const free = same.filter(({ externalId }) => !owners.has(externalId));
      found.set(id, {
        lineExternalId: free.length === 1 ? (free[0]?.externalId ?? null) : null,
        isRepeated: same.length > free.length,
        isAmbiguous: free.length > 1,
      });
    }
    return found;
  }

  /** Prices in force, only where nothing else can tell whether a price was changed. */
  private async readPrices(
    session: PsaSession,
    operations: readonly Operation[],
    found: ReadonlyMap<string, FoundLine>,
    today: LocalDate,
    signal?: AbortSignal,
  ): Promise<Map<string, ContractServiceRecord>> {
    const ids = operations
      .filter(
        ({ step }) =>
          step.before.units === step.after.units && step.before.units === 0 && step.effectiveOn <= today,
      )
      .flatMap(({ id }) => found.get(id)?.lineExternalId ?? []);
    const records = new Map<string, ContractServiceRecord>();
    for (const some of chunks(ids)) {
      for (const record of await session.readByIds('contractServices', some, signal)) {
        records.set(record.externalId, record);
      }
    }
    return records;
  }

  private async readExtensions(
    session: PsaSession,
    operations: readonly Operation[],
    signal?: AbortSignal,
  ): Promise<Map<string, ReadBack>> {
    const results = new Map<string, ReadBack>();
    for (const some of chunks(operations)) {
      const ids = [...new Set(some.map(({ step }) => step.contractExternalId))];
      const contracts = await session.readByIds('contracts', ids, signal);
      const endsOn = new Map(contracts.map((contract) => [contract.externalId, contract.endsOn]));
      for (const { id, step } of some) {
        const end = endsOn.get(step.contractExternalId);
        const isThere = end !== undefined && step.contractEndsOn !== null && end >= step.contractEndsOn;
        results.set(id, {
          outcome: isThere ? 'applied' : 'absent',
          externalId: step.contractExternalId,
          units: null,
          isRepeated: false,
        });
      }
    }
    return results;
  }
}

function daysOf(operations: readonly Operation[], first: Operation): { from: LocalDate; to: LocalDate } {
  const days = operations.map(({ step }) => step.effectiveOn);
  return {
    from: days.reduce(earlierOf, first.step.effectiveOn),
    to: days.reduce(laterOf, first.step.effectiveOn),
  };
}

interface FoundLine {
  lineExternalId: string | null;
  isRepeated: boolean;
  isAmbiguous: boolean;
}

const NOT_FOUND: FoundLine = { lineExternalId: null, isRepeated: false, isAmbiguous: false };
