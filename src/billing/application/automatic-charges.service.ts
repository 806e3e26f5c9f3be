import { Inject, Injectable } from '@nestjs/common';
import { ConnectionSessions } from '../../connections/application/connection-sessions.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { LINE_STORE, type LineStore } from '../domain/billing-line.js';
import { isAbove, totalOf } from '../domain/plan-total.js';
import { ChargePlanning } from './charge-planning.service.js';
import { DecisionWriter } from './decision-writer.service.js';
import { originatorOf } from './originator-context.js';
import { PushTrigger } from './push-trigger.service.js';

/** Decides about charges for connections in automatic mode. */
@Injectable()
export class AutomaticCharges {
  constructor(
    private readonly sessions: ConnectionSessions,
    private readonly planning: ChargePlanning,
    private readonly decisions: DecisionWriter,
    private readonly trigger: PushTrigger,
    @Inject(LINE_STORE) private readonly lines: LineStore,
    private readonly transactions: TransactionRunner,
  ) {}

  /** Charges above the limit of one person, and those that cannot be billed, wait for a plan that shows them. */
  async decide(context: UseCaseContext, connection: Connection): Promise<void> {
    if (connection.policies.applyMode !== 'automatic' || connection.policies.azure !== 'charge') return;
    const session = await this.sessions.open(connection, 'push');
    try {
      const { lines, steps } = await this.planning.plan(connection, session);
      const limit = connection.policies.secondApproverAbove;
      const small = steps.filter(({ step }) => !isAbove(totalOf([step], connection.currency), limit));
      if (small.length === 0) return;
      await this.transactions.run(async (tx) => {
        await this.lines.lockLines(
          tx,
          lines.map(({ id }) => id),
        );
        const decided = lines.map((line) => ({
          line,
          steps: small
            .filter(({ lineId }) => lineId === line.id)
            .map(({ step }) => ({ step, planId: null, stepId: null })),
          refusals: [],
          changes: [],
          originator: originatorOf(context),
        }));
        await this.decisions.save(tx, connection, decided, []);
        await this.trigger.wake(tx, connection.id);
      });
    } finally {
      await session.close();
    }
  }
}
