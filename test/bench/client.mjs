/**
 * Pulls contract services from the simulator, which runs in a process of its own, and compares with a bare loop in the same
 * run: undici's request and JSON.parse, one page after another, nothing mapped. Every pull has a fresh process, so that its
 * memory is its own. Run it as `npm run bench:client`, which builds first; smaller: `-- --rows 20000 --latency 0 --rounds 1`.
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { getHeapStatistics } from 'node:v8';

const DIST = new URL('../../dist/src/', import.meta.url);
const PAGE_SIZE = 500;
/** Pages read ahead: what a pull that stores batches in between would take. */
const MAX_PAGES = 12;
/** A bare loop with latency is measured on so many pages; it goes on like that. */
const BARE_PAGES_WITH_LATENCY = 400;
const WARM_UP_PAGES = 60;
/** A pull that ends early gives up on requests under way, whose places then rest for a second: the vendor may still be at work. */
const REST_AFTER_WARM_UP_MS = 1_200;
const SAMPLE_MS = 50;
/**
 * Memory is compared in a process whose heap is held to these sizes, as a container would: without a limit, how far the heap
 * grows before garbage is collected is the platform's choice and says nothing about what a pull holds.
 */
const HELD_HEAP = ['--max-old-space-size=128', '--min-semi-space-size=16', '--max-semi-space-size=16'];

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000,1000000' },
    latency: { type: 'string', default: '0,50' },
    rounds: { type: 'string', default: '3' },
    worker: { type: 'string' },
  },
});

async function main() {
  const table = [];
  for (const rows of numbers(flags.rows)) {
    for (const latencyMs of numbers(flags.latency)) table.push(await measure(rows, latencyMs));
  }
  console.table(table.map(({ shown }) => shown));
  judge(table);
  await measureIdleCycle();
}

async function measure(rows, latencyMs) {
  const simulator = await startSimulator(rows, latencyMs);
  const rounds = latencyMs > 0 ? 1 : Number(flags.rounds);
  const [bare, ours] = [[], []];
  let held;
  try {
    for (let round = 0; round < rounds; round += 1) {
      const maxPages = latencyMs > 0 ? BARE_PAGES_WITH_LATENCY : Number.MAX_SAFE_INTEGER;
      const job = { discoveryUrl: simulator.discoveryUrl, maxPages };
      const pair = [
        async () => bare.push(await inProcess({ ...job, kind: 'bare' })),
        async () => ours.push(await inProcess({ ...job, kind: 'ours' })),
      ];
      for (const run of round % 2 === 0 ? pair : pair.toReversed()) await run();
    }
    // Latency makes no difference to it.
    if (latencyMs === 0)
      held = await inProcess({ discoveryUrl: simulator.discoveryUrl, kind: 'ours' }, HELD_HEAP);
  } finally {
    await simulator.stop();
  }
  return summary({ rows, latencyMs, bare, ours, held });
}

function summary({ rows, latencyMs, bare, ours, held }) {
  const minimum = Math.max(1, Math.ceil(rows / PAGE_SIZE));
  const ratio = medianOf(ours, rate) / medianOf(bare, rate);
  const rounds = Math.ceil(minimum / 3);
  const seconds = medianOf(ours, (run) => run.seconds);
  const ofPlaces = (pageSeconds) => (latencyMs === 0 ? '-' : round2(seconds / (rounds * pageSeconds)));
  const shown = {
    rows,
    'latency ms': latencyMs,
    'rows/s': Math.round(medianOf(ours, rate)),
    'bare rows/s': Math.round(medianOf(bare, rate)),
    'of bare': round2(ratio),
    seconds: round2(seconds),
    'of 3 places': ofPlaces(latencyMs / 1000),
    'of 3 bare places': ofPlaces(medianOf(bare, (run) => run.seconds / run.calls)),
    calls: medianOf(ours, (run) => run.calls),
    minimum,
    'CPU us/row': round2(medianOf(ours, cpuPerRow)),
    'bare CPU us/row': round2(medianOf(bare, cpuPerRow)),
    'peak RSS MB': Math.round(medianOf(ours, (run) => run.peakRssMb)),
    'peak heap MB': Math.round(medianOf(ours, (run) => run.peakHeapMb)),
    'held RSS MB': held === undefined ? '-' : Math.round(held.peakRssMb),
    'bare RSS MB': Math.round(medianOf(bare, (run) => run.peakRssMb)),
  };
  if (ours.some((run) => run.rows !== rows))
    throw new Error(`A pull of ${rows} rows brought ${ours.map((run) => run.rows)}`);
  return { shown, rows, latencyMs, ratio, minimum };
}

