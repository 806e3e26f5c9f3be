/**
 * Imports a reconciliation file over HTTP, and in the same run reads the same file with csv-parse alone. Run it as
 * `npm run bench:billing`, which builds first. `--lines 100000,1000000` is the default.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { writeBill } from './support/bill-file.mjs';
import { printTable, runWorker, startPostgres } from './support/processes.mjs';

const { values: options } = parseArgs({ options: { lines: { type: 'string', default: '100000,1000000' } } });
const WORKER = fileURLToPath(new URL('support/import-worker.mjs', import.meta.url));
const perSecond = (lines, ms) => Math.round((lines * 1000) / ms);

async function newDatabase(postgres, name) {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  return url.href;
}

async function measure(lines, postgres, directory) {
  const file = join(directory, `${lines}.csv`);
  await writeBill(file, lines);
  const databaseUrl = await newDatabase(postgres, `imports_${lines}`);
  const run = (pipeline) => runWorker(WORKER, { pipeline, file, databaseUrl });
  const bare = await run('csv-parse');
  const rows = [];
  for (const [name, result] of [
    ['csv-parse alone', bare],
    ['import, first', await run('import')],
    ['import, again', await run('import')],
  ]) {
    rows.push({
      what: name,
      lines,
      MB: Math.round((await stat(file)).size / 1_048_576),
      seconds: (result.ms / 1000).toFixed(1),
      'rows/s': perSecond(lines, result.ms),
      'of csv-parse': (bare.ms / result.ms).toFixed(2),
      'peak MB': Math.round(result.peakMb),
      accepted: result.accepted ?? '',
      unchanged: result.unchanged ?? '',
    });
  }
  await rm(file);
  return rows;
}

const directory = await mkdtemp(join(tmpdir(), 'imports-bench-'));
const postgres = await startPostgres();
try {
  const rows = [];
  for (const lines of options.lines.split(',').map(Number))
    rows.push(...(await measure(lines, postgres, directory)));
  printTable(rows);
  const peaks = rows.filter(({ what }) => what === 'import, first').map((row) => row['peak MB']);
  console.log(
    `\nPeak memory of the importing process from the smallest to the largest file: ${peaks.join(' -> ')} MB`,
  );
} finally {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}
