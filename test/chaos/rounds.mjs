import { setTimeout as wait } from 'node:timers/promises';
import { judge } from './verdict.mjs';

const ADJUST = /ServiceAdjustments$/;
const READ = /(ContractServiceUnits|ContractServices|Contracts)\/query$/;
const DAY_MS = 86_400_000;

/** Rounds of random changes, each with its share of accidents; the judgement comes after every one. */
export async function runRounds(world, random, runs) {
  let killed = 0;
  let restarted = 0;
  let carriedOut = 0;
  const firstDay = Date.now() + 2 * DAY_MS;
  for (let run = 1; run <= runs; run += 1) {
    // Every round has days of its own, so that no change of it waits for a free one.
    const day = new Date(firstDay + run * 2 * DAY_MS).toISOString().slice(0, 10);
    planFaults(world, random);
    const accident = random.pick(['kill', 'kill', 'kill', 'database', 'none']);
    const hurting = hurt(world, random, accident);
    await changeSome(world, random, day);
    await hurting;
    killed += accident === 'kill' ? 1 : 0;
    restarted += accident === 'database' ? 1 : 0;
    await wait(random.int(0, 500));
    world.simulator.faults.clear();
    await world.settled();
    const verdict = await judge(world);
    carriedOut = verdict.carriedOut;
    if (verdict.problems.length > 0) {
      return { problems: verdict.problems, summary: `round ${run} of ${runs} went wrong` };
    }
    if (run % 10 === 0)
      console.log(`  ${run} rounds, ${carriedOut} writes, ${killed} kills, ${restarted} database restarts`);
  }
  const summary = `${runs} rounds, ${carriedOut} writes, ${killed} kills, ${restarted} database restarts: none lost, none doubled`;
  return { problems: [], summary };
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
    const kind = random.pick(['dropBefore', 'dropAfter', 'dropAfter', 'truncate']);
    faults.add({ path: ADJUST, after: random.int(0, 30), times: random.int(1, 3), fault: { kind } });
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
