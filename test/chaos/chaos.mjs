/*
 * Pushes random changes of subscriptions to the simulated Autotask while the worker is killed with SIGKILL, answers are lost before and
 * after the commit, and the database is restarted; then compares what the vendor holds with what was asked for, change by change.
 *
 *   npm run test:chaos -- --seed 7 --runs 25 [--subscriptions 200] [--worlds 4] [--writes 10000] [--faults 5]
 *
 * Most of a run is waiting: for a worker to start, for what a killed one held to expire. So the runs are shared out over several
 * worlds at once, each with a vendor, a database, a worker and random numbers of its own.
 * With --writes a run goes on until so many adjustments were carried out, under that share (per cent) of mixed faults on every
 * request. Ends with 1 when a change was lost or doubled, or too much was asked of the vendor.
 */
import { parseArgs } from 'node:util';
import { ChaosWorld, removeCompileCache } from './chaos-world.mjs';
import { Randomness } from './randomness.mjs';
import { bulkDays, runBulk } from './bulk-run.mjs';
import { roundDays, runRounds } from './rounds.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '3' },
    subscriptions: { type: 'string', default: '200' },
    worlds: { type: 'string', default: '1' },
    writes: { type: 'string' },
    faults: { type: 'string', default: '5' },
  },
});
const seed = Number(values.seed);
const runs = Number(values.runs);
const subscriptions = Number(values.subscriptions);
const started = performance.now();

const verdict = await (values.writes === undefined ? rounds() : bulk(Number(values.writes)));
await removeCompileCache();
console.log(
  `seed ${values.seed}: ${verdict.summary} (${Math.round((performance.now() - started) / 1000)} s)`,
);
for (const problem of verdict.problems.slice(0, 50)) console.log(`  ${problem}`);
process.exitCode = verdict.problems.length === 0 ? 0 : 1;

async function rounds() {
  const count = Math.min(Number(values.worlds), runs);
  const shares = Array.from({ length: count }, (_, index) => Math.floor((runs + index) / count));
  const total = { runs: 0, writes: 0, kills: 0, restarts: 0 };
  const problems = [];
  const progress = (round) => {
    for (const name of Object.keys(total)) total[name] += round[name];
    if (total.runs % 25 === 0) console.log(`  ${summaryOf(total)}`);
  };
  await Promise.all(
    shares.map(async (share, index) => {
      // A world's numbers follow from the seed and its place alone, whatever the others do.
      const random = new Randomness(seed * 1000 + index);
      problems.push(
        ...(await within(roundDays(share), (world) => runRounds(world, random, share, progress))),
      );
    }),
  );
  const outcome = problems.length === 0 ? 'none lost, none doubled' : 'WRONG';
  return { problems, summary: `${summaryOf(total)}: ${outcome}` };
}

function bulk(writes) {
  return within(bulkDays(writes, subscriptions), (world) =>
    runBulk(world, new Randomness(seed), writes, Number(values.faults) / 100),
  );
}

async function within(days, work) {
  const world = await ChaosWorld.start(subscriptions, days);
  try {
    return await work(world);
  } finally {
    await world.stop();
  }
}

function summaryOf({ runs: done, writes, kills, restarts }) {
  return `${done} runs, ${writes} writes, ${kills} kills, ${restarts} database restarts`;
}
