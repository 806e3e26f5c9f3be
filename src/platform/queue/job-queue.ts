import type { Transaction } from '../../kernel/transaction.js';

export interface JobRequest<Payload extends object> {
  queue: string;
  payload: Payload;
  /** While a job with this key waits or runs, further ones with the same key are dropped. */
  exclusiveKey: string;
  /**
   * Given out this much later, by the clock of the queue, whatever the clock of this process says; at once unless told. May come a few
   * seconds later than this.
   */
  delaySeconds?: number | undefined;
  /** Given out before jobs with a lower one; 0 unless told. */
  priority?: number | undefined;
}

export interface QueueDefinition {
  name: string;
  /** Jobs of this queue one process works on at the same time. */
  concurrency: number;
  /** Longest a job may run, in seconds, before it is given to another worker. */
  expireSeconds: number;
}

/**
 * Handles one job. When it rejects, or its process dies, the job is given out again, so handlers must be safe to repeat.
 * `signal` aborts when the process shuts down or the job is taken away.
 */
export type JobHandler<Payload extends object> = (payload: Payload, signal: AbortSignal) => Promise<void>;

/** A durable queue: a job enqueued in a transaction exists exactly when the transaction commits. */
export abstract class JobQueue {
  /** Enqueues inside `tx`, so that the job and the row it is about commit together. */
  abstract enqueue<Payload extends object>(tx: Transaction, request: JobRequest<Payload>): Promise<void>;
  /** As `enqueue`, for many jobs of one queue in one statement. */
  abstract enqueueAll<Payload extends object>(
    tx: Transaction,
    queue: string,
    requests: readonly Omit<JobRequest<Payload>, 'queue'>[],
  ): Promise<void>;
  /** Resolves when jobs can be handed over and fetched; rejects when the queue's tables or its connection are not there. */
  abstract check(): Promise<void>;
  /** Declares a queue and starts working on it; call once per process at start. */
  abstract work<Payload extends object>(
    definition: QueueDefinition,
    handler: JobHandler<Payload>,
  ): Promise<void>;
}
