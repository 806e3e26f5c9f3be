/**
 * Pulls contract service units through the connector's own sync run, and in the same run through bare pipelines and through what
 * people write today. Run it as `npm run bench:pull`, which builds first. `--units 100000,1000000 --rounds 1 --latency 0
 * --sample 20000` are the defaults; the slow pipelines read only the sample.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { median, printTable, runWorker, startPostgres, startSimulator } from './support/processes.mjs';

const { values: options } = parseArgs({
  options: {
    units: { type: 'string', default: '100000,1000000' },
    rounds: { type: 'string', default: '1' },
    latency: { type: 'string', default: '0' },
    sample: { type: 'string', default: '20000' },
    only: { type: 'string', default: '' },
  },
});
const WORKER = fileURLToPath(new URL('support/pull-worker.mjs', import.meta.url));
const PERIODS = 12;
/** As the connector's own table: the same columns under the same keys, so that only the way there differs. */
const BENCH_UNIT = `
  CREATE TABLE bench_unit (connection_id uuid NOT NULL, external_id text NOT NULL, contract_external_id text NOT NULL,
    contract_service_external_id text NOT NULL, service_external_id text NOT NULL, starts_on date NOT NULL,
    ends_on date NOT NULL, units numeric NOT NULL, price numeric, internal_price numeric, cost numeric,
    posted_at timestamptz(3), PRIMARY KEY (connection_id, external_id));
  CREATE INDEX ON bench_unit (connection_id, contract_external_id, contract_service_external_id, starts_on)`;
const PIPELINES = ['copy', 'staged', 'upsert', 'save', 'connector'];

async function withDatabase(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function measure(units, postgres) {
  const simulator = await startSimulator({
    companies: Math.max(3, Math.round(units / 500)),
    'contract-services': Math.ceil(units / PERIODS),
    'units-per-service': PERIODS,
    latency: options.latency,
    threshold: 100_000_000,
  });
  const results = new Map();
  const keep = (name, result) => {
    results.set(name, [...(results.get(name) ?? []), result]);
    console.error(`${name}: ${(result.ms / 1000).toFixed(1)} s`);
  };
  let unchanged = true;
  try {
    for (let round = 0; round < Number(options.rounds); round += 1) {
      const name = `bench_${units}_${round}`;
      await withDatabase(postgres.url, (client) => client.query(`CREATE DATABASE ${name}`));
      const url = new URL(postgres.url);
      url.pathname = `/${name}`;
      const databaseUrl = url.href;
      await withDatabase(databaseUrl, (client) => client.query(BENCH_UNIT));
      for (const pipeline of PIPELINES) {
        if (options.only !== '' && !options.only.split(',').includes(pipeline)) continue;
        // What the one before has left in memory is not written at the cost of the next.
        await withDatabase(postgres.url, (client) => client.query('CHECKPOINT'));
        const task = { pipeline, databaseUrl, simulator, sample: Number(options.sample) };
        const { isUnchanged = true, ...runs } = await runWorker(WORKER, task);
        if (runs.first === undefined) keep(pipeline, runs);
        else for (const [which, run] of Object.entries(runs)) keep(`${pipeline}, ${which}`, run);
        unchanged &&= isUnchanged;
      }
      await withDatabase(postgres.url, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
    }
  } finally {
    await simulator.stop();
  }
  return { results, unchanged };
}

const of = (results, name, figure) => {
  const rounds = results.get(name);
  return rounds === undefined ? Number.NaN : median(rounds.map(figure));
};
const perSecond = ({ rows, ms }) => (rows / ms) * 1000;
const cpuPerRow = ({ rows, cpuMs }) => (cpuMs / rows) * 1000;

const ratio = (name, value, aim) => ({ ratio: name, is: value.toFixed(value < 0.1 ? 3 : 2), aim });

function print(units, { results, unchanged }) {
  console.log(`\n${units.toLocaleString('en')} contract service units, ${options.latency} ms latency`);
  printTable(
    [...results.keys()].map((name) => ({
      pipeline: name,
      rows: of(results, name, ({ rows }) => rows),
      'rows/s': of(results, name, perSecond).toFixed(0),
      'CPU µs/row': of(results, name, cpuPerRow).toFixed(1),
      'peak MB': of(results, name, ({ peakMb }) => peakMb).toFixed(0),
      calls: of(results, name, ({ calls }) => calls ?? Number.NaN),
    })),
  );
  const speed = (name) => of(results, name, perSecond);
  printTable([
    ratio('first load / COPY pipeline', speed('connector, first') / speed('copy'), '>= 0.8'),
    ratio('first load / fetch + upsert', speed('connector, first') / speed('upsert'), '>= 5'),
    ratio('first load / fetch + save', speed('connector, first') / speed('save'), '>= 20'),
    ratio('pull again / staged again', speed('connector, again') / speed('staged, again'), '>= 0.8'),
    ratio(
      'CPU per row, first / staged first',
      of(results, 'connector, first', cpuPerRow) / of(results, 'staged, first', cpuPerRow),
      '<= 2',
    ),
    ratio(
      'incremental / full, time',
      of(results, 'connector, incremental', ({ ms }) => ms) / of(results, 'connector, again', ({ ms }) => ms),
      '< 0.02',
    ),
    ratio(
      'incremental / full, calls',
      of(results, 'connector, incremental', ({ calls }) => calls) /
        of(results, 'connector, again', ({ calls }) => calls),
      '< 0.02',
    ),
  ]);
  console.log(`row versions written by the pull of equal rows: ${unchanged ? 'none' : 'SOME'} (aim none)`);
}

const postgres = await startPostgres();
try {
  const peaks = [];
  for (const units of options.units.split(',').map(Number)) {
    const measuredRun = await measure(units, postgres);
    print(units, measuredRun);
    peaks.push(of(measuredRun.results, 'connector, first', ({ peakMb }) => peakMb));
  }
  if (peaks.length > 1) {
    const growth = peaks.at(-1) / peaks[0];
    console.log(`\npeak memory, largest / smallest: ${growth.toFixed(2)} (aim <= 1.2)`);
  }
} finally {
  await postgres.stop();
}
