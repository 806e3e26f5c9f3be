import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import { dismissalEntries, refusalEntries } from './audited-decisions.js';
import { newId } from '../../kernel/ids.js';
import type { Transaction } from '../../kernel/transaction.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { PlanStaleError } from '../domain/billing.errors.js';
import { type BillingLine, LINE_STORE, type LineStanding, type LineStore } from '../domain/billing-line.js';
import { CHANGE_STORE, type ChangeStore, type PendingChange } from '../domain/pending-change.js';
import { leavingAtOnce } from '../domain/leaving-at-once.js';
import { factsOf, foundFor } from '../domain/line-facts.js';
import { type InForce, isAdjustment } from '../domain/line-overlay.js';
import type { LineValues } from '../domain/line-timeline.js';
import {
  areOneWrite,
  isUndone,
  mergedStep,
  shiftedBy,
  unitChangeOf,
  withUnitsBefore,
  writtenLast,
} from '../domain/merged-step.js';
import type { Operation, Originator } from '../domain/operation.js';
import { type NewOperation, OPERATION_STORE, type OperationStore } from '../domain/operation-store.js';
import type { PlanRefusal, PlanStep } from '../domain/plan-step.js';
import { isToldAlready, replacedRefusals } from '../domain/refused-charge.js';
import { PLANNED_AGAIN } from '../domain/settlement.js';
import { refusedStep } from '../domain/refused-step.js';

type AuditEntries = Parameters<AuditTrail['appendAll']>[1];

/** Steps of one line that were decided on, with the plan they come from. */
export interface Decision {
  line: BillingLine;
  steps: { step: PlanStep; planId: string | null; stepId: string | null }[];
  refusals: readonly PlanRefusal[];
  /** The changes this settles. */
  changes: readonly PendingChange[];
  /** What the contract service had in force when this was planned; null where there is none. */
  inForce?: InForce | null;
  originator: Originator;
}

/** What became of decisions. */
export interface Saved {
  /** Operations made or rewritten. */
  ids: Operation['id'][];
  /** Of these, those that are marked as being sent. */
  leaving: Operation[];
}

const TAKEN_BACK = 'A later change of the same day takes it back.';
const LEFT = 'The subscription is billed on the next contract.';
const REPLACED = 'The amounts were planned again.';

