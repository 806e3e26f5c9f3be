import { setTimeout as wait } from 'node:timers/promises';
import { judge } from './verdict.mjs';

const DAY_MS = 86_400_000;
const EVERY_REQUEST = /./;
const ADJUST = /ServiceAdjustments$/;
const QUERY = /\/query$/;
const FAULTS = [
  { kind: 'status', status: 429, headers: { 'Retry-After': '0' } },
  { kind: 'status', status: 500 },
  { kind: 'dropBefore' },
  { kind: 'dropAfter' },
  { kind: 'status', status: 504, afterCommit: true },
  { kind: 'truncate' },
  { kind: 'malformedJson' },
];
/** Changes that wait while the next wave is told; more would only make one kill harder than another. */
const WAVES_AHEAD = 2;

/** Days from today that so many writes take, one wave of all subscriptions a day. */
export function bulkDays(writes, subscriptions) {
  return 10 + Math.ceil((writes / subscriptions) * 1.5);
}

/** Writes until so many were carried out, with a share of all requests ending in some fault, and kills in between. */
export async function runBulk(world, random, writes, share) {
  const start = world.adjustments.size;
  const calls = world.simulator.journal.count();
  const queriesBefore = world.simulator.journal.count({ path: QUERY });
  const before = sentOf(world).length;
  const faulty = withFaults(world, random, share);
  const startedAt = performance.now();
  let killed = 0;
  for (let wave = 1; world.adjustments.size - start < writes; wave += 1) {
    const day = new Date(Date.now() + (2 + wave) * DAY_MS).toISOString().slice(0, 10);
    for (const line of world.lines) {
      line.quantity = line.quantity >= 40 ? random.int(0, 20) : line.quantity + random.int(1, 9);
      await world.told('PUT', `/subscriptions/${line.subscriptionId}`, world.bodyOf(line, day));
    }
    if (random.chance(0.3)) {
      killed += 1;
      await wait(random.int(0, 800));
      await world.killWorker();
      await world.startWorker();
    }
    await world.settled(180_000, WAVES_AHEAD * world.lines.length);
    if (wave % 5 === 0) {
      // Judged on the way too: who ends a long run early knows as much as it has done.
      await world.settled(180_000);
      const { problems: wrong } = await judge(world);
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      const verdict = wrong.length === 0 ? 'none lost, none doubled' : 'WRONG';
      console.log(`  ${world.adjustments.size - start} writes, ${killed} kills, ${seconds} s: ${verdict}`);
    }
  }
  await world.settled(180_000);
  faulty.stop();
  const { problems } = await judge(world);
  const written = world.adjustments.size - start;
  const sent = sentOf(world).slice(before);
  const ambiguous = sent.filter(({ status }) => isAmbiguous(status)).length;
  const queries = world.simulator.journal.count({ path: QUERY }) - queriesBefore;
  const others = world.simulator.journal.count() - calls - queries - sent.length;
  // An answer that came and could not be read is ambiguous too, but not counted as such here: the limit is the stricter for it.
  const limit = Math.floor(written + 2 * ambiguous + written / 100);
  if (sent.length + others > limit) {
    problems.push(`${sent.length} writes and ${others} other calls were sent; ${limit} would have done`);
  }
  const summary =
    `${written} writes under ${share * 100} % faults, ${faulty.count()} faults, ${killed} kills: ` +
    `${sent.length} writes sent (${ambiguous} without a clear answer; limit ${limit}), ${queries} queries for many lines each; ` +
    (problems.length === 0 ? 'none lost, none doubled' : 'WRONG');
  return { problems, summary };
}

function sentOf(world) {
  return world.simulator.journal.entries({ method: 'POST', path: ADJUST });
}

function isAmbiguous(status) {
  return status === null || status === 500 || status === 504;
}

/** Keeps a fault waiting a random number of requests ahead. */
function withFaults(world, random, share) {
  const { faults } = world.simulator;
  let count = 0;
  const plan = () => {
    faults.clear();
    const after = Math.floor(-Math.log(1 - random.next()) / share);
    faults.add({ path: EVERY_REQUEST, times: 1, after, fault: random.pick(FAULTS) });
  };
  plan();
  const timer = setInterval(() => {
    if (faults.list().every(({ times }) => times > 0)) return;
    count += 1;
    plan();
  }, 5);
  return {
    count: () => count,
    stop: () => {
      clearInterval(timer);
      faults.clear();
    },
  };
}
