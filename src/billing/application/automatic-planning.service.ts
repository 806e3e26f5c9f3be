import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Connection } from '../../connections/domain/connection.js';
import { ConnectorError } from '../../kernel/connector-error.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { PsaSession } from '../../ports/psa/psa-session.port.js';
import type { BillingLine } from '../domain/billing-line.js';
import type { Operation } from '../domain/operation.js';
import { PUSH_STORE, type PushLease, type PushStore } from '../domain/operation-store.js';
import { CHANGE_STORE, type ChangeStore, type PendingChange } from '../domain/pending-change.js';
import { isAbove, movedBy } from '../domain/plan-total.js';
import { type Decision, DecisionWriter } from './decision-writer.service.js';
import { limitOf } from './plan-facts.js';
import { type PlannedLines, Planning } from './planning.service.js';

/** Subscriptions planned in one transaction. */
const BATCH = 300;

export interface Planned {
  /** Changes that were dealt with. */
  count: number;
  /** Operations reckoned from what was read a moment ago. */
  fresh: ReadonlySet<string>;
  /** Of these, those that are marked as being sent and have to leave now. */
  leaving: readonly Operation[];
  /** When these were decided; none was marked before. */
  decidedAt: Date;
}

/** Decides for connections in automatic mode: every recorded change is planned and its writes saved. */
@Injectable()
export class AutomaticPlanning {
  readonly #logger = new Logger(AutomaticPlanning.name);

  constructor(
    @Inject(CHANGE_STORE) private readonly changes: ChangeStore,
    @Inject(PUSH_STORE) private readonly pushes: PushStore,
    private readonly planning: Planning,
    private readonly decisions: DecisionWriter,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws PushLeaseLostError when somebody else works on the connection by now */
  async plan(
    connection: Connection,
    session: PsaSession,
    lease: PushLease,
    signal: AbortSignal,
  ): Promise<Planned> {
    const none = { count: 0, fresh: new Set<string>(), leaving: [], decidedAt: this.clock.now() };
    if (connection.policies.applyMode !== 'automatic') return none;
    const changes = await this.changes.pending(connection.id, { isHeldIncluded: false, limit: BATCH });
    if (changes.length === 0) return none;
    let planned: PlannedLines;
    try {
      planned = await this.planning.plan(connection, session, changes, signal);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      // The changes stay; the next wake-up plans them. What was decided before may still be sent.
      this.#logger.warn('Changes could not be planned', {
        connectionId: connection.id,
        code: error.code,
        detail: error.detail,
      });
      return none;
    }
    return this.save(connection, lease, planned);
  }

  private async save(connection: Connection, lease: PushLease, planned: PlannedLines): Promise<Planned> {
    const held: PendingChange[] = [];
    const decided: Decision[] = [];
    for (const decision of decisionsOf(planned)) {
      // What is decided and not sent yet counts along: it may become one write with this.
      const unsent = planned.open.filter(
        ({ lineId, planId, state, attempts }) =>
          lineId === decision.line.id && planId === null && state === 'pending' && attempts === 0,
      );
      const steps = [...unsent, ...decision.steps].map(({ step }) => step);
      if (isAbove(movedBy(steps, connection.currency), connection.policies.secondApproverAbove))
        held.push(...decision.changes);
      else decided.push(decision);
    }
    const decidedAt = this.clock.now();
    const saved = await this.transactions.run(async (tx) => {
      await this.pushes.hold(tx, lease);
      const changes = decided.flatMap((decision) => decision.changes.map(({ id }) => id));
      // Somebody else's plan may have taken some of them: then all is looked at again.
      const isSettled = await this.decisions.isUpToDate(tx, planned.lines, planned.open);
      if (!isSettled || !(await this.changes.lock(tx, changes))) return null;
      const open = await this.decisions.rebase(tx, planned.open, planned.foundBefore);
      if (held.length > 0) {
        const reason = `The change moves more than ${limitOf(connection)}; it waits for a plan that two people stand for.`;
        await this.changes.hold(
          tx,
          held.map(({ id }) => id),
          reason,
        );
      }
      return this.decisions.save(tx, connection, decided, open, 'atOnce');
    });
    return {
      count: planned.changes.length,
      fresh: new Set(saved?.ids ?? []),
      leaving: saved?.leaving ?? [],
      decidedAt,
    };
  }
}

/** Everything a plan says about each line, under the name of who changed it last. */
function decisionsOf({ lines, changes, steps, refusals, inForce, former }: PlannedLines): Decision[] {
  const changesOf = Map.groupBy(changes, ({ subscriptionId }) => subscriptionId);
  const stepsOf = Map.groupBy(steps, ({ lineId }) => lineId);
  const refusalsOf = Map.groupBy(refusals, ({ lineId }) => lineId);
  return lines.flatMap((line) => {
    const own = changesOf.get(line.subscriptionId) ?? [];
    const last = own.at(-1) ?? causeFor(line, lines, changes);
    if (last === undefined) return [];
    const { actorId, actorName, correlationId } = last;
    return [
      {
        line,
        changes: former.has(line.id) ? [] : own,
        inForce: inForce.get(line.id) ?? null,
        steps: (stepsOf.get(line.id) ?? []).map(({ step }) => ({ step, planId: null, stepId: null })),
        refusals: refusalsOf.get(line.id) ?? [],
        originator: { actorId, actorName, correlationId },
      },
    ];
  });
}

/** What is decided of a line without a change of its own comes from one on the same contract. */
function causeFor(
  { contractExternalId }: BillingLine,
  lines: readonly BillingLine[],
  changes: readonly PendingChange[],
): PendingChange | undefined {
  const onContract = new Set(
    lines.filter((line) => line.contractExternalId === contractExternalId).map((line) => line.subscriptionId),
  );
  return changes.findLast(({ subscriptionId }) => onContract.has(subscriptionId));
}
