/**
 * Many connections on two worker processes: how late runs start, whether a huge tenant delays the others, and what idle connections
 * cost. Run it as `npm run bench:fleet`, which builds first; `--connections 1000 --minutes 5 --big 1000000
 * --idle 10000` are the defaults, and `--cron` is every 15 minutes. The fleet is watched for some minutes of its steady state; its connections share one simulated instance whose thread and hourly
 * limits are raised, under instance ids of their own.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { printTable, runWorker, startPostgres, startSimulator } from './support/processes.mjs';

const { values: options } = parseArgs({
  options: {
    connections: { type: 'string', default: '1000' },
    contracts: { type: 'string', default: '200' },
    minutes: { type: 'string', default: '5' },
    big: { type: 'string', default: '1000000' },
    idle: { type: 'string', default: '10000' },
    cron: { type: 'string', default: '*/15 * * * *' },
  },
});
const WORKER = fileURLToPath(new URL('support/fleet-worker.mjs', import.meta.url));
const NEVER = '0 0 29 2 *';
const SPREAD_SECONDS = 900;
const PERIODS = 12;
const TICKS_PER_SECOND = 100;
const IDLE_SECONDS = 30;

const simulate = (contracts, unitsPerService) =>
  startSimulator({
    companies: Math.max(3, Math.round(contracts / 4)),
    'contract-services': contracts * 2,
    'units-per-service': unitsPerService,
    'max-threads': 1000,
    threshold: 100_000_000,
  });

async function startWorker(task) {
  const child = fork(WORKER, [JSON.stringify({ pipeline: 'work', ...task })], { stdio: 'inherit' });
  await once(child, 'message');
  const ask = async (message) => {
    child.send(message);
    const [answer] = await once(child, 'message');
    return answer;
  };
  return {
    pid: child.pid,
    cpuSeconds: async () => {
      const { cpu } = await ask({ ask: 'cpu' });
      return (cpu.user + cpu.system) / 1e6;
    },
    post: async (path, body) => (await ask({ ask: 'post', path, body })).answer,
    stop: async () => {
      child.send({ ask: 'stop' });
      await once(child, 'exit');
    },
  };
}

/** CPU seconds of each session at the database, by process id; not those of its own upkeep, such as vacuum after the filling. */
async function databaseCpu(client) {
  const { rows } = await client.query(
    "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
  );
  const seconds = new Map();
  for (const { pid } of rows) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
    if (stat === null) continue;
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    seconds.set(pid, (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND);
  }
  return seconds;
}

/** What was used meanwhile; a process that began meanwhile counts from nothing, one that ended is not counted. */
function usedSince(before, after) {
  let used = 0;
  for (const [pid, total] of after) used += total - (before.get(pid) ?? 0);
  return used;
}

const seconds = (value) => (value === null ? '-' : `${value.toFixed(2)} s`);

/** How late the runs of a window started. */
async function latenessOf(client, name, from, to) {
  const { rows } = await client.query(
    `SELECT count(*)::int AS runs, count(*) FILTER (WHERE state <> 'succeeded')::int AS failed,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY late) AS p50, percentile_cont(0.99) WITHIN GROUP (ORDER BY late) AS p99,
       max(late) AS most, percentile_cont(0.5) WITHIN GROUP (ORDER BY took) AS took
     FROM (SELECT state, extract(epoch FROM coalesce(started_at, now()) - scheduled_for)::float8 AS late,
             extract(epoch FROM finished_at - started_at)::float8 AS took
           FROM psa_connector.sync_run WHERE trigger = 'schedule' AND scheduled_for BETWEEN $1 AND $2) AS run`,
    [from, to],
  );
  const [row] = rows;
  return {
    table: {
      '': name,
      runs: row.runs,
      'not succeeded': row.failed,
      'late p50': seconds(row.p50),
      'late p99': seconds(row.p99),
      'late max': seconds(row.most),
      'took p50': seconds(row.took),
    },
    p99: row.p99,
  };
}

