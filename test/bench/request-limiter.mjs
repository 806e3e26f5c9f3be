/*
 * What the shared limits cost per call, beside the limiter of a single process in the same run: a slot that is kept, the first call of a bucket, the
 * budget, and slots that stand idle while two and four replicas contend. Run it as `npm run bench:limiter`, which builds first.
 * Flags: --calls 200000 (kept slots), --seconds 8 (per contention), --call-ms 50, --rounds 3.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { InstanceBudget } from '../../dist/src/autotask/client/instance-budget.js';
import { LocalRequestSlots } from '../../dist/src/autotask/client/local-request-slots.js';
import { resolveSettings } from '../../dist/src/core/psa-connector.settings.js';
import { startEmbeddedPostgres } from '../../dist/src/host-app/embedded-postgres.js';
import { PostgresRequestLedger } from '../../dist/src/platform/limits/postgres-request-ledger.js';
import { PostgresRequestSlots } from '../../dist/src/platform/limits/postgres-request-slots.js';
import { dataSourceOptions } from '../../dist/src/platform/persistence/data-source.js';
import { openMigrated } from '../../dist/src/platform/persistence/migrate.js';
import { PERSISTENCE_LISTS } from '../../dist/src/psa-connector.persistence.js';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '200000' },
    seconds: { type: 'string', default: '8' },
    'call-ms': { type: 'string', default: '50' },
    rounds: { type: 'string', default: '3' },
  },
});
const [calls, seconds, callMs, rounds] = ['calls', 'seconds', 'call-ms', 'rounds'].map((name) =>
  Number(values[name]),
);

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const bucketOf = (name) => ({ key: `bench/${name}`, slots: 3 });

/** Milliseconds per call of a slot that is taken and given back at once. */
async function kept(slots, name) {
  const bucket = bucketOf(name);
  const startedAt = performance.now();
  for (let n = 0; n < calls; n += 1) (await slots.take(bucket)).release(0);
  return (performance.now() - startedAt) / calls;
}

/** Milliseconds of the smallest question to the same database. */
async function bareStatement(client) {
  const times = [];
  for (let n = 0; n < 200; n += 1) {
    const startedAt = performance.now();
    await client.query('SELECT 1');
    times.push(performance.now() - startedAt);
  }
  return median(times);
}

/** Milliseconds until the first slot of this process in buckets that exist. */
async function first(slots) {
  const times = [];
  for (let n = 0; n < 200; n += 1) {
    const startedAt = performance.now();
    (await slots.take(bucketOf(`first/${n}`))).release(0);
    times.push(performance.now() - startedAt);
  }
  return times.toSorted((a, b) => a - b);
}

/** Milliseconds a slot stands idle per call, while every replica has twice as much to do as there are slots. */
async function contention(replicas, name) {
  const bucket = bucketOf(name);
  const until = performance.now() + seconds * 1000;
  let busyMs = 0;
  let made = 0;
  let lastEnd = 0;
  const startedAt = performance.now();
  const served = replicas.map(() => 0);
  const work = async (slots, index) => {
    while (performance.now() < until) {
      const slot = await slots.take(bucket);
      const begunAt = performance.now();
      await sleep(callMs);
      lastEnd = performance.now();
      busyMs += lastEnd - begunAt;
      made += 1;
      served[index] += 1;
      slot.release(0);
    }
  };
  await Promise.all(replicas.flatMap((slots, index) => Array.from({ length: 6 }, () => work(slots, index))));
  const share = Math.min(...served) / (made / replicas.length);
  return { idleMs: (3 * (lastEnd - startedAt) - busyMs) / made, share };
}

const folder = await mkdtemp(join(tmpdir(), 'psa-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), forTests: false });
const settings = resolveSettings({ database: { url: postgres.url } });
const dataSource = await openMigrated(dataSourceOptions(settings.database, PERSISTENCE_LISTS));
const replicas = Array.from({ length: 4 }, () => new PostgresRequestSlots(settings));
const client = new pg.Client({ connectionString: postgres.url });
await client.connect();
const budget = new InstanceBudget(
  'bench/1',
  new PostgresRequestLedger(dataSource),
  { now: () => new Date() },
  {
    slotReleaseMs: 0,
    pullShare: 1,
    pacesPulls: true,
  },
);
try {
  const local = new LocalRequestSlots();
  const results = {
    local: [],
    shared: [],
    budget: [],
    idle: { local: [], one: [], two: [], four: [] },
    share: [],
  };
  const firsts = [];
  const bare = [];
  await first(replicas[1]);
  await kept(local, 'warm');
  await kept(replicas[0], 'warm');
  for (let round = 0; round < rounds; round += 1) {
    results.local.push(await kept(local, 'kept'));
    results.shared.push(await kept(replicas[0], 'kept'));
    const startedAt = performance.now();
    const caller = { purpose: 'push', callsMade: 0, takeSample: () => Promise.resolve(null) };
    for (let n = 0; n < calls; n += 1) {
      await budget.admit(caller);
      budget.onSending();
      budget.restMs();
      budget.onAnswer();
    }
    results.budget.push((performance.now() - startedAt) / calls);
    const newcomer = new PostgresRequestSlots(settings);
    (await newcomer.take(bucketOf('connected'))).release(0);
    firsts.push(...(await first(newcomer)));
    await newcomer.onApplicationShutdown();
    bare.push(await bareStatement(client));
    results.idle.local.push((await contention([local], `busy/${round}`)).idleMs);
    results.idle.one.push((await contention(replicas.slice(0, 1), `one/${round}`)).idleMs);
    const two = await contention(replicas.slice(0, 2), `two/${round}`);
    const four = await contention(replicas, `four/${round}`);
    results.idle.two.push(two.idleMs);
    results.idle.four.push(four.idleMs);
    results.share.push(two.share, four.share);
  }
  const sortedFirsts = firsts.toSorted((a, b) => a - b);
  const aimMs = callMs * 0.05;
  const row = (what, ms) =>
    console.log(
      `${what.padEnd(58)} ${ms.toFixed(4).padStart(9)} ms  ${((ms / callMs) * 100).toFixed(2).padStart(6)} %`,
    );
  console.log(
    `Per call, and as a share of a call of ${callMs} ms (aim: below 5 %, ${aimMs} ms); medians of ${rounds} rounds`,
  );
  row('slot of this process alone (baseline)', median(results.local));
  row('shared slot, kept from the call before', median(results.shared));
  row('budget', median(results.budget));
  row('bare SELECT 1 (baseline of the next two)', median(bare));
  row('shared slot, first call of a bucket, median', median(sortedFirsts));
  row(
    'shared slot, first call of a bucket, 95th percentile',
    sortedFirsts[Math.floor(sortedFirsts.length * 0.95)],
  );
  row('slot idle between calls: one process alone (baseline)', median(results.idle.local));
  row('slot idle between calls: shared, one replica', median(results.idle.one));
  row('slot idle between calls: shared, two replicas contend', median(results.idle.two));
  row('slot idle between calls: shared, four replicas contend', median(results.idle.four));
  console.log(
    `Smallest share a replica got of an even one: ${(Math.min(...results.share) * 100).toFixed(0)} %`,
  );
} finally {
  await budget.close();
  await client.end();
  await Promise.all(replicas.map((slots) => slots.onApplicationShutdown()));
  await dataSource.destroy();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
