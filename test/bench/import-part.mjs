/**
 * The import half of `bench:billing`: a reconciliation file over HTTP up to the last line stored, once new and once known already, beside
 * csv-parse alone on the same file in the same run; and the memory of a file a tenth as large.
 */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { writeBill } from './support/bill-file.mjs';
import { HELD_HEAP, printTable, runWorker, startPostgres } from './support/processes.mjs';

const WORKER = fileURLToPath(new URL('support/import-worker.mjs', import.meta.url));
const WORKER_OPTIONS = { execArgv: HELD_HEAP, timeoutMs: 1_800_000 };
/** Peaks of two processes differ by what V8 leaves uncollected; ten times the lines held would be ten times as much. */
const MOST_GROWTH = 1.5;

async function newDatabase(postgres, name) {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  return url.href;
}

async function imported(lines, postgres, directory) {
  const file = join(directory, `${lines}.csv`);
  await writeBill(file, lines);
  const databaseUrl = await newDatabase(postgres, `imports_${lines}`);
  const run = (pipeline) => runWorker(WORKER, { pipeline, file, databaseUrl }, WORKER_OPTIONS);
  const size = (await stat(file)).size;
  const bare = await run('csv-parse');
  const first = await run('import');
  const again = await run('import');
  await rm(file);
  if (bare.lines !== lines || first.accepted !== lines || again.unchanged !== lines || again.accepted !== 0)
    throw new Error(`Of ${lines} lines came ${JSON.stringify({ bare, first, again })}`);
  return { lines, size, bare, first, again };
}

function rowsOf({ lines, size, bare, first, again }) {
  return Object.entries({ 'csv-parse alone': bare, 'import, first': first, 'import, again': again }).map(
    ([what, result]) => ({
      what,
      lines,
      MB: Math.round(size / 1_048_576),
      seconds: (result.ms / 1000).toFixed(1),
      'rows/s': Math.round((lines * 1000) / result.ms),
      'of csv-parse': (bare.ms / result.ms).toFixed(2),
      'CPU us/row': ((result.cpuMs * 1000) / lines).toFixed(1),
      'peak MB': Math.round(result.peakMb),
      accepted: result.accepted ?? '',
      unchanged: result.unchanged ?? '',
    }),
  );
}

/** Prints the figures; throws when a line is missing or memory grows with the lines. @param directory for the files, which it deletes */
export async function benchImport({ lines, directory }) {
  const postgres = await startPostgres();
  try {
    const small = await imported(Math.round(lines / 10), postgres, directory);
    const large = await imported(lines, postgres, directory);
    printTable([...rowsOf(small), ...rowsOf(large)]);
    const growth = large.first.peakMb / small.first.peakMb;
    console.log(
      `memory of importing ${large.lines} lines over that of ${small.lines}: ${growth.toFixed(2)} (at most ${MOST_GROWTH})`,
    );
    if (growth > MOST_GROWTH) throw new Error('The memory grows with the lines');
  } finally {
    await postgres.stop();
  }
}
