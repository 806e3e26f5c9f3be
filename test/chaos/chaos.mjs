/*
 * Pushes random changes of subscriptions to the simulated Autotask while the worker is killed with SIGKILL, answers are lost before and
 * after the commit, and the database is restarted; then compares what the vendor holds with what was asked for, change by change.
 *
 *   npm run test:chaos -- --seed 7 --runs 25 [--subscriptions 200] [--writes 10000] [--faults 5]
 *
 * With --writes a run goes on until so many adjustments were carried out, under that share (per cent) of mixed faults on every
 * request. Ends with 1 when a change was lost or doubled.
 */
import { parseArgs } from 'node:util';
import { ChaosWorld } from './chaos-world.mjs';
import { Randomness } from './randomness.mjs';
import { runBulk } from './bulk-run.mjs';
import { runRounds } from './rounds.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '3' },
    subscriptions: { type: 'string', default: '200' },
    writes: { type: 'string' },
    faults: { type: 'string', default: '5' },
  },
});

const random = new Randomness(Number(values.seed));
const world = await ChaosWorld.start(Number(values.subscriptions));
let verdict;
try {
  verdict =
    values.writes === undefined
      ? await runRounds(world, random, Number(values.runs))
      : await runBulk(world, random, Number(values.writes), Number(values.faults) / 100);
} finally {
  await world.stop();
}
console.log(`seed ${values.seed}: ${verdict.summary}`);
for (const problem of verdict.problems.slice(0, 50)) console.log(`  ${problem}`);
process.exitCode = verdict.problems.length === 0 ? 0 : 1;
