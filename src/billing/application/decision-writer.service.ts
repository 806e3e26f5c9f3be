import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { Connection } from '../../connections/domain/connection.js';
import { contextOf } from './originator-context.js';
import { newId } from '../../kernel/ids.js';
import { money } from '../../kernel/money.js';
import type { Transaction } from '../../kernel/transaction.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { PlanStaleError } from '../domain/billing.errors.js';
import { type BillingLine, LINE_STORE, type LineStore } from '../domain/billing-line.js';
import { CHANGE_STORE, type ChangeStore, type PendingChange } from '../domain/pending-change.js';
import { isToCome } from '../domain/line-identity.js';
import { type InForce, isAdjustment, isSame } from '../domain/line-overlay.js';
import type { LineValues } from '../domain/line-timeline.js';
import type { Operation, Originator } from '../domain/operation.js';
import { type NewOperation, OPERATION_STORE, type OperationStore } from '../domain/operation-store.js';
import type { PlanRefusal, PlanStep } from '../domain/plan-step.js';
import { combined } from '../domain/settlement.js';
import { settledState } from '../domain/settled-state.js';

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

  /** @param open unfinished operations of these lines @throws PlanStaleError when one of them was sent meanwhile */
  async save(
    tx: Transaction,
    connection: Connection,
    decisions: readonly Decision[],
    open: readonly Operation[],
  ): Promise<Operation['id'][]> {
    const ids: string[] = [];
    const made: NewOperation[] = [];
    for (const decision of decisions) {
      const mergeable = open.filter(
        ({ lineId, state, attempts }) => lineId === decision.line.id && state === 'pending' && attempts === 0,
      );
      for (const { step, planId, stepId } of decision.steps) {
        const sameDay = mergeable.find(
          (known) => isSameDay(known.step, step) || isSameCharge(known.step, step),
        );
        if (sameDay === undefined) made.push(this.operation(connection, decision, step, { planId, stepId }));
        else ids.push(await this.merge(tx, sameDay, step));
      }
      await this.closeRenewal(tx, decision, open);
      made.push(...this.refusedOperations(connection, decision));
    }
    await this.watchLines(tx, decisions);
    await this.settleChanges(tx, decisions);
    await this.operations.insert(tx, made);
    for (const decision of decisions) await this.auditRefusals(tx, connection, decision);
    return [...ids, ...made.map(({ id }) => id)];
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
      else rebased.push(await this.rewrite(tx, operation, { ...step, before: { ...step.before, units } }));
    }
    return rebased;
  }

  private async rewrite(tx: Transaction, operation: Operation, step: PlanStep): Promise<Operation> {
    const version = await this.operations.rewrite(tx, operation, step, this.clock.now());
    if (version === null) throw new PlanStaleError();
    return { ...operation, step, version };
  }

  private async merge(tx: Transaction, known: Operation, step: PlanStep): Promise<string> {
    const now = this.clock.now();
    const settles = combined(known.step.settles, step.settles);
    const merged: PlanStep = {
      ...step,
      ...(settles === undefined ? {} : { settles }),
      kind: known.step.kind === 'addService' ? 'addService' : step.kind,
      before: known.step.before,
      identity: known.step.identity,
    };
    const { before, after } = merged;
    const isUndone =
      merged.charge === null &&
      before.units === after.units &&
      isSame(before.unitPrice, after.unitPrice) &&
      isSame(before.unitCost, after.unitCost);
    await this.rewrite(tx, known, merged);
    // What a later change of the same day takes back needs no write at all.
    if (isUndone) await this.operations.setState(tx, known.id, 'dismissed', null, now);
    return known.id;
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
  ): Promise<void> {
    if (!steps.some(({ step }) => step.rule === 'renew.nextContract')) return;
    const waiting = open.filter(
      ({ lineId, error }) => lineId === line.id && error?.code === 'billing.renewal_next_contract',
    );
    for (const { id, error } of waiting) {
      await this.operations.setState(tx, id, 'dismissed', error, this.clock.now());
    }
  }

  /** From here on the lines are watched: what is in force now counts as ours until something is pushed. */
  private async watchLines(tx: Transaction, decisions: readonly Decision[]): Promise<void> {
    const watched = decisions.flatMap(({ line, changes, inForce }) =>
      changes.length > 0 && inForce != null && !isToCome(inForce.lineExternalId)
        ? [{ lineId: line.id, ...inForce }]
        : [],
    );
    await this.lines.setBaselines(tx, watched);
    const watchedIds = new Map(watched.map(({ lineId, lineExternalId }) => [lineId, lineExternalId]));
    const found = decisions.flatMap(({ line, steps }) => {
      if (line.lineExternalId !== null) return [];
      const ids = [...steps.map(({ step }) => step.lineExternalId), watchedIds.get(line.id) ?? null];
      const lineExternalId = ids.find((id) => id !== null && !isToCome(id)) ?? null;
      return lineExternalId === null ? [] : [{ lineId: line.id, lineExternalId }];
    });
    await this.lines.bind(tx, found);
  }

  private async settleChanges(tx: Transaction, decisions: readonly Decision[]): Promise<void> {
    const settled = decisions.flatMap(({ line, changes, refusals }) => {
      const known = settledState(line, changes, refusals);
      return known === null ? [] : [{ lineId: line.id, known }];
    });
    await this.lines.setKnown(tx, settled);
    const ids = decisions.flatMap(({ changes }) => changes.map(({ id }) => id));
    await this.changes.close(tx, ids, 'planned');
  }

  /** A refusal that a person can do something about is shown as a failed operation; the line waits behind it. */
  private refusedOperations(connection: Connection, decision: Decision): NewOperation[] {
    return decision.refusals
      .filter(({ code }) => code !== 'billing.unsupported')
      .map(({ code, detail, revision }) => {
        const change = decision.changes.find(({ subscription }) => subscription.revision === revision);
        const step = refusedStep(connection, decision, detail, revision, change);
        const operation = this.operation(connection, decision, step, { planId: null, stepId: null });
        return { ...operation, state: 'failed', error: { code, detail } };
      });
  }

  private async auditRefusals(tx: Transaction, connection: Connection, decision: Decision): Promise<void> {
    const { line, refusals, originator } = decision;
    for (const { code, detail, contractExternalId, revision } of refusals) {
      await this.audit.appendFailed(tx, contextOf(connection, originator), {
        operation: AUDIT_OPERATIONS.pushSubscription,
        subject: { type: 'subscription', id: line.subscriptionId, label: line.subscriptionId },
        connectionId: connection.id,
        details: { code, reason: detail, contractId: contractExternalId, revision },
      });
    }
  }
}

