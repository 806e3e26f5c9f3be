import type { Transaction } from '../../../src/kernel/transaction.js';
import { JobQueue, type JobRequest } from '../../../src/platform/queue/job-queue.js';

/** Keeps what is enqueued, also of transactions that roll back, and works on nothing. */
export class FakeJobQueue extends JobQueue {
  readonly jobs: JobRequest<object>[] = [];

  enqueue<Payload extends object>(_tx: Transaction, request: JobRequest<Payload>): Promise<void> {
    this.jobs.push(request);
    return Promise.resolve();
  }

  enqueueAll<Payload extends object>(
    _tx: Transaction,
    queue: string,
    requests: readonly Omit<JobRequest<Payload>, 'queue'>[],
  ): Promise<void> {
    this.jobs.push(...requests.map((request) => ({ queue, ...request })));
    return Promise.resolve();
  }

  check(): Promise<void> {
    return Promise.resolve();
  }

  work(): Promise<void> {
    return Promise.resolve();
  }
}