/** Saves what was decided as outbox messages; several changes of one line and day become one while nothing is sent. */
@Injectable()
export class DecisionWriter {
  constructor(
    @Inject(LINE_STORE) private readonly lines: LineStore,
    @Inject(CHANGE_STORE) private readonly changes: ChangeStore,
    @Inject(OPERATION_STORE) private readonly operations: OperationStore,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Makes sure that what was planned still builds on what is decided: the lines are locked until the transaction ends.
   * @returns false when somebody decided about one of their operations, or about their mapping, since the plan was made
   */
  async isUpToDate(
    tx: Transaction,
    lines: readonly BillingLine[],
    open: readonly Operation[],
  ): Promise<boolean> {
    const ids = lines.map(({ id }) => id);
    const locked = new Map((await this.lines.lockLines(tx, ids)).map((line) => [line.id, line]));
    if (!lines.every((line) => isFedAsBefore(line, locked.get(line.id)))) return false;
    const now = await this.operations.openOf(ids, tx);
    return fingerprintOf(now) === fingerprintOf(open);
  }

  /**
   * @param open unfinished operations of these lines
   * @param leave `atOnce`: whoever holds the connection's lease sends what may leave as soon as this commits
   * @throws PlanStaleError when one of them was sent meanwhile
   */
  async save(
    tx: Transaction,
    connection: Connection,
    decisions: readonly Decision[],
    open: readonly Operation[],
    leave: 'inTurn' | 'atOnce' = 'inTurn',
  ): Promise<Saved> {
    const ids: string[] = [];
    const made: NewOperation[] = [];
    const entries: AuditEntries[number][] = [];
    const decided = decisions.map((decision) => ({
      ...decision,
      refusals: decision.refusals.filter((refusal) => !isToldAlready(refusal, open)),
    }));
    for (const decision of decided) {
      const { merged, added, undone } = await this.place(tx, decision, open);
      ids.push(...merged);
      made.push(...added.map(({ step, ...source }) => this.operation(connection, decision, step, source)));
      const left = await this.closeRenewal(tx, decision, open);
      const replaced = await this.closeRefusals(tx, decision, open);
      made.push(...this.refusedOperations(connection, decision));
      entries.push(
        ...dismissalEntries(connection, decision.originator, undone, TAKEN_BACK),
        ...dismissalEntries(connection, decision.originator, left, LEFT),
        ...dismissalEntries(connection, decision.originator, replaced, REPLACED),
        ...refusalEntries(connection, decision),
      );
    }
    await this.lines.keepFacts(
      tx,
      decisions.flatMap((decision) => factsOf(decision) ?? []),
    );
    await this.lines.bind(
      tx,
      decisions.flatMap((decision) => foundFor(decision) ?? []),
    );
    const settled = decisions.flatMap(({ changes }) => changes.map(({ id }) => id));
    await this.changes.close(tx, settled, 'planned');
    // What waits for an extension has to find it decided before.
    const inTurn = made.toSorted((left, right) => +isExtension(right) - +isExtension(left));
    const saved = await this.operations.insert(tx, leave === 'atOnce' ? leavingAtOnce(inTurn, open) : inTurn);
    if (entries.length > 0) await this.audit.appendAll(tx, entries);
    const leaving = saved.filter(({ state }) => state === 'sending');
    return { ids: [...ids, ...made.map(({ id }) => id)], leaving };
  }

  /**
   * Brings what unsent operations expect to find in line with what is there now.
   * @returns all of them, as they are then @throws PlanStaleError when one of them was sent meanwhile
   */
  async rebase(
    tx: Transaction,
    open: readonly Operation[],
    found: ReadonlyMap<string, LineValues>,
  ): Promise<Operation[]> {
    const rebased: Operation[] = [];
    for (const operation of open) {
      const { state, attempts, step } = operation;
      const units = found.get(operation.id)?.units ?? step.before.units;
      if (state !== 'pending' || attempts > 0 || units === step.before.units) rebased.push(operation);
      else rebased.push(await this.rewrite(tx, operation, withUnitsBefore(step, units)));
    }
    return rebased;
  }

  private async rewrite(tx: Transaction, operation: Operation, step: PlanStep): Promise<Operation> {
    const version = await this.operations.rewrite(tx, operation, step, this.clock.now());
    if (version === null) throw new PlanStaleError();
    return { ...operation, step, version };
  }

  /** Merges steps into what is not sent yet of their day, or charge. */
  private async place(
    tx: Transaction,
    { line, steps }: Decision,
    open: readonly Operation[],
  ): Promise<{ merged: Operation['id'][]; added: Decision['steps']; undone: Operation[] }> {
    const mergeable = open.filter(
      ({ lineId, state, attempts }) => lineId === line.id && state === 'pending' && attempts === 0,
    );
    const placed = { merged: [] as string[], added: [] as Decision['steps'], undone: [] as Operation[] };
    for (const own of steps) {
      const index = mergeable.findIndex((known) => areOneWrite(known.step, own.step));
      const known = mergeable[index];
      if (known === undefined) {
        placed.added.push(own);
        continue;
      }
      placed.merged.push(known.id);
      const merged = mergedStep(known.step, own.step);
      // Less than no units: what makes room for it was decided after the known one, and so has to be written first.
      const isTooEarly = merged.after.units < 0;
      const operation = await this.rewrite(tx, known, isTooEarly ? known.step : merged);
      if (isTooEarly) placed.added.push({ ...own, step: writtenLast(merged, own.step) });
      if (isTooEarly || isUndone(merged)) {
        await this.operations.setState(tx, known.id, 'dismissed', null, this.clock.now());
        placed.undone.push(known);
        mergeable.splice(index, 1);
      } else mergeable[index] = operation;
      const change = isTooEarly ? -unitChangeOf(known.step) : unitChangeOf(own.step);
      await this.shift(tx, mergeable, known, change);
    }
    return placed;
  }

  /** What waits behind a changed one finds so many units more; of unsent operations of a line, in their order. */
  private async shift(
    tx: Transaction,
    unsent: Operation[],
    { sequence, step: { effectiveOn } }: Operation,
    units: number,
  ): Promise<void> {
    if (units === 0) return;
    for (const [index, operation] of unsent.entries()) {
      const isBehind = BigInt(operation.sequence) > BigInt(sequence);
      if (!isBehind || !isAdjustment(operation.step) || operation.step.effectiveOn < effectiveOn) continue;
      unsent[index] = await this.rewrite(tx, operation, shiftedBy(operation.step, units));
    }
  }

  private operation(
    connection: Connection,
    { line, originator }: Decision,
    step: PlanStep,
    source: { planId: string | null; stepId: string | null },
  ): NewOperation {
    return {
      id: newId(),
      connectionId: connection.id,
      tenantId: connection.tenantId,
      lineId: line.id,
      subscriptionId: line.subscriptionId,
      ...source,
      compensatesId: null,
      step,
      state: 'pending',
      error: null,
      ...originator,
      createdAt: this.clock.now(),
    };
  }

  /** What waited for the next contract is settled by leaving this one; it must not hold the line back. */
  private async closeRenewal(
    tx: Transaction,
    { line, steps }: Decision,
    open: readonly Operation[],
  ): Promise<Operation[]> {
    if (!steps.some(({ step }) => step.rule === 'renew.nextContract')) return [];
    const waiting = open.filter(
      ({ lineId, error }) => lineId === line.id && error?.code === 'billing.renewal_next_contract',
    );
    for (const { id, error } of waiting) {
      await this.operations.setState(tx, id, 'dismissed', error, this.clock.now());
    }
    return waiting;
  }

  /** What was refused and is billed now, or refused for another reason, is told once. */
  private async closeRefusals(
    tx: Transaction,
    { steps, refusals }: Decision,
    open: readonly Operation[],
  ): Promise<Operation[]> {
    const settled = [...steps.map(({ step }) => step), ...refusals];
    const replaced = replacedRefusals(settled, open);
    for (const { id } of replaced) {
      const error = { code: PLANNED_AGAIN, detail: REPLACED };
      await this.operations.setState(tx, id, 'dismissed', error, this.clock.now());
    }
    return replaced;
  }

  /** A refusal that a person can do something about is shown as a failed operation; the line waits behind it. */
  private refusedOperations(connection: Connection, decision: Decision): NewOperation[] {
    return decision.refusals
      .filter(({ code }) => code !== 'billing.unsupported')
      .map((refusal) => {
        const { code, detail } = refusal;
        const changes = decision.changes.map(({ subscription }) => subscription);
        const step = refusedStep(connection, decision.line, refusal, changes);
        const operation = this.operation(connection, decision, step, { planId: null, stepId: null });
        return { ...operation, state: 'failed', error: { code, detail } };
      });
  }
}

/** A line that was left may be mapped again, or its contract service be given up. */
function isFedAsBefore(before: BillingLine, now: LineStanding | undefined): boolean {
  if (now?.isMapped !== before.isMapped) return false;
  return now.isMapped || now.lineExternalId === before.lineExternalId;
}

function fingerprintOf(open: readonly Operation[]): string {
  return open.map(({ id, state, version, attempts }) => `${id} ${state} ${version} ${attempts}`).join();
}

function isExtension({ step }: NewOperation): boolean {
  return step.kind === 'extendContract';
}
