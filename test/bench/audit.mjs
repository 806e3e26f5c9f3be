/**
 * The audit log at size: loads a real chain of one tenant, then measures verifying, every filter at random depths (time inside the
 * database: planning and execution of each statement), and appending with many tenants against a plain insert in turns.
 *
 *   npm run bench:audit                                    1,000,000 and 10,000,000 entries, each on a server of its own
 *   npm run bench:audit -- --entries 100000,200000 --samples 100 --append-seconds 2
 *   npm run bench:audit -- --data /var/tmp/audit           keeps what was loaded there, and measures it again the next time
 *   npm run bench:audit -- --data /var/tmp/audit --entries 10000000 --steps load --minutes 7
 *                                                          loads for about that long; the same command goes on with it
 *   npm run bench:audit -- --data /var/tmp/audit --entries 10000000 --steps verify,filters,append
 */
import 'reflect-metadata';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AuditVerification } from '../../dist/src/audit/application/audit-verification.service.js';
import { trustedKeysOf } from '../../dist/src/audit/domain/audit-checkpoint.js';
import { AuditChainRepository } from '../../dist/src/audit/persistence/audit-chain.repository.js';
import { ChainSegmentRepository } from '../../dist/src/audit/persistence/chain-segment.repository.js';
import { CheckpointRepository } from '../../dist/src/audit/persistence/checkpoint.repository.js';
import { startEmbeddedPostgres } from '../../dist/src/host-app/embedded-postgres.js';
import { measureAppend } from './audit-append.mjs';
import { loadChain } from './audit-chain.mjs';
import { measureFilters } from './audit-filters.mjs';
import { openDatabase, TENANT } from './audit-database.mjs';

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '1000000,10000000' },
    samples: { type: 'string', default: '600' },
    'append-seconds': { type: 'string', default: '5' },
    tenants: { type: 'string', default: '100' },
    workers: { type: 'string', default: '8' },
    data: { type: 'string' },
    steps: { type: 'string', default: 'load,verify,filters,append' },
    minutes: { type: 'string', default: '600' },
    only: { type: 'string', default: '' },
  },
});
const sizes = values.entries.split(',').map(Number);
const steps = new Set(values.steps.split(','));
const loadsUntil = performance.now() + Number(values.minutes) * 60_000;
const logs = [];
const stop = async () => {
  for (const log of logs.splice(0)) await log.stop();
};

process.once('SIGINT', () => void stop().then(() => process.exit(130)));
try {
  for (const size of sizes) logs.push(await openLog(size));
  await measureAll();
} finally {
  await stop();
}

