import { Inject, Injectable } from '@nestjs/common';
import type { Connection } from '../../connections/domain/connection.js';
import { MappedSubscriptions } from '../../contracts/application/mapped-subscriptions.service.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { SUBSCRIPTION_SOURCE, type SubscriptionSource } from '../../ports/host/subscription-source.port.js';
import { LINE_STORE, type LineStore } from '../domain/billing-line.js';
import { AutomaticCharges } from './automatic-charges.service.js';
import { ChangeRecorder } from './change-recorder.service.js';
import { DriftDetection } from './drift-detection.service.js';

/** What a successful pull of a connection causes: missed changes are caught, differences are noted. */
@Injectable()
export class BillingAfterPull {
  constructor(
    private readonly mapped: MappedSubscriptions,
    @Inject(SUBSCRIPTION_SOURCE) private readonly source: SubscriptionSource,
    @Inject(LINE_STORE) private readonly lines: LineStore,
    private readonly recorder: ChangeRecorder,
    private readonly drift: DriftDetection,
    private readonly charges: AutomaticCharges,
    private readonly transactions: TransactionRunner,
  ) {}

  /** @param pulledSince when the pull began */
  async run(context: UseCaseContext, connection: Connection, pulledSince: Date): Promise<void> {
    await this.catchUp(context, connection);
    await this.drift.detect(connection, pulledSince);
    await this.charges.decide(context, connection);
  }

  /** Notes states of mapped subscriptions that nobody reported. */
  private async catchUp(context: UseCaseContext, connection: Connection): Promise<void> {
    for await (const batch of this.mapped.eachOfConnection(connection.id)) {
      const ids = batch.map(({ subscriptionId }) => subscriptionId);
      const [subscriptions, lines, unsettled] = await Promise.all([
        this.source.findSubscriptions(connection.tenantId, ids),
        this.lines.mappedLines(connection.id, ids),
        this.lines.unsettledSubscriptions(connection.id, ids),
      ]);
      const told = new Map(subscriptions.map((subscription) => [subscription.id, subscription]));
      const known = new Map(lines.map((line) => [line.subscriptionId, line.known?.revision ?? null]));
      const missed = batch.flatMap((mapped) => {
        const subscription = told.get(mapped.subscriptionId);
        if (subscription === undefined || unsettled.has(mapped.subscriptionId)) return [];
        const last = known.get(mapped.subscriptionId) ?? null;
        return last === null || subscription.revision > last ? [{ mapped, subscription }] : [];
      });
      if (missed.length === 0) continue;
      await this.transactions.run((tx) => this.recorder.recordMapped(tx, context, missed));
    }
  }
}
