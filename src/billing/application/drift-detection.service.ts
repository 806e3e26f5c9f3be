import { Inject, Injectable } from '@nestjs/common';
import type { Connection } from '../../connections/domain/connection.js';
import { MirroredLines } from '../../contracts/application/mirrored-lines.service.js';
import type { LineInForce } from '../../contracts/domain/mirrored-lines.js';
import { newId } from '../../kernel/ids.js';
import { utcDay } from '../../kernel/local-date.js';
import { money, roundMoney } from '../../kernel/money.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { DRIFT_STORE, type DriftFinding, type DriftStore, hasDrifted, isSameDrift } from '../domain/drift.js';
import { internalCurrencyOf } from './contract-reader.service.js';
import { type LineValues, valueOf } from '../domain/line-timeline.js';
import { type LastApplied, OPERATION_STORE, type OperationStore } from '../domain/operation-store.js';

const GONE: LineValues = { units: 0, unitPrice: null, unitCost: null };

/** Compares what we last applied with what a pull shows. */
@Injectable()
export class DriftDetection {
  constructor(
    @Inject(OPERATION_STORE) private readonly operations: OperationStore,
    @Inject(DRIFT_STORE) private readonly findings: DriftStore,
    private readonly mirror: MirroredLines,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Notes new differences and closes those that are gone. Lines we wrote to since the pull began, or have something open for, are left out:
   * the mirror may be older than that.
   * @returns how many findings are open now
   */
  async detect(connection: Connection, pulledSince: Date): Promise<number> {
    const today = utcDay(this.clock.now());
    const applied = await this.operations.lastApplied(connection.id, today, pulledSince);
    const ids = applied.map(({ lineExternalId }) => lineExternalId);
    const shown = await this.mirror.inForce(connection.id, ids, today);
    const known = await this.findings.openAndKept(connection.id);
    const now = this.clock.now();
    const changes = applied.flatMap((line) => {
      const own = known.filter(({ lineId }) => lineId === line.lineId);
      return this.judge(connection, line, shown.get(line.lineExternalId), own, now) ?? [];
    });
    await this.transactions.run(async (tx) => {
      for (const finding of changes) await this.findings.put(tx, finding);
    });
    const after = new Map([...known, ...changes].map((finding) => [finding.id, finding]));
    return [...after.values()].filter(({ state }) => state === 'open').length;
  }

  private judge(
    connection: Connection,
    line: LastApplied,
    shown: LineInForce | undefined,
    known: readonly DriftFinding[],
    now: Date,
  ): DriftFinding | null {
    const actual: LineValues = shown ?? GONE;
    const { expected } = line;
    const open = known.find(({ state }) => state === 'open');
    const currencies = { currency: connection.currency, costCurrency: internalCurrencyOf(connection) };
    if (!hasDrifted(expected, actual, currencies)) {
      return open === undefined ? null : { ...open, state: 'gone', seenAt: now, decidedAt: now };
    }
    const values = {
      expected,
      actual: { units: actual.units, unitPrice: actual.unitPrice, unitCost: actual.unitCost },
      impact: roundMoney(money(valueOf(actual).minus(valueOf(expected)), connection.currency)),
      seenAt: now,
    };
    if (open !== undefined) return { ...open, ...values };
    const isKept = known.some((finding) => finding.state === 'kept' && isSameDrift(finding, values));
    if (isKept) return null;
    return {
      id: newId(),
      connectionId: connection.id,
      tenantId: connection.tenantId,
      lineId: line.lineId,
      subscriptionId: line.subscriptionId,
      ...values,
      state: 'open',
      foundAt: now,
      decidedAt: null,
      decidedBy: null,
    };
  }
}