async function overlapsOf(client) {
  const { rows } = await client.query(`
    SELECT count(*)::int AS overlaps FROM psa_connector.sync_run a JOIN psa_connector.sync_run b
      ON a.connection_id = b.connection_id AND a.id < b.id
      AND a.started_at < coalesce(b.finished_at, now()) AND b.started_at < coalesce(a.finished_at, now())`);
  return rows[0].overlaps;
}

const postgres = await startPostgres({ isDurable: false });
const simulator = await simulate(Number(options.contracts), 3);
const bigContracts = Math.ceil(Number(options.big) / PERIODS / 2);
const big = await simulate(bigContracts, PERIODS);
const bigUrl = big.databases[0].zoneUrl.replace(/V1\.0\/$/, '');
const client = new pg.Client({ connectionString: postgres.url });
const workers = [];
try {
  const target = { databaseUrl: postgres.url, simulator: { ...simulator, furtherHosts: [big.host] } };
  const started = performance.now();
  const { bigId } = await runWorker(WORKER, {
    pipeline: 'prepare',
    ...target,
    connections: Number(options.connections),
    idle: Number(options.idle),
    bigUrl,
    plannedWith: [options.cron, NEVER, SPREAD_SECONDS].join('|'),
  });
  console.log(`prepared in ${Math.round((performance.now() - started) / 1000)} s`);
  await client.connect();
  const task = {
    ...target,
    schedules: { syncCron: options.cron, sweepCron: NEVER },
    sync: { spreadSeconds: SPREAD_SECONDS },
  };
  workers.push(await startWorker(task), await startWorker(task));
  const windowMs = Number(options.minutes) * 60_000;
  const watch = async (name) => {
    await wait(5_000);
    const from = new Date();
    await wait(windowMs);
    const to = new Date();
    await wait(5_000);
    return latenessOf(client, name, from, to);
  };

  const alone = await watch('fleet alone');
  const bigStart = performance.now();
  await workers[0].post(`/connections/${bigId}/sync-runs`, { mode: 'full' });
  const beside = await watch(`beside a pull of ${options.big} unit rows`);
  const { rows } = await client.query(
    `SELECT r.state, sum(e.read)::int AS read FROM psa_connector.sync_run r JOIN psa_connector.sync_run_entity e ON e.run_id = r.id
     WHERE connection_id = $1 GROUP BY r.id`,
    [bigId],
  );
  printTable([alone.table, beside.table]);
  console.log(`p99 beside / alone: ${(beside.p99 / alone.p99).toFixed(2)}`);
  console.log(
    `big pull after ${Math.round((performance.now() - bigStart) / 1000)} s: ${JSON.stringify(rows[0])}`,
  );
  console.log(`runs of one connection at the same time: ${await overlapsOf(client)}`);

  await client.query(
    `UPDATE psa_connector.sync_run SET state = 'cancelled', finished_at = now(), lease_token = NULL, resumes_at = NULL
     WHERE state IN ('queued', 'running')`,
  );
  await client.query(
    `UPDATE psa_connector.sync_schedule SET paused_at = now(), next_run_at = NULL, next_sweep_at = NULL WHERE sync_cron IS NULL`,
  );
  await wait(5_000);
  const cpu = async () => ({
    workers: await Promise.all(workers.map((worker) => worker.cpuSeconds())),
    database: await databaseCpu(client),
  });
  const before = await cpu();
  await wait(IDLE_SECONDS * 1000);
  const after = await cpu();
  const share = (used) => `${((used / IDLE_SECONDS) * 100).toFixed(1)} %`;
  const shares = [
    ...after.workers.map((used, index) => share(used - before.workers[index])),
    share(usedSince(before.database, after.database)),
  ];
  console.log(
    `${options.idle} idle connections, share of a core: workers ${shares[0]}, ${shares[1]}; database ${shares[2]}`,
  );
} finally {
  for (const worker of workers) await worker.stop();
  await client.end();
  await simulator.stop();
  await big.stop();
  await postgres.stop();
}
