import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../../kernel/transaction.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { PUSH_QUEUE, type PushJob } from './billing-queue.js';

/** Wakes the workers of connections. */
@Injectable()
export class PushTrigger {
  constructor(
    private readonly queue: JobQueue,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** For what no job may wait for any more: one that does is enough, however long it waits. */
  async wakeIdle(tx: Transaction, connectionIds: Iterable<string>): Promise<void> {
    const jobs = [...connectionIds].map((connectionId) => ({
      payload: { connectionId },
      exclusiveKey: `${connectionId}:idle`,
    }));
    await this.queue.enqueueAll<PushJob>(tx, PUSH_QUEUE, jobs);
  }

  /** With the transaction that gave the worker something to do. */
  async wake(tx: Transaction, connectionId: string): Promise<void> {
    // One job a second at most, yet not one for ever: a job that is ending may have looked before this transaction commits.
    const second = Math.floor(this.clock.now().getTime() / 1000);
    await this.queue.enqueue<PushJob>(tx, {
      queue: PUSH_QUEUE,
      payload: { connectionId },
      exclusiveKey: `${connectionId}:${second}`,
    });
  }
}
