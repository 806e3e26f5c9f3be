import { setTimeout as wait } from 'node:timers/promises';
import { judge } from './verdict.mjs';

const ADJUST = /ServiceAdjustments$/;
const READ = /(ContractServiceUnits|ContractServices|Contracts)\/query$/;
const DAY_MS = 86_400_000;

/** Days from today that so many rounds change something on. */
export function roundDays(runs) {
  return 2 + runs * 2;
}

/**
 * Rounds of random changes, each with its share of accidents; the judgement comes after every one. The first that goes wrong ends it.
 * @returns what went wrong
 */
export async function runRounds(world, random, runs, progress) {
  let carriedOut = (await judge(world)).carriedOut;
  const firstDay = Date.now() + 2 * DAY_MS;
  for (let run = 1; run <= runs; run += 1) {
    // Every round has days of its own, so that no change of it waits for a free one.
    const day = new Date(firstDay + run * 2 * DAY_MS).toISOString().slice(0, 10);
    planFaults(world, random);
    const accident = random.pick(['kill', 'kill', 'kill', 'database', 'none']);
    const hurting = hurt(world, random, accident);
    await changeSome(world, random, day);
    await hurting;
    await wait(random.int(0, 500));
    world.simulator.faults.clear();
    await world.settled();
    const verdict = await judge(world);
    if (verdict.problems.length > 0) return [`round ${run} of ${runs} went wrong`, ...verdict.problems];
    progress({
      runs: 1,
      writes: verdict.carriedOut - carriedOut,
      kills: accident === 'kill' ? 1 : 0,
      restarts: accident === 'database' ? 1 : 0,
    });
    carriedOut = verdict.carriedOut;
  }
  return [];
}

async function changeSome(world, random, day) {
  const count = random.int(5, Math.max(5, Math.ceil(world.lines.length / 5)));
  const tasks = Array.from({ length: count }, () => ({
    line: random.pick(world.lines),
    quantity: random.int(0, 50),
    isAgain: random.chance(0.2),
    again: random.int(0, 50),
  }));
  for (const { line, quantity, isAgain, again } of tasks) {
    await change(world, line, quantity, day);
    if (isAgain) await change(world, line, again, day);
  }
}

async function change(world, line, quantity, day) {
  line.quantity = quantity;
  await world.told('PUT', `/subscriptions/${line.subscriptionId}`, world.bodyOf(line, day));
}

function planFaults(world, random) {
  const { faults } = world.simulator;
  for (let count = random.int(0, 4); count > 0; count -= 1) {
    const kind = random.pick(['dropBefore', 'dropAfter', 'dropAfter', 'truncate', 'commitLate']);
    const fault = kind === 'commitLate' ? { kind, ms: random.int(100, 5_000) } : { kind };
    faults.add({ path: ADJUST, after: random.int(0, 30), times: random.int(1, 3), fault });
  }
  if (random.chance(0.3))
    faults.add({ path: READ, after: random.int(0, 5), times: 2, fault: { kind: 'dropBefore' } });
}

async function hurt(world, random, accident) {
  if (accident === 'none') return;
  await wait(random.int(0, 1_500));
  if (accident === 'database') {
    await world.restartDatabase();
    return;
  }
  await world.killWorker();
  await world.startWorker();
}
