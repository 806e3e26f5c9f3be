import { readEvents } from './event-stream.js';
import type { ApiClient } from './http-client.js';
import { ApiProblem } from './problem.js';
import { getSyncRun, isTerminal, syncRunEventsPath } from './sync-runs.js';
import type { SyncRun } from './sync-runs.js';

export interface FollowOptions {
  onRun: (run: SyncRun) => void;
  signal: AbortSignal;
  /** Waits between attempts; replaced in tests. */
  wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 10_000;

/** Resolves after the time, or at once when aborted. */
function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    signal.addEventListener('abort', finish);
    if (signal.aborted) finish();
  });
}

/** A run that is gone or forbidden stays so; anything else may be a restart of the server or a dropped connection. */
function isFinal(error: unknown): boolean {
  return error instanceof ApiProblem && error.status >= 400 && error.status < 500 && error.status !== 429;
}

async function streamOnce(client: ApiClient, id: string, options: FollowOptions): Promise<boolean> {
  const stream = await client.openStream(syncRunEventsPath(id), options.signal);
  for await (const message of readEvents(stream)) {
    if (message.event !== 'run') continue;
    const run = JSON.parse(message.data) as SyncRun;
    options.onRun(run);
    if (isTerminal(run.state)) return true;
  }
  return false;
}

/**
 * Reports every known state of a run until its end: from the event stream, and from the run itself whenever the stream breaks off,
 * because the final message may have been lost with it. Resolves at the end or when aborted; raises `ApiProblem` when the run cannot be read.
 */
export async function followSyncRun(client: ApiClient, id: string, options: FollowOptions): Promise<void> {
  const wait = options.wait ?? waitFor;
  let waitMs = FIRST_WAIT_MS;
  while (!options.signal.aborted) {
    try {
      if (await streamOnce(client, id, options)) return;
      const run = await getSyncRun(client, id, options.signal);
      options.onRun(run);
      if (isTerminal(run.state)) return;
      waitMs = FIRST_WAIT_MS;
    } catch (error) {
      if (options.signal.aborted) return;
      if (isFinal(error)) throw error;
    }
    await wait(waitMs, options.signal);
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }
}
