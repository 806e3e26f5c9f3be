import { Inject, Injectable, Logger } from '@nestjs/common';
import { ConnectionSessions } from '../../connections/application/connection-sessions.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { ConnectorError } from '../../kernel/connector-error.js';
import type { Transaction } from '../../kernel/transaction.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import type { PsaSession } from '../../ports/psa/psa-session.port.js';
import { PlanStaleError } from '../domain/billing.errors.js';
import { LINE_STORE, type LineStore } from '../domain/billing-line.js';
import { CHARGE_DUE_STORE, type ChargeDue, type ChargeDueStore } from '../domain/charge-due.js';
import type { Originator } from '../domain/operation.js';
import { OPERATION_STORE, type OperationStore } from '../domain/operation-store.js';
import { isAbove, movedBy } from '../domain/plan-total.js';
import type { PlanRefusal, PlanStep } from '../domain/plan-step.js';
import { settlementVersion } from '../domain/settlement.js';
import { ChargePlanning, type PlannedCharges } from './charge-planning.service.js';
import { DecisionWriter } from './decision-writer.service.js';
import { originatorOf } from './originator-context.js';
import { limitOf } from './plan-facts.js';
import { PushTrigger } from './push-trigger.service.js';

/** How often what is planned may be overtaken by what is sent meanwhile. */
const ATTEMPTS = 3;
/** Recorded charges looked at in one go. */
const BATCH = 300;

/** Decides about charges for connections in automatic mode. */
@Injectable()
export class AutomaticCharges {
  readonly #logger = new Logger(AutomaticCharges.name);

  constructor(
    private readonly sessions: ConnectionSessions,
    private readonly planning: ChargePlanning,
    private readonly decisions: DecisionWriter,
    private readonly trigger: PushTrigger,
    @Inject(CHARGE_DUE_STORE) private readonly dues: ChargeDueStore,
    @Inject(LINE_STORE) private readonly lines: LineStore,
    @Inject(OPERATION_STORE) private readonly operations: OperationStore,
    private readonly transactions: TransactionRunner,
  ) {}