/** A line that was left may be mapped again, or its contract service be given up. */
function isFedAsBefore(before: BillingLine, now: BillingLine | undefined): boolean {
  if (now?.isMapped !== before.isMapped) return false;
  return now.isMapped || now.lineExternalId === before.lineExternalId;
}

function fingerprintOf(open: readonly Operation[]): string {
  return open.map(({ id, state, version, attempts }) => `${id} ${state} ${version} ${attempts}`).join();
}

function isSameDay(known: PlanStep, step: PlanStep): boolean {
  return isAdjustment(known) && isAdjustment(step) && known.effectiveOn === step.effectiveOn;
}

/** A charge that is not sent yet takes up what comes later. */
function isSameCharge({ charge: known }: PlanStep, { charge }: PlanStep): boolean {
  return (
    known !== null &&
    charge !== null &&
    known.chargeId === charge.chargeId &&
    known.replaces?.externalId === charge.replaces?.externalId
  );
}

function refusedStep(
  { id, currency }: Connection,
  { line }: Decision,
  reason: string,
  revision: number,
  change: PendingChange | undefined,
): PlanStep {
  const effectiveOn = change?.subscription.effectiveOn ?? line.known?.effectiveOn;
  if (effectiveOn === undefined) throw new TypeError('A refusal is about a change');
  const nothing = { units: 0, unitPrice: null, unitCost: null };
  const free = money(0, currency);
  return {
    kind: 'adjustUnits',
    identity: `${id}/${change?.subscription.customerId ?? ''}/${line.subscriptionId}/${effectiveOn}`,
    subscriptionId: line.subscriptionId,
    contractExternalId: line.contractExternalId,
    serviceExternalId: line.serviceExternalId,
    lineExternalId: line.lineExternalId,
    before: nothing,
    after: nothing,
    effectiveOn,
    notBefore: effectiveOn,
    period: { startsOn: effectiveOn, endsOn: effectiveOn, fullDays: 1, isPosted: false },
    impactPerPeriod: free,
    impact: free,
    reason,
    rule: 'refused',
    revision,
    contractEndsOn: null,
    charge: null,
  };
}