/** A server of its own with a log of that size. */
async function openLog(size) {
  const isKept = values.data !== undefined;
  const folder = isKept ? join(values.data, String(size)) : mkdtempSync(join(tmpdir(), 'psa-bench-audit-'));
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
  const dataSource = await openDatabase(server.url);
  return {
    size,
    name: `${size.toLocaleString('en')} entries`,
    url: server.url,
    folder,
    dataSource,
    stop: async () => {
      await dataSource.destroy();
      await server.stop();
      if (!isKept) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function measureAll() {
  const loaded = [];
  for (const log of logs) {
    console.log(`\n${log.name}`);
    const isLoaded = (await isComplete(log)) || (await load(log));
    if (isLoaded) loaded.push(log);
    console.log(`  ${await sizeOf(log.dataSource)}; ${await settingsOf(log.dataSource)}`);
    if (isLoaded && steps.has('verify')) await measureVerifying(log);
  }
  if (steps.has('filters') && loaded.length > 0) await tellFilters(loaded);
  if (!steps.has('append')) return;
  for (const log of loaded) await tellAppend(log);
}

function tell(what) {
  console.log(`  ${what}`);
}

async function load({ url, size }) {
  if (!steps.has('load')) throw new Error('Nothing is loaded there: --steps load');
  const { value: isWhole, seconds } = await timed(() => loadChain(url, size, { until: loadsUntil, tell }));
  console.log(
    isWhole ? `  loaded after ${seconds.toFixed(0)} s` : '  not all is loaded: the same command goes on',
  );
  return isWhole;
}

async function measureVerifying({ dataSource, size }) {
  const before = process.memoryUsage().rss;
  const usedBefore = process.cpuUsage();
  const chain = new AuditChainRepository(dataSource);
  const verifying = await timed(() =>
    new AuditVerification(
      chain,
      new CheckpointRepository(dataSource),
      new ChainSegmentRepository(dataSource),
      trustedKeysOf(null),
    ).verify(TENANT),
  );
  const { isIntact, verified, problem } = verifying.value;
  if (!isIntact || verified !== size) throw new Error(`The chain is not intact: ${JSON.stringify(problem)}`);
  const { user, system } = process.cpuUsage(usedBefore);
  const grown = ((process.memoryUsage().rss - before) / 1_048_576).toFixed(0);
  console.log(
    `  verified ${perSecond(verified, verifying.seconds)} (aim 100,000/s), ${((user + system) / verified).toFixed(1)} µs of processor ` +
      `an entry beside the database's; memory grew by ${grown} MB`,
  );
}

/** Reads what the server keeps once, so that pages come from the system's cache at any size, as far as memory goes, and not from the disk. */
async function readFiles(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((file) => file.isFile() && file.parentPath.includes('/base/'))) {
    for await (const bytes of createReadStream(join(entry.parentPath, entry.name), {
      highWaterMark: 1 << 20,
    }))
      void bytes;
  }
}

/** Of all logs in turns, so that whatever else the machine does meets each of them alike. */
async function tellFilters(all) {
  for (const { folder } of all) await readFiles(folder);
  const figures = await measureFilters(all, Number(values.samples), values.only);
  for (const [index, { name }] of all.entries()) {
    console.log(`\n${name}, of a page`);
    for (const [filter, { p50, p99, cpu50, cpu99, pages, shown }] of figures[index]) {
      console.log(
        `  ${filter.padEnd(30)} p50 ${ms(p50)}  p99 ${ms(p99)}  of a processor ${ms(cpu50)} ${ms(cpu99)}` +
          `  blocks read ${pages.toFixed(0).padStart(4)}  entries a page ${shown.toFixed(1)}`,
      );
    }
  }
  const [small, large] = [figures[0], figures.at(-1)];
  if (all.length > 1) compare(small, large, `${all.at(-1).name} / ${all[0].name}`);
}

async function tellAppend({ dataSource, name }) {
  console.log(`\n${name}, appending`);
  const append = await measureAppend(dataSource, {
    seconds: Number(values['append-seconds']),
    tenants: Number(values.tenants),
    workers: Number(values.workers),
  });
  for (const [name, rate] of Object.entries(append.rates))
    console.log(`  ${name.padEnd(34)} ${rate.toFixed(0)}/s`);
  console.log(`  append / plain insert ${append.ratio.toFixed(2)} (aim 0.80)`);
}

async function isComplete({ dataSource, size }) {
  const sql = 'SELECT FROM audit_chain_head WHERE tenant_id = $1 AND sequence = $2';
  return (await dataSource.query(sql, [TENANT, size])).length > 0;
}

function compare(small, large, what) {
  console.log(`\n${what} (aim 1.20 or less)`);
  for (const [name, { p50, cpu50 }] of large) {
    const before = small.get(name);
    console.log(
      `  ${name.padEnd(30)} p50 ${(p50 / before.p50).toFixed(2)}  of a processor ${(cpu50 / before.cpu50).toFixed(2)}`,
    );
  }
}

async function settingsOf(dataSource) {
  const [settings] = await dataSource.query(
    `SELECT current_setting('shared_buffers') AS shared, current_setting('work_mem') AS work`,
  );
  return `shared_buffers ${settings.shared}, work_mem ${settings.work}, the rest as PostgreSQL comes`;
}

async function sizeOf(dataSource) {
  const [{ size }] = await dataSource.query(
    'SELECT pg_size_pretty(pg_database_size(current_database())) AS size',
  );
  return size;
}

async function timed(work) {
  const startedAt = performance.now();
  const value = await work();
  return { value, seconds: (performance.now() - startedAt) / 1000 };
}

function perSecond(count, seconds) {
  return `${Math.round(count / seconds).toLocaleString('en')}/s`;
}

function ms(value) {
  return `${value.toFixed(2).padStart(7)} ms`;
}