  /**
   * Everything that was missed. What cannot be billed, and what is more than one person may decide, becomes a failed operation, once: the
   * next plan of a person shows it.
   * @throws PlanStaleError when operations of the same months changed each time before what was planned could be saved
   */
  async decide(context: UseCaseContext, connection: Connection): Promise<void> {
    if (connection.policies.applyMode !== 'automatic') return;
    const session = await this.sessions.open(connection, 'push');
    try {
      // What waits to be looked at is billed in the name of who recorded it, whoever comes first.
      let hasDecided = false;
      while ((await this.decideDue(connection, session)) > 0) hasDecided = true;
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const planned = await this.planning.plan(connection, session, this.planning.wholeScope(), 'nobody');
        if (planned.steps.length === 0 && planned.refusals.length === 0 && !hasDecided) return;
        const isSaved = await this.transactions.run(async (tx) => {
          const saved = await this.save(tx, connection, planned, originatorOf(context));
          if (saved || hasDecided) await this.trigger.wake(tx, connection.id);
          return saved;
        });
        if (isSaved) return;
      }
      throw new PlanStaleError();
    } finally {
      await session.close();
    }
  }

  /**
   * As `decideDue`; what was decided before must be sent although this fails, whoever is at fault: the source of the host is asked too. What
   * could not be decided about stays, and the next wake-up looks at it again.
   */
  async decideDueSafely(connection: Connection, session: PsaSession): Promise<number> {
    try {
      return await this.decideDue(connection, session);
    } catch (error) {
      this.warn(connection, error);
      return 0;
    }
  }

  /** What was recorded since the last look. @returns how many recorded charges were dealt with */
  private async decideDue(connection: Connection, session: PsaSession): Promise<number> {
    const due = await this.dues.list(connection.id, BATCH);
    const [first] = due;
    if (first === undefined) return 0;
    const ids = due.map(({ id }) => id);
    if (connection.policies.applyMode !== 'automatic') {
      // They wait for a plan, which looks at all charges anyway.
      await this.transactions.run((tx) => this.dues.remove(tx, ids));
      return due.length;
    }
    const planned = await this.planDue(connection, session, due);
    if (planned === null) return 0;
    const isSaved = await this.transactions.run(async (tx) => {
      const { actorId, actorName, correlationId } = due.at(-1) ?? first;
      const saved = await this.save(tx, connection, planned, { actorId, actorName, correlationId });
      if (saved) await this.dues.remove(tx, ids);
      return saved;
    });
    return isSaved ? due.length : 0;
  }

  /** Null when the PSA cannot be read: they stay, and the next wake-up plans them. */
  private async planDue(
    connection: Connection,
    session: PsaSession,
    due: readonly ChargeDue[],
  ): Promise<PlannedCharges | null> {
    const oldest = this.planning.wholeScope().months[0];
    const months = [...new Set(due.map(({ month }) => month))].toSorted();
    const scope = {
      months: months.filter((month) => oldest !== undefined && month >= oldest),
      customerIds: new Set(due.map(({ customerId }) => customerId)),
    };
    try {
      return await this.planning.plan(connection, session, scope, 'nobody');
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      this.warn(connection, error);
      return null;
    }
  }

  private warn({ id }: Connection, error: unknown): void {
    const told =
      error instanceof ConnectorError
        ? { code: error.code, detail: error.detail }
        : { reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    this.#logger.warn('Charges could not be planned', { connectionId: id, ...told });
  }

  /** False when somebody decided about the same months meanwhile: then everything is looked at again. */
  private async save(
    tx: Transaction,
    connection: Connection,
    { lines, steps, refusals, scope, version }: PlannedCharges,
    originator: Originator,
  ): Promise<boolean> {
    if (steps.length === 0 && refusals.length === 0) return true;
    const lineIds = lines.map(({ id }) => id);
    const locked = await this.lines.lockLines(tx, lineIds);
    const wasMapped = new Map(lines.map(({ id, isMapped }) => [id, isMapped]));
    if (locked.some(({ id, isMapped }) => isMapped !== wasMapped.get(id))) return false;
    const known = await this.operations.settlingOf(connection.id, scope.months, tx);
    if (settlementVersion(known) !== version) return false;
    const decided = lines.map((line) => {
      const own = steps.filter(({ lineId }) => lineId === line.id).map(({ step }) => step);
      const refused = refusals.filter(({ lineId }) => lineId === line.id);
      // Of a subscription all amounts of one look together, so that many small ones pass the limit no more than a large one.
      const isHeld = isAbove(movedBy(own, connection.currency), connection.policies.secondApproverAbove);
      return {
        line,
        steps: isHeld ? [] : own.map((step) => ({ step, planId: null, stepId: null })),
        refusals: isHeld ? [...refused, ...heldBack(connection, own)] : refused,
        changes: [],
        originator,
      };
    });
    await this.decisions.save(tx, connection, decided, await this.operations.openOf(lineIds, tx));
    return true;
  }
}

/** Steps that wait for a plan that two people stand for. */
function heldBack(connection: Connection, steps: readonly PlanStep[]): PlanRefusal[] {
  return steps.flatMap(({ subscriptionId, contractExternalId, revision, charge, settles }) => {
    if (settles === undefined) return [];
    const what = charge === null ? `of ${settles.month.slice(0, 7)}` : charge.chargeId;
    const detail = `Charge ${what} is not billed by itself: with what comes with it, it moves more than ${limitOf(connection)}; it waits for a plan that two people stand for.`;
    const amounts = settles.amounts.map((amount) => ({ ...amount, price: '0', cost: '0' }));
    const code = 'billing.second_approver_required' as const;
    return [{ code, subscriptionId, contractExternalId, detail, revision, settles: { ...settles, amounts } }];
  });
}
