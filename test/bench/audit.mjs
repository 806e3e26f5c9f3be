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
    samples: { type: 'string', default: '200' },
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
const results = [];

for (const size of sizes) results.push(await measure(size));
if (results.length > 1 && steps.has('filters')) compare(results[0], results.at(-1));

async function measure(size) {
  console.log(`\n${size.toLocaleString('en')} entries`);
  const isKept = values.data !== undefined;
  const folder = isKept ? join(values.data, String(size)) : mkdtempSync(join(tmpdir(), 'psa-bench-audit-'));
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
  const stop = () => server.stop().finally(() => isKept || rmSync(folder, { recursive: true, force: true }));
  process.once('SIGINT', () => void stop().then(() => process.exit(130)));
  try {
    const dataSource = await openDatabase(server.url);
    try {
      return await measureIn(dataSource, server.url, size, folder);
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await stop();
  }
}

async function measureIn(dataSource, url, size, folder) {
  if (!(await isLoaded(dataSource, size)) && !(await load(dataSource, url, size)))
    return { size, filters: {} };
  console.log(`  ${await sizeOf(dataSource)}; ${await settingsOf(dataSource)}`);
  if (steps.has('verify')) await measureVerifying(dataSource, size);
  if (steps.has('filters')) await readFiles(folder);
  const filters = steps.has('filters') ? await tellFilters(dataSource, size) : {};
  if (steps.has('append')) await tellAppend(dataSource);
  return { size, filters };
}

function tell(what) {
  console.log(`  ${what}`);
}

async function load(dataSource, url, size) {
  if (!steps.has('load')) throw new Error('Nothing is loaded there: --steps load');
  const { value: isComplete, seconds } = await timed(() => loadChain(url, size, { until: loadsUntil, tell }));
  console.log(
    isComplete ? `  loaded after ${seconds.toFixed(0)} s` : '  not all is loaded: the same command goes on',
  );
  return isComplete;
}

async function measureVerifying(dataSource, size) {
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

async function tellFilters(dataSource, size) {
  const filters = await measureFilters(dataSource, size, Number(values.samples), values.only);
  for (const [name, { p50, p99, cpu50, cpu99, pages, shown }] of Object.entries(filters)) {
    console.log(
      `  ${name.padEnd(30)} p50 ${ms(p50)}  p99 ${ms(p99)}  of a processor ${ms(cpu50)} ${ms(cpu99)}` +
        `  blocks read ${pages.toFixed(0).padStart(4)}  entries a page ${shown.toFixed(1)}`,
    );
  }
  return filters;
}

async function tellAppend(dataSource) {
  const append = await measureAppend(dataSource, {
    seconds: Number(values['append-seconds']),
    tenants: Number(values.tenants),
    workers: Number(values.workers),
  });
  for (const [name, rate] of Object.entries(append.rates))
    console.log(`  ${name.padEnd(34)} ${rate.toFixed(0)}/s`);
  console.log(`  append / plain insert ${append.ratio.toFixed(2)} (aim 0.80)`);
}

async function isLoaded(dataSource, size) {
  const sql = 'SELECT FROM audit_chain_head WHERE tenant_id = $1 AND sequence = $2';
  return (await dataSource.query(sql, [TENANT, size])).length > 0;
}

function compare(small, large) {
  console.log(`\n${large.size.toLocaleString('en')} / ${small.size.toLocaleString('en')} (aim 1.20 or less)`);
  for (const [name, { p50, cpu50 }] of Object.entries(large.filters)) {
    const before = small.filters[name];
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
