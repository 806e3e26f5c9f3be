import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inject } from 'vitest';
import { identifyProcess } from '../../src/host-app/process-identity.js';

const MAIN = fileURLToPath(new URL('../../dist/src/host-app/main.js', import.meta.url));
const START_TIMEOUT_MS = 60_000;
const UI_ADDRESS = /Admin UI +(http:\/\/\S+?)\/psa\/\s/;

export interface HostProcess {
  /** `http://127.0.0.1:PORT`, without a path. */
  url: string;
  /** The bootstrap token. */
  token: string;
  pid: number;
  dataDir: string;
  /** Everything printed so far, both streams. */
  output(): string;
  /** Asks it to end, by default as Ctrl-C does; gives the exit code and removes the data directory where it was made for this process. */
  stop(signal?: NodeJS.Signals): Promise<number>;
  /** Ends it as a crash would; resolves when it is gone. */
  kill9(): Promise<void>;
}

/** Variables by name; those of the shell that runs the tests do not reach the host, but for what a program needs to run. */
export type HostVariables = Record<string, string>;

/**
 * Starts the built host on a free port, by default with its own database and sandbox in a temporary data directory, and waits until
 * it answers. Fails with what it printed when it ends instead.
 */
export async function startHostProcess(
  variables: HostVariables = {},
  parameters: readonly string[] = [],
): Promise<HostProcess> {
  const ownDir = variables['PSA_DATA_DIR'] === undefined ? await makeDataDir() : null;
  const dataDir = variables['PSA_DATA_DIR'] ?? ownDir ?? '';
  const { child, output } = launch({ PORT: '0', PSA_DATA_DIR: dataDir, ...variables }, parameters);
  const removeOwnDir = async () => {
    if (ownDir !== null) await rm(ownDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };
  try {
    const url = await waitForAddress(child, output);
    const token =
      variables['PSA_BOOTSTRAP_TOKEN'] ?? (await readFile(join(dataDir, 'bootstrap-token'), 'utf8')).trim();
    return {
      url,
      token,
      pid: child.pid ?? 0,
      dataDir,
      output,
      stop: async (signal = 'SIGINT') => {
        const code = await endWith(child, signal);
        await removeOwnDir();
        return code;
      },
      kill9: async () => {
        await endWith(child, 'SIGKILL');
      },
    };
  } catch (error) {
    await endWith(child, 'SIGKILL');
    await removeOwnDir();
    throw error;
  }
}

/** Makes an empty data directory; it goes with the test run at the latest. */
export function makeDataDir(): Promise<string> {
  return mkdtemp(join(inject('scratchDir'), 'host-'));
}

/** Runs the built host until it ends by itself, for starts that must fail. */
export async function runHostToItsEnd(
  variables: HostVariables,
  parameters: readonly string[] = [],
): Promise<{ exitCode: number; output: string }> {
  const { child, output } = launch({ PORT: '0', ...variables }, parameters);
  const tooLong = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
  const exitCode = await exitOf(child);
  clearTimeout(tooLong);
  return { exitCode, output: output() };
}

/** Environment for a host: what any program needs, and the given variables. */
export function hostEnvironment(variables: HostVariables): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {};
  for (const name of ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LANG']) {
    if (process.env[name] !== undefined) environment[name] = process.env[name];
  }
  // As when npm starts it: the host ends with the process that started it, here a test worker that may be killed.
  return { ...environment, npm_lifecycle_event: 'start', ...variables };
}

/** Path of the built host. */
export function hostMain(): string {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run "npm run build" first.`);
  return MAIN;
}

/** The built library: the admin UI lies beside its code, which it does not beside its source. */
export async function builtLibrary(): Promise<typeof import('../../src/index.js')> {
  return (await import(new URL('../index.js', pathToFileURL(hostMain())).href)) as never;
}

/** Waits until no process of these ids runs any more; fails naming those that stay. */
export async function waitUntilGone(pids: readonly number[], withinMs = 10_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const alive: number[] = [];
    for (const pid of pids) if ((await identifyProcess(pid)) !== null) alive.push(pid);
    if (alive.length === 0) return;
    if (Date.now() > deadline) throw new Error(`Still running: ${alive.join(', ')}`);
    await wait(50);
  }
}

function launch(variables: HostVariables, parameters: readonly string[]) {
  const child = spawn(process.execPath, [hostMain(), ...parameters], {
    env: hostEnvironment(variables),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  // A test run that is interrupted must not leave hosts behind.
  const killOnExit = () => child.kill('SIGKILL');
  process.once('exit', killOnExit);
  child.once('exit', () => process.off('exit', killOnExit));
  return { child, output: () => text };
}

async function waitForAddress(child: ChildProcess, output: () => string): Promise<string> {
  const tooLong = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
  try {
    for (;;) {
      const address = UI_ADDRESS.exec(output())?.[1];
      if (address !== undefined) return address;
      if (hasEnded(child)) throw new Error(`The host did not start:\n${output()}`);
      const controller = new AbortController();
      const { signal } = controller;
      await Promise.race([
        once(child.stdout ?? child, 'data', { signal }),
        once(child, 'close', { signal }),
      ]).finally(() => controller.abort());
    }
  } finally {
    clearTimeout(tooLong);
  }
}

async function endWith(child: ChildProcess, signal: NodeJS.Signals): Promise<number> {
  if (!hasEnded(child)) child.kill(signal);
  return exitOf(child);
}

/** The exit code, or -1 when a signal ended it; resolves when all output has been read. */
async function exitOf(child: ChildProcess): Promise<number> {
  if (!hasEnded(child)) await once(child, 'close');
  return child.exitCode ?? -1;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
