import { describe, expect, it } from 'vitest';
import type { ConnectionCheck } from '../../connections/application/connection-check.service.js';
import type { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import type { PsaConnectorSettings } from '../../core/psa-connector.options.js';
import type { JobHandler, JobQueue, QueueDefinition } from '../../platform/queue/job-queue.js';
import type { SyncAftermath } from './sync-aftermath.service.js';
import { AFTER_PULL_QUEUE, LONG_SYNC_QUEUE, SYNC_QUEUE } from './sync-queue.js';
import type { SyncRunner } from './sync-runner.service.js';
import type { SyncSchedule } from './sync-schedule.service.js';
import { SyncWorkers } from './sync-workers.service.js';

const RUN = { runId: 'run' };

/** The handlers a process works with, in the order the queues were declared. */
async function startWorkers(runner: Pick<SyncRunner, 'execute'>, afterPull: Pick<SyncAftermath, 'follow'>) {
  const handlers = new Map<string, JobHandler<object>>();
  const queue = {
    work: ({ name }: QueueDefinition, handler: JobHandler<object>) => {
      handlers.set(name, handler);
      return Promise.resolve();
    },
  };
  const workers = new SyncWorkers(
    { sync: { slots: 4, longSlots: 2 } as PsaConnectorSettings['sync'] },
    queue as Partial<JobQueue> as JobQueue,
    runner as SyncRunner,
    { start: () => Promise.resolve() } as SyncSchedule,
    {} as ConnectionDirectory,
    {} as ConnectionCheck,
    afterPull as SyncAftermath,
  );
  await workers.onApplicationBootstrap();
  return handlers;
}

describe('SyncWorkers', () => {
  it.each([SYNC_QUEUE, LONG_SYNC_QUEUE])('frees a slot of %s as soon as the pull is over', async (name) => {
    const pulled: string[] = [];
    const execute = (runId: string) => Promise.resolve(void pulled.push(runId));
    // What follows takes for ever.
    const handlers = await startWorkers({ execute }, { follow: () => new Promise(() => undefined) });
    await handlers.get(name)?.(RUN, new AbortController().signal);
    expect(pulled).toEqual([RUN.runId]);
  });

  it('follows a run in a queue of its own, which is there before a pull can fill it', async () => {
    const followed: string[] = [];
    const follow = (runId: string) => Promise.resolve(void followed.push(runId));
    const handlers = await startWorkers({ execute: () => Promise.resolve() }, { follow });
    expect([...handlers.keys()][0]).toBe(AFTER_PULL_QUEUE);
    await handlers.get(AFTER_PULL_QUEUE)?.(RUN, new AbortController().signal);
    expect(followed).toEqual([RUN.runId]);
  });
});
