/**
 * Pushes 10,000 changes over 100 connections, each to an Autotask database of its own in the simulator, from the recorded change to the
 * verified outcome: planned, saved in the outbox (on a durable PostgreSQL), sent, read back, audited. Compared in the same run with a bare
 * keep-alive loop (undici) that sends the same adjustments with as many requests under way and keeps nothing. Run it as `npm run bench:push`,
 * which builds first; smaller: `-- --connections 10 --changes 1000 --latency 0`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { printTable, startPostgres } from './support/processes.mjs';

const { values: flags } = parseArgs({
  options: {
    connections: { type: 'string', default: '100' },
    changes: { type: 'string', default: '10000' },
    latency: { type: 'string', default: '0,50' },
    profile: { type: 'string' },
  },
});
const connections = Number(flags.connections);
const lines = Math.round(Number(flags.changes) / connections);
const VENDOR = fileURLToPath(new URL('support/push-vendor.mjs', import.meta.url));
const WORKER = fileURLToPath(new URL('support/push-worker.mjs', import.meta.url));
/** Days from today, so that no two loops want the same day of a line. */
const DAYS = { before: 3, ours: 4, after: 5 };

let isMissed = false;
const say = (isMet, text) => {
  if (!isMet) isMissed = true;
  console.log(`${isMet ? 'met   ' : 'MISSED'} ${text}`);
};

for (const latencyMs of flags.latency.split(',').map(Number)) await measure(latencyMs);
process.exitCode = isMissed ? 1 : 0;

async function measure(latencyMs) {
  const vendor = await start(VENDOR, [JSON.stringify({ databases: connections, lines, latencyMs })]);
  const postgres = await startPostgres();
  try {
    const target = { vendor: vendor.ready, databaseUrl: postgres.url };
    const before = latencyMs === 0 ? await run('bare', DAYS.before, target, vendor) : null;
    const ours = await run('ours', DAYS.ours, target, vendor);
    const after = latencyMs === 0 ? await run('bare', DAYS.after, target, vendor) : null;
    judge(latencyMs, ours, before === null ? null : [before, after]);
  } finally {
    await postgres.stop();
    await vendor.stop();
  }
}

async function run(kind, day, target, vendor) {
  const execArgv = kind === 'ours' && flags.profile ? ['--cpu-prof', `--cpu-prof-dir=${flags.profile}`] : [];
  const worker = await start(WORKER, [], execArgv, { task: { kind, ...target } });
  await vendor.ask({ ask: 'clear' });
  const vendorCpu = await vendor.ask({ ask: 'cpu' });
  const result = await worker.ask({ day });
  const { user, system } = await vendor.ask({ ask: 'cpu' });
  const vendorMs = (user + system - vendorCpu.user - vendorCpu.system) / 1000;
  const databases = await vendor.ask({ ask: 'summary' });
  await worker.stop();
  return { ...result, vendorMs, databases };
}

function judge(latencyMs, ours, bare) {
  const written = sum(ours, 'writes');
  const calls = sum(ours, 'calls');
  const rows = [rowOf('connector', ours), ...(bare ?? []).map((loop) => rowOf('bare loop', loop))];
  console.log(`\n${written} changes over ${connections} connections, ${latencyMs} ms latency`);
  printTable(rows);
  const applied = ours.operations.find(({ state }) => state === 'applied');
  const isWhole =
    applied?.count === connections * lines && ours.operations.length === 1 && applied.attempts === 1;
  say(
    isWhole && written === connections * lines,
    `each change applied once: ${JSON.stringify(ours.operations)}`,
  );
  say(
    sum(ours, 'refused') === 0,
    `${sum(ours, 'refused')} requests refused (most at once in a database: ${most(ours)})`,
  );
  say(
    calls / written <= 2.1,
    `${(calls / written).toFixed(2)} calls per change, verification included (aim at most 2.1)`,
  );
  if (bare === null) {
    const rates = ours.databases
      .map(({ writes, firstAt, lastAt }) => (writes * 1000) / (lastAt - firstAt + latencyMs))
      .toSorted((left, right) => left - right);
    const aim = 0.9 * (3000 / latencyMs);
    const middle = rates[Math.floor(rates.length / 2)];
    say(
      middle >= aim,
      `${middle.toFixed(1)} writes/s of a connection while it sends, slowest ${rates[0].toFixed(1)} (aim 0.9 x 3/latency = ${aim.toFixed(1)})`,
    );
    return;
  }
  const bareRate = bare.reduce((total, loop) => total + rateOf(loop), 0) / bare.length;
  const ratio = rateOf(ours) / bareRate;
  say(ratio >= 0.6, `${ratio.toFixed(2)} of the bare loop (aim 0.6)`);
}

function rowOf(name, run) {
  return {
    '': name,
    seconds: run.seconds.toFixed(2),
    'changes/s': Math.round(rateOf(run)),
    calls: sum(run, 'calls'),
    'CPU ms/change': (run.cpuMs / (connections * lines)).toFixed(3),
    'vendor CPU ms/change': (run.vendorMs / (connections * lines)).toFixed(3),
  };
}

function rateOf({ seconds }) {
  return (connections * lines) / seconds;
}

function sum({ databases }, member) {
  return databases.reduce((total, database) => total + database[member], 0);
}

function most({ databases }) {
  return Math.max(...databases.map(({ highest }) => highest));
}

/** A process that answers one message with one message. */
async function start(file, args, execArgv = [], first) {
  const child = fork(file, args, { stdio: 'inherit', execArgv });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`A process ended with ${code}`);
  });
  ended.catch(() => {});
  const next = async () => {
    const [{ answer }] = await Promise.race([once(child, 'message'), ended]);
    return answer;
  };
  const ask = (message) => {
    const answer = next();
    child.send(message);
    return answer;
  };
  const ready = await (first === undefined ? next() : ask(first));
  return {
    ready,
    ask,
    stop: async () => {
      const exited = ended.catch(() => {});
      if (first === undefined) child.disconnect();
      else child.send({ end: true });
      await exited;
    },
  };
}
