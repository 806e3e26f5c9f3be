/**
 * The reconciliation half of `bench:billing`: a month with `lines` lines of a bill against its contracts, beside a bare read of the same lines
 * in the same run; and the memory of a month a tenth as large. Alone it is
 * `npm run bench:billing -- --part reconciliation`.
 */
import { fileURLToPath } from 'node:url';
import { HELD_HEAP, printTable, runWorker, startPostgres } from './support/processes.mjs';
import { LINES_PER_SUBSCRIPTION } from './support/reconciliation-world.mjs';

const WORKER = fileURLToPath(new URL('support/reconciliation-worker.mjs', import.meta.url));
const WORKER_OPTIONS = { execArgv: HELD_HEAP, timeoutMs: 1_800_000 };
/** Peaks of two processes differ by what V8 leaves uncollected; ten times the lines held would be ten times as much. */
const MOST_GROWTH = 1.5;

async function reconciled(lines) {
  const postgres = await startPostgres({ isDurable: false });
  try {
    const run = (step) => {
      const task = { pipeline: `reconciliation ${step}`, url: postgres.url, step, lines };
      return runWorker(WORKER, task, WORKER_OPTIONS);
    };
    const { subscriptions } = await run('fill');
    const bare = await run('bare');
    const ours = await run('ours');
    if (bare.lines !== subscriptions * LINES_PER_SUBSCRIPTION)
      throw new Error(`${bare.lines} lines were made`);
    // Every tenth contract has one seat too many, at 10.00 for the month.
    const gain = (Math.ceil(subscriptions / 10) * 10).toFixed(2);
    if (ours.gain !== gain || ours.loss !== '0.00' || ours.findings !== subscriptions * 2) {
      throw new Error(`Reconciled ${JSON.stringify(ours)}, should have a gain of ${gain}`);
    }
    return { lines: bare.lines, bare, ours };
  } finally {
    await postgres.stop();
  }
}

const perSecond = (count, { ms }) => Math.round((count / ms) * 1000);

/** Prints the figures; throws when the result is wrong or memory grows with the lines. */
export async function benchReconciliation({ lines = 1_000_000 } = {}) {
  const runs = [await reconciled(lines / 10), await reconciled(lines)];
  printTable(
    runs.map(({ lines: count, bare, ours }) => ({
      lines: count,
      findings: ours.findings,
      'reconciled lines/s': perSecond(count, ours),
      'bare read lines/s': perSecond(count, bare),
      ratio: (bare.ms / ours.ms).toFixed(2),
      'CPU us/line': ((ours.cpuMs * 1000) / count).toFixed(1),
      'peak MB': Math.round(ours.peakMb),
      'bare peak MB': Math.round(bare.peakMb),
    })),
  );
  const [small, large] = runs;
  const growth = large.ours.peakMb / small.ours.peakMb;
  console.log(
    `memory of ${large.lines} lines over that of ${small.lines}: ${growth.toFixed(2)} (at most ${MOST_GROWTH})`,
  );
  if (growth > MOST_GROWTH) throw new Error('The memory grows with the lines');
}