const rate = (run) => run.rows / run.seconds;
const cpuPerRow = (run) => (run.cpuMs * 1000) / run.rows;
const say = (isMet, text) => console.log(`${isMet ? 'met   ' : 'MISSED'} ${text}`);

function judge(table) {
  for (const { shown, rows, latencyMs, ratio, minimum } of table) {
    const name = `${rows} rows, ${latencyMs} ms`;
    if (latencyMs === 0) say(ratio >= 0.9, `${name}: ${round2(ratio)} of the bare loop (aim 0.9)`);
    else
      say(shown['of 3 places'] <= 1.15, `${name}: ${shown['of 3 places']} times 3 places' time (aim 1.15)`);
    const most = minimum + Math.floor(minimum * 0.02) + 2;
    say(shown.calls <= most, `${name}: ${shown.calls} calls (aim at most ${most})`);
  }
  for (const latencyMs of new Set(table.map((entry) => entry.latencyMs))) {
    const sizes = table.filter((entry) => entry.latencyMs === latencyMs).toSorted((a, b) => a.rows - b.rows);
    if (sizes.length < 2) continue;
    for (const what of ['held RSS MB']) {
      if (sizes[0].shown[what] === '-') continue;
      const grown = sizes.at(-1).shown[what] / sizes[0].shown[what];
      say(
        grown <= 1.2,
        `${what} at ${sizes.at(-1).rows} rows, ${latencyMs} ms: ${round2(grown)} times that at ${sizes[0].rows} (aim 1.2)`,
      );
    }
  }
}

/** A cycle in which nothing has changed. */
async function measureIdleCycle() {
  const simulator = await startSimulator(10_000, 0);
  try {
    const { entities, calls } = await inProcess({ discoveryUrl: simulator.discoveryUrl, kind: 'idle' });
    console.log(
      `${calls === entities ? 'met   ' : 'MISSED'} idle incremental cycle: ${calls} calls for ${entities} entities`,
    );
  } finally {
    await simulator.stop();
  }
}

