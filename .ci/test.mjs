// Runs every check and every test, one after the other, goes on after failures, and sums them up in the last line.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './stamps.mjs';

/** Each counts as one. The first takes one core for as long as the others, one after the other, take. */
const FORMAT = 'npm run --silent format:check';
const CHECKS = [
  'npm run --silent lint',
  'npm run --silent typecheck',
  'npm run --silent check:licences',
  'npm run --silent build:package',
];
/** Says NOT CHECKED, and does not fail, where the registry gives no advisories; then it counts as neither. */
const VULNERABILITIES = 'npm run --silent check:vulnerabilities';
/**
 * Five worlds of 40 subscriptions each: 25 rounds of kills, lost answers and restarts of the database. Mostly it waits for leases to
 * end, so it runs beside the suites that need no database; what it prints is shown when both have ended.
 */
const CHAOS = 'npm run --silent test:chaos -- --seed 1 --runs 25 --worlds 5 --subscriptions 40';
/**
 * Each is one run of vitest; projects that share a database server are together. Those wait for leases, timers and processes a good part of
 * their time, so four workers find room on two cores. Browsers get the machine to themselves.
 */
const SUITES = [
  { projects: ['unit', 'architecture', 'contract'], workers: 2 },
  { projects: ['package'], workers: 2, isLastBesideChaos: true },
  { projects: ['integration', 'e2e'], workers: 4 },
  { projects: ['browser'], workers: 2 },
];

const scratch = mkdtempSync(join(tmpdir(), 'psa-test-counts-'));
const failures = [];
const unchecked = [];
let passed = 0;
let failed = 0;
const running = new Set();
let interrupted = null;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted = signal;
    // Ctrl-C reaches the child from the terminal too, and a second one would stop vitest before it has cleaned up.
    if (signal !== 'SIGINT') for (const child of running) child.kill(signal);
  });
}

const format = runQuietly(FORMAT);
for (const line of CHECKS) {
  if (interrupted) break;
  count(line, (await run(line, {})) === 0);
}
await tellOf(FORMAT, format);
if (!interrupted) {
  console.log(`\n> ${VULNERABILITIES}`);
  const { status, output } = await runQuietly(VULNERABILITIES);
  process.stdout.write(output);
  const unknown = output.split('\n').filter((line) => line.includes('NOT CHECKED'));
  if (status === 0 && unknown.length > 0) unchecked.push(...unknown);
  else count(VULNERABILITIES, status === 0);
}
const chaos = interrupted ? null : runQuietly(CHAOS);
for (const [index, { projects, workers, isLastBesideChaos = false }] of SUITES.entries()) {
  if (interrupted) break;
  const names = projects.map((name) => `--project ${name}`).join(' ');
  const line = `vitest run -c test/vitest.config.ts --maxWorkers ${workers} ${names}`;
  const countsFile = join(scratch, String(index));
  writeFileSync(countsFile, '');
  const status = await run(line, { PSA_TEST_COUNTS: countsFile });
  const summary = JSON.parse(
    readFileSync(countsFile, 'utf8') || '{ "passed": 0, "failed": 0, "failures": [] }',
  );
  // A run that ends badly without counting a failure (it crashed, or found no file) is a failure all the same.
  const suiteFailed = status === 0 ? summary.failed : Math.max(summary.failed, 1);
  passed += summary.passed;
  failed += suiteFailed;
  if (suiteFailed > 0) failures.push(line, ...summary.failures.map((failure) => `  ${failure}`));
  if (isLastBesideChaos && chaos !== null) await tellOf(CHAOS, chaos);
}

rmSync(scratch, { recursive: true, force: true });
if (interrupted) failures.push(`interrupted by ${interrupted}`);
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
if (unchecked.length > 0) console.log(`\n${unchecked.join('\n')}`);
console.log(`${passed} passed, ${interrupted ? failed + 1 : failed} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;

/** Shows and counts what ran beside something else. */
async function tellOf(line, result) {
  const { status, output } = await result;
  console.log(`\n> ${line}\n${output}`);
  count(line, status === 0);
}

function count(line, ok) {
  passed += ok ? 1 : 0;
  failed += ok ? 0 : 1;
  if (!ok) failures.push(line);
}

function run(line, environment) {
  console.log(`\n> ${line}`);
  return ended(start(line, environment, 'inherit'));
}

/** @returns its status and what it printed, once it has ended */
async function runQuietly(line) {
  const child = start(line, {}, ['ignore', 'pipe', 'pipe']);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return { status: await ended(child), output };
}

function start(line, environment, stdio) {
  // The shell is replaced by the command (exec), so that a signal reaches the command itself.
  const command = process.platform === 'win32' ? line : `exec ${line}`;
  const child = spawn(command, { cwd: root, shell: true, stdio, env: { ...process.env, ...environment } });
  running.add(child);
  return child;
}

function ended(child) {
  return new Promise((resolve) => {
    const end = (result) => {
      running.delete(child);
      resolve(result);
    };
    child.once('close', (status, signal) => end(status ?? signal));
    child.once('error', (error) => end(error.message));
  });
}
