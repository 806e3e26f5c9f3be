import { setTimeout as wait } from 'node:timers/promises';
import { judge } from './verdict.mjs';

const DAY_MS = 86_400_000;
const EVERY_REQUEST = /./;
const FAULTS = [
  { kind: 'status', status: 429, headers: { 'Retry-After': '0' } },
  { kind: 'status', status: 500 },
  { kind: 'dropBefore' },
  { kind: 'dropAfter' },
  { kind: 'status', status: 504, afterCommit: true },
  { kind: 'truncate' },
  { kind: 'malformedJson' },
];

/** Writes until so many were carried out, with a share of all requests ending in some fault, and kills in between. */
export async function runBulk(world, random, writes, share) {
  const start = world.adjustments.size;
  const calls = world.simulator.journal.count();
  const faulty = withFaults(world, random, share);
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
    if (wave % 5 === 0) console.log(`  ${world.adjustments.size - start} writes, ${killed} kills`);
  }
  await world.settled(120_000);
  faulty.stop();
  const { problems } = await judge(world);
  const sent = world.simulator.journal
    .entries({ method: 'POST' })
    .filter(({ path }) => path.endsWith('ServiceAdjustments'));
  const read = world.simulator.journal.count() - calls - sent.length;
  const summary =
    `${world.adjustments.size - start} writes under ${share * 100} % faults, ${faulty.count()} faults, ${killed} kills: ` +
    `${sent.length} writes sent, ${read} other requests; ${problems.length === 0 ? 'none lost, none doubled' : 'WRONG'}`;
  return { problems, summary };
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
