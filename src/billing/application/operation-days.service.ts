import { Inject, Injectable } from '@nestjs/common';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import { ConnectionSessions } from '../../connections/application/connection-sessions.service.js';
import { ConnectionNotActiveError } from '../../connections/domain/connection.errors.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Transaction } from '../../kernel/transaction.js';
import { DayTakenError } from '../domain/billing.errors.js';
import { type BillingLine, LINE_STORE, type LineStore } from '../domain/billing-line.js';
import { isAdjustment } from '../domain/line-overlay.js';
import { movedToFreeDay, type Obstacle } from '../domain/moved-step.js';
import { isRefusal, type Operation } from '../domain/operation.js';
import { PERIOD_POSTED } from '../domain/operation-progress.js';
import { OPERATION_STORE, type OperationStore } from '../domain/operation-store.js';
import type { PlanStep } from '../domain/plan-step.js';
import { DecisionWriter } from './decision-writer.service.js';
import { Planning } from './planning.service.js';

const DATE_TAKEN = 'psa.date_taken';

/** A failed operation on another day, and what that was reckoned from. */
export interface MovedOperation {
  step: PlanStep;
  line: BillingLine;
  open: readonly Operation[];
}

/** Finds another day for failed operations whose day has another adjustment by now, or is posted: taken up on their own they would fail for ever. */
@Injectable()
export class OperationDays {
  constructor(
    private readonly connections: ConnectionDirectory,
    private readonly sessions: ConnectionSessions,
    private readonly planning: Planning,
    private readonly decisions: DecisionWriter,
    @Inject(OPERATION_STORE) private readonly operations: OperationStore,
    @Inject(LINE_STORE) private readonly lines: LineStore,
  ) {}

  /**
   * The operation on the next free day, or null where it can keep its own. Reads the PSA only where it cannot.
   * @throws DayTakenError, ConnectionNotActiveError and what reading the PSA raises
   */
  async moved(context: UseCaseContext, operation: Operation): Promise<MovedOperation | null> {
    const { lineId, step } = operation;
    if (operation.state !== 'failed' || isRefusal(operation) || !isAdjustment(step)) return null;
    const open = await this.operations.openOf([lineId]);
    const others = open.filter((other) => other.id !== operation.id && isAdjustment(other.step));
    const obstacle = await this.obstacleTo(operation, others);
    if (obstacle === null) return null;
    const [line] = await this.lines.findLines([lineId]);
    if (line === undefined) return null;
    const connection = await this.connections.get(context, operation.connectionId);
    if (connection.state !== 'active') throw new ConnectionNotActiveError(connection.state);
    const session = await this.sessions.open(connection, 'interactive');
    try {
      const { contract, own } = await this.planning.lineNow(connection, session, line, step.effectiveOn);
      const behind = others.filter((other) => !isRefusal(other)).map((other) => other.step.effectiveOn);
      return { step: movedToFreeDay(step, contract, own, behind, obstacle), line, open };
    } finally {
      await session.close();
    }
  }

  /** The line is locked until the transaction ends. @throws DayTakenError when the line was decided about since the day was found */
  async demandUnchanged(tx: Transaction, { line, open }: MovedOperation): Promise<void> {
    if (await this.decisions.isUpToDate(tx, [line], open)) return;
    throw new DayTakenError(
      'Another change of the same line was decided or sent meanwhile. Look at it, then retry.',
    );
  }

  private async obstacleTo(
    { lineId, step, error }: Operation,
    others: readonly Operation[],
  ): Promise<Obstacle | null> {
    if (error?.code === PERIOD_POSTED) return 'is approved and posted';
    if (error?.code === DATE_TAKEN) return 'has another adjustment';
    const isThen = (effectiveOn: string) => effectiveOn === step.effectiveOn;
    if (others.some((other) => other.state !== 'failed' && isThen(other.step.effectiveOn)))
      return 'has another adjustment';
    const pushed = await this.operations.pushedOf([lineId]);
    const isTaken = pushed.some(({ state, effectiveOn }) => state === 'applied' && isThen(effectiveOn));
    return isTaken ? 'has another adjustment' : null;
  }
}
