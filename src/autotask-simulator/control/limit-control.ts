import type { AutotaskDatabase } from '../world/simulator-world.js';
import { ControlInput } from './control-input.js';
import { type ControlCall, type ControlRoute, type ControlTarget, databaseOf } from './control-route.js';

const MAX_MS = 3_600_000;
const MAX_THREADS = 1000;
const MAX_REQUESTS = 1_000_000;

/** What there is, how fast it answers, and the hourly allowance of each database. */
export const limitRoutes: readonly ControlRoute[] = [
  { method: 'GET', path: '', handle: ({ target }) => ({ status: 200, body: describeSimulator(target) }) },
  { method: 'GET', path: '/limits', handle: ({ target }) => ({ status: 200, body: target.limits }) },
  { method: 'PATCH', path: '/limits', handle: changeLimits },
  {
    method: 'GET',
    path: '/databases/{ci}',
    handle: (call) => ({ status: 200, body: describeDatabase(call.target, databaseOf(call)) }),
  },
  {
    method: 'PATCH',
    path: '/databases/{ci}',
    handle: (call) => {
      const database = databaseOf(call);
      const input = new ControlInput(call.body, ['requestThreshold']);
      database.requestThreshold =
        input.whole('requestThreshold', 1, MAX_REQUESTS) ?? database.requestThreshold;
      return { status: 200, body: describeDatabase(call.target, database) };
    },
  },
  {
    method: 'POST',
    path: '/databases/{ci}/usage',
    handle: (call) => {
      const database = databaseOf(call);
      const input = new ControlInput(call.body, ['requests']);
      call.target.addUsage(database.ci, input.must('requests', input.whole('requests', 1, MAX_REQUESTS)));
      return { status: 200, body: describeDatabase(call.target, database) };
    },
  },
];

function changeLimits({ target, body }: ControlCall): { status: number; body: unknown } {
  const input = new ControlInput(body, Object.keys(target.limits));
  const { limits } = target;
  const changed = {
    maxThreads: input.whole('maxThreads', 1, MAX_THREADS) ?? limits.maxThreads,
    threadLimitStatus: input.oneOf('threadLimitStatus', [500, 429]) ?? limits.threadLimitStatus,
    latencyMs: input.whole('latencyMs', 0, MAX_MS) ?? limits.latencyMs,
    hasThresholdLatency: input.flag('hasThresholdLatency') ?? limits.hasThresholdLatency,
    slotReleaseDelayMs: input.whole('slotReleaseDelayMs', 0, MAX_MS) ?? limits.slotReleaseDelayMs,
  };
  return { status: 200, body: Object.assign(limits, changed) };
}

function describeSimulator(target: ControlTarget): unknown {
  return {
    discoveryUrl: target.discoveryUrl,
    now: target.clock.now().toISOString(),
    databases: target.world.databases.map((database) => describeDatabase(target, database)),
  };
}

function describeDatabase(target: ControlTarget, database: AutotaskDatabase): unknown {
  const { ci, zoneName, zoneNumber, isMultiCurrency, requestThreshold } = database;
  return { ci, zoneName, zoneNumber, isMultiCurrency, requestThreshold, requestCount: target.usageOf(ci) };
}