async function startSimulator(rows, latencyMs) {
  const child = spawn(
    process.execPath,
    [
      fileURLToPath(new URL('autotask-simulator/standalone.js', DIST)),
      ...['--contract-services', rows, '--companies', Math.max(3, Math.ceil(rows / 40))].map(String),
      ...['--latency', latencyMs, '--threshold', 100_000_000].map(String),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return {
    discoveryUrl: JSON.parse(line).discoveryUrl,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Runs one job in a process of its own and gives back what it found. */
async function inProcess(job, execArgv = []) {
  const child = fork(fileURLToPath(import.meta.url), ['--worker', JSON.stringify(job)], {
    serialization: 'advanced',
    execArgv,
  });
  const result = await Promise.race([
    once(child, 'message').then(([message]) => message),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`A pull ended with ${code}`))),
  ]);
  if (child.exitCode === null) await once(child, 'exit');
  return result;
}

const load = (path) => import(new URL(path, DIST).href);

async function work(job) {
  const { AutotaskAdapter } = await load('autotask/autotask.adapter.js');
  const { DEFAULT_AUTOTASK_OPTIONS } = await load('autotask/autotask-options.js');
  const { ENTITY_READS } = await load('autotask/mapping/entity-reads.js');
  const { SANDBOX_API_USERS } = await load('autotask-simulator/sandbox-users.js');
  const { Secret } = await load('kernel/secret.js');
  const [user] = SANDBOX_API_USERS;
  const credentials = {
    username: user.userName,
    secret: new Secret(user.secret),
    integrationCode: new Secret(user.integrationCode),
  };
  const options = { ...DEFAULT_AUTOTASK_OPTIONS, discoveryUrl: job.discoveryUrl };
  const adapter = new AutotaskAdapter(options, { now: () => new Date() });
  const { instance, report } = await adapter.checkAccess({ credentials, currency: 'EUR' });
  if (report.outcome !== 'passed') throw new Error('The access check failed');
  const open = () => adapter.openSession({ credentials, instance, purpose: 'pull' });
  const result = await {
    ours: () => measured((pages) => pull(open(), pages), job.maxPages),
    bare: () => measured((pages) => bareLoop(instance.apiUrl, user, ENTITY_READS, pages), job.maxPages),
    idle: () => idleCycle(open(), Object.keys(ENTITY_READS), instance),
  }[job.kind]();
  await adapter.close();
  process.send(result, () => process.disconnect());
}

/** The clock starts after a short pull that lets the compiler settle. */
async function measured(read, maxPages) {
  await read(WARM_UP_PAGES);
  await setTimeout(REST_AFTER_WARM_UP_MS);
  let peakHeap = 0;
  const sampling = setInterval(() => {
    peakHeap = Math.max(peakHeap, getHeapStatistics().used_heap_size);
  }, SAMPLE_MS);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { rows, calls } = await read(maxPages);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(sampling);
  return {
    rows,
    calls,
    seconds,
    cpuMs: (user + system) / 1000,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    peakHeapMb: peakHeap / 1024 / 1024,
  };
}

/** A full pull whatever the limit, except for warming up. */
async function pull(session, maxPages) {
  let rows = 0;
  let pages = 0;
  const request = { scope: { kind: 'all' }, position: null, maxPages: MAX_PAGES };
  for await (const batch of session.readBatches('contractServices', request)) {
    rows += batch.records.length;
    pages += batch.pages;
    if (maxPages === WARM_UP_PAGES && pages >= maxPages) break;
  }
  await session.close();
  return { rows, calls: session.apiCalls };
}

async function bareLoop(apiUrl, user, { contractServices }, maxPages) {
  const { Agent, request } = await import('undici');
  const dispatcher = new Agent();
  const headers = {
    UserName: user.userName,
    Secret: user.secret,
    ApiIntegrationCode: user.integrationCode,
    'Content-Type': 'application/json',
  };
  const url = new URL('V1.0/ContractServices/query', apiUrl);
  let [rows, calls, after, isLast] = [0, 0, 0, false];
  while (!isLast && calls < maxPages) {
    const body = JSON.stringify({
      filter: [{ op: 'gt', field: 'id', value: after }],
      includeFields: contractServices.fields,
      maxRecords: PAGE_SIZE,
    });
    const response = await request(url, { dispatcher, method: 'POST', headers, body });
    const { items, pageDetails } = JSON.parse(await response.body.text());
    calls += 1;
    rows += items.length;
    after = items.at(-1)?.id ?? after;
    isLast = pageDetails.nextPageUrl === null;
  }
  await dispatcher.close();
  return { rows, calls };
}

async function idleCycle(session, entities) {
  const scope = { kind: 'changes', since: new Date(), afterExternalId: '9000000000' };
  for (const entity of entities) {
    for await (const { records } of session.readBatches(entity, {
      scope,
      position: null,
      maxPages: MAX_PAGES,
    })) {
      if (records.length > 0) throw new Error(`${entity} had ${records.length} changes`);
    }
  }
  const calls = session.apiCalls;
  await session.close();
  return { entities: entities.length, calls };
}

function numbers(list) {
  return list.split(',').map(Number);
}

function medianOf(runs, value) {
  return runs.map(value).toSorted((a, b) => a - b)[Math.floor(runs.length / 2)];
}

function round2(value) {
  return Math.round(value * 100) / 100;
}

if (flags.worker === undefined) await main();
else await work(JSON.parse(flags.worker));
