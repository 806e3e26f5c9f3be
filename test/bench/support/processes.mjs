/** What benches start beside themselves: a PostgreSQL of their own, the simulator, and workers whose cost is their own process's. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../../../dist/src/host-app/embedded-postgres.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export async function startPostgres({ isDurable = true } = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'psa-bench-'));
  const server = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres'), forTests: !isDurable });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Answers what the simulator printed when it was ready. */
export async function startSimulator(options) {
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(process.execPath, [join(root, 'dist/src/autotask-simulator/standalone.js'), ...args], {
    // With a channel it ends when this process does, however that happens.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ready = JSON.parse(await firstLine(child));
  return { ...ready, stop: () => end(child) };
}

/**
 * Options of a worker whose memory is compared: V8 leaves garbage where there is room for it, so the heap is held, as a container would.
 * What is retained would burst it.
 */
export const HELD_HEAP = ['--max-old-space-size=160', '--max-semi-space-size=16'];

/** Runs a worker to its end and gives the JSON it printed last. */
export async function runWorker(file, task, { timeoutMs = 540_000, execArgv = [] } = {}) {
  const child = spawn(process.execPath, [...execArgv, file, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  if (code !== 0) throw new Error(`The worker for ${task.pipeline} ended with ${code}`);
  return JSON.parse(output.trim().split('\n').at(-1));
}

/** Runs work in a worker and prints what it cost this process. */
export async function measured(work) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { ...result, ms, cpuMs: (user + system) / 1000, peakMb: process.resourceUsage().maxRSS / 1024 };
}

export const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

export function printTable(rows) {
  const heads = Object.keys(rows[0] ?? {});
  const widths = heads.map((head) => Math.max(head.length, ...rows.map((row) => String(row[head]).length)));
  const line = (cells) =>
    cells
      .map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i]) : String(cell).padStart(widths[i])))
      .join('  ');
  console.log(line(heads));
  for (const row of rows) console.log(line(heads.map((head) => row[head])));
}

function firstLine(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    child.once('close', (code) => reject(new Error(`A process ended with ${code} before it was ready`)));
  });
}

/** Waits for the exit alone: a child with a channel may never report its streams as closed. */
async function end(child) {
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  // The channel would keep it alive.
  child.disconnect();
  await exited;
}
