import { Inject, Injectable } from '@nestjs/common';
import type { Connection } from '../../connections/domain/connection.js';
import { MirroredLines } from '../../contracts/application/mirrored-lines.service.js';
import type { LineInForce } from '../../contracts/domain/mirrored-lines.js';
import { newId } from '../../kernel/ids.js';
import { type LocalDate, utcDay } from '../../kernel/local-date.js';
import { money, roundMoney } from '../../kernel/money.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { type LeftLine, LINE_STORE, type LineStore } from '../domain/billing-line.js';
import {
  DRIFT_STORE,
  type DriftCause,
  type DriftStore,
  hasDrifted,
  isSameDrift,
  type NotedFinding,
} from '../domain/drift.js';
import { isLeftByRenewal } from '../domain/former-line.js';
import { type LineValues, valueOf } from '../domain/line-timeline.js';
import { OPERATION_STORE, type OperationStore } from '../domain/operation-store.js';

const GONE: LineValues = { units: 0, unitPrice: null, unitCost: null };

/** A contract service that is compared with what it should hold. */
interface Watched {
  lineId: string;
  subscriptionId: string;
  lineExternalId: string;
  cause: DriftCause;
  /** Null: no units, at whatever price. */
  expected: LineValues | null;
}

/** Compares what we last applied with what a pull shows, and finds what is billed on although its subscription left it. */
@Injectable()
export class DriftDetection {
  constructor(
    @Inject(OPERATION_STORE) private readonly operations: OperationStore,
    @Inject(LINE_STORE) private readonly lines: LineStore,
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
    const watched = await this.watched(connection, today, pulledSince);
    const ids = watched.map(({ lineExternalId }) => lineExternalId);
    const shown = await this.mirror.inForce(connection.id, ids, today);
    const known = await this.findings.openAndKept(connection.id);
    const now = this.clock.now();
    const changes = watched.flatMap((line) => {
      const own = known.filter(({ lineId }) => lineId === line.lineId);
      return this.judge(connection, line, shown.get(line.lineExternalId), own, now) ?? [];
    });
    changes.push(...(await this.givenUp(known, now)));
    await this.transactions.run(async (tx) => {
      for (const finding of changes) await this.findings.put(tx, finding);
    });
    const after = new Map([...known, ...changes].map((finding) => [finding.id, finding]));
    return [...after.values()].filter(({ state }) => state === 'open').length;
  }

  private async watched(connection: Connection, today: LocalDate, pulledSince: Date): Promise<Watched[]> {
    const applied = await this.operations.lastApplied(connection.id, today, pulledSince);
    const left = await this.lines.leftLines(connection.id, today, pulledSince);
    return [
      ...applied.map((line) => ({ ...line, cause: 'changed' as const })),
      ...left.flatMap((line) =>
        line.lineExternalId === null || isOwedUntilRenewal(line, today)
          ? []
          : {
              lineId: line.id,
              subscriptionId: line.subscriptionId,
              lineExternalId: line.lineExternalId,
              cause: 'left' as const,
              expected: null,
            },
      ),
    ];
  }

  /** What is no longer ours is no longer compared: another subscription took it over, or a person kept it. */
  private async givenUp(known: readonly NotedFinding[], now: Date): Promise<NotedFinding[]> {
    const open = known.filter(({ state }) => state === 'open');
    if (open.length === 0) return [];
    const lines = await this.lines.findLines(open.map(({ lineId }) => lineId));
    const gone = new Set(lines.filter((line) => line.lineExternalId === null).map(({ id }) => id));
    return open
      .filter(({ lineId }) => gone.has(lineId))
      .map((finding) => ({ ...finding, state: 'gone', seenAt: now, decidedAt: now }));
  }

  private judge(
    connection: Connection,
    line: Watched,
    shown: LineInForce | undefined,
    known: readonly NotedFinding[],
    now: Date,
  ): NotedFinding | null {
    const { units, unitPrice, unitCost } = shown ?? GONE;
    const actual: LineValues = { units, unitPrice, unitCost };
    const expected = line.expected ?? { ...actual, units: 0 };
    const { cause } = line;
    const open = known.find(({ state }) => state === 'open');
    if (!hasDrifted(expected, actual)) {
      return open === undefined ? null : { ...open, state: 'gone', seenAt: now, decidedAt: now };
    }
    const values = {
      cause,
      expected,
      actual,
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

/** The term that was renewed elsewhere is billed here until it ends. */
function isOwedUntilRenewal({ now, ...line }: LeftLine, today: LocalDate): boolean {
  return now !== null && isLeftByRenewal(line, now) && today < now.startsOn;
}
