import { describe, expect, it } from 'vitest';
import { followSyncRun } from './follow-sync-run.js';
import type { ApiClient } from './http-client.js';
import { ApiProblem } from './problem.js';
import type { SyncRun, SyncRunState } from './sync-runs.js';

function run(state: SyncRunState, apiCalls = 0): SyncRun {
  return {
    id: 'run-1',
    connectionId: 'connection-1',
    trigger: 'manual',
    mode: 'full',
    state,
    createdAt: '2026-01-01T00:00:00Z',
    startedAt: null,
    finishedAt: null,
    resumesAt: null,
    waitingFor: null,
    apiCalls,
    progress: {
      rowsRead: 0,
      pages: 0,
      rowsExpected: null,
      secondsLeft: null,
      entitiesComplete: 0,
      entitiesTotal: 1,
      current: null,
    },
    entities: [],
    rejections: [],
    error: null,
  };
}

function streamOf(...runs: SyncRun[]): ReadableStream<Uint8Array> {
  const text = runs.map((entry) => `event: run\ndata: ${JSON.stringify(entry)}\n\n`).join('');
  return new Response(text).body as ReadableStream<Uint8Array>;
}

interface Script {
  streams: (ReadableStream<Uint8Array> | Error)[];
  reads?: (SyncRun | Error)[];
}

function take<T>(list: (T | Error)[] | undefined): T {
  const next = list?.shift();
  if (next === undefined) throw new Error('the script has ended');
  if (next instanceof Error) throw next;
  return next;
}

function scriptedClient(script: Script): ApiClient {
  return {
    get: async <T>() => take(script.reads) as T,
    send: () => Promise.reject(new Error('nothing is sent while following')),
    getFile: () => Promise.reject(new Error('no file is asked for')),
    sendText: () => Promise.reject(new Error('no text is sent')),
    openStream: async () => take(script.streams),
  };
}

async function follow(script: Script): Promise<{ states: string[]; waits: number[] }> {
  const states: string[] = [];
  const waits: number[] = [];
  await followSyncRun(scriptedClient(script), 'run-1', {
    onRun: (seen) => states.push(`${seen.state} ${seen.apiCalls}`),
    signal: new AbortController().signal,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
    },
  });
  return { states, waits };
}

const DROPPED = new ApiProblem({ status: 0, code: 'network.unreachable' });

describe('followSyncRun', () => {
  it('reports every state until the end of the run', async () => {
    const streams = [streamOf(run('queued'), run('running', 3), run('succeeded', 7))];
    expect(await follow({ streams })).toEqual({
      states: ['queued 0', 'running 3', 'succeeded 7'],
      waits: [],
    });
  });

  it('reads the run when the stream broke off before the end, because the last message may be lost', async () => {
    const result = await follow({ streams: [streamOf(run('running', 3))], reads: [run('failed', 5)] });
    expect(result).toEqual({ states: ['running 3', 'failed 5'], waits: [] });
  });

  it('connects again, each time later, while the server is away', async () => {
    const result = await follow({
      streams: [
        DROPPED,
        DROPPED,
        new ApiProblem({ status: 502, code: 'http.502' }),
        streamOf(run('cancelled')),
      ],
    });
    expect(result).toEqual({ states: ['cancelled 0'], waits: [1000, 2000, 4000] });
  });

  it('goes on after a run that is still under way', async () => {
    const result = await follow({
      streams: [streamOf(), streamOf(run('succeeded', 9))],
      reads: [run('running', 4)],
    });
    expect(result).toEqual({ states: ['running 4', 'succeeded 9'], waits: [1000] });
  });

  it('gives up when the run may not be read', async () => {
    const refused = new ApiProblem({ status: 404, code: 'sync.run_not_found' });
    await expect(follow({ streams: [refused] })).rejects.toBe(refused);
  });

  it('ends quietly when it is aborted', async () => {
    const controller = new AbortController();
    const client = scriptedClient({ streams: [DROPPED] });
    const following = followSyncRun(client, 'run-1', { onRun: () => undefined, signal: controller.signal });
    controller.abort();
    await expect(following).resolves.toBeUndefined();
  });
});
