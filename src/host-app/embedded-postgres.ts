import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { findPostgresBinaries, type PostgresBinaries, runPostgresProgram } from './postgres-binaries.js';
import {
  CLUSTER_USER,
  clusterDir,
  ensureCluster,
  readPostmasterFile,
  refuseLiveServer,
} from './postgres-cluster.js';
import { chooseIsolation, type Isolation, possibleIsolations } from './postgres-isolation.js';
import { isStillRunning, type RememberedProcess } from './process-identity.js';
import { type ProcessLock, takeProcessLock } from './process-lock.js';
import { StartError } from './start-error.js';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
const PORT_ATTEMPTS = 5;

/** The server answers on 127.0.0.1 only; its files and password are private to the user who started it. */
const SERVER_SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'timezone=UTC',
  'log_timezone=UTC',
];
const THROWAWAY_SETTINGS = [
  'fsync=off',
  'full_page_writes=off',
  'synchronous_commit=off',
  'max_connections=200',
];

export interface EmbeddedPostgresOptions {
  /** Directory of the cluster, its password, log and lock; made when missing. */
  dataDir: string;
  /** Trades durability for speed. */
  forTests?: boolean;
  /** How long to wait for a process that uses the directory to be done with it; default 0. */
  lockWaitMs?: number;
  /** Forces a way of running the server; by default the best one that works here is chosen. */
  isolations?: readonly Isolation[];
}

export interface EmbeddedPostgres {
  /** Connection URL with the password in it: never print it. */
  url: string;
  /** Process id of the server. */
  pid: number;
  /** Settles when the server has ended, whoever ended it. */
  exited: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL server of our own on a free port of 127.0.0.1, with its data under `dataDir`. Raises `StartError` when the
 * directory is in use, belongs to someone else, or was made by another major version, and when no server can run here.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const dataOwner = await prepareDirectory(dataDir);
  const lock = await lockDirectory(dataDir, options.lockWaitMs ?? 0);
  try {
    if (lock.orphan !== null) await endOrphan(lock.orphan);
    await refuseLiveServer(clusterDir(dataDir));
    const binaries = await findPostgresBinaries(join(dataDir, 'library-links'));
    const { platform } = process;
    const candidates =
      options.isolations ?? possibleIsolations({ platform, uid: process.getuid?.(), dataOwner });
    const { isolation, version } = await chooseIsolation(binaries, candidates);
    const noSync = options.forTests === true;
    const { password } = await ensureCluster({ dataDir, binaries, isolation, version, noSync });
    const { child, port } = await launch(dataDir, binaries, isolation, noSync, lock);
    const exited = once(child, 'exit').then(() => lock.release());
    const url = `postgres://${CLUSTER_USER}:${password}@127.0.0.1:${port}/postgres`;
    return { url, pid: child.pid ?? 0, exited, stop: () => stopServer(child, exited, binaries, dataDir) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function prepareDirectory(dataDir: string): Promise<number> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    return (await stat(dataDir)).uid;
  } catch (cause) {
    throw unusable(dataDir, cause);
  }
}

async function lockDirectory(dataDir: string, waitMs: number): Promise<ProcessLock> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const lock = await takeProcessLock(join(dataDir, 'lock.json')).catch((cause: unknown) => {
      throw unusable(dataDir, cause);
    });
    if (!('heldBy' in lock)) return lock;
    if (Date.now() >= deadline) {
      throw new StartError(
        `The data directory ${dataDir} is in use by process ${lock.heldBy}, another host started on it. ` +
          'Stop that one first, or set PSA_DATA_DIR to another directory.',
      );
    }
    await wait(100);
  }
}

function unusable(dataDir: string, cause: unknown): StartError {
  return new StartError(
    `The data directory ${dataDir} cannot be used (${(cause as Error).message}). ` +
      'Give it to the user who starts the host, or set PSA_DATA_DIR to another directory.',
    { cause },
  );
}

/** Ends the server of a host that was killed, where the system did not do so. */
async function endOrphan(orphan: RememberedProcess): Promise<void> {
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    signalIfRunning(orphan.pid, signal);
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (!(await isStillRunning(orphan))) return;
      await wait(25);
    }
  }
}

async function launch(
  dataDir: string,
  binaries: PostgresBinaries,
  isolation: Isolation,
  forTests: boolean,
  lock: ProcessLock,
): Promise<{ child: ChildProcess; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort();
    const settings = forTests ? [...SERVER_SETTINGS, ...THROWAWAY_SETTINGS] : SERVER_SETTINGS;
    const parameters = ['-D', clusterDir(dataDir), '-p', String(port)].concat(
      settings.flatMap((setting) => ['-c', setting]),
    );
    const child = await spawnServer(dataDir, binaries, isolation, parameters);
    await lock.recordChild(child.pid ?? 0);
    if (await becomesReady(child, clusterDir(dataDir))) return { child, port };
    const log = await readLogTail(dataDir);
    // Another program may take the port between our looking for it and the server's listening on it.
    if (attempt < PORT_ATTEMPTS && log.includes('could not bind')) continue;
    throw new StartError(`The embedded PostgreSQL did not start. Its log says:\n${log}`);
  }
}

async function spawnServer(
  dataDir: string,
  binaries: PostgresBinaries,
  isolation: Isolation,
  parameters: readonly string[],
): Promise<ChildProcess> {
  const logFile = join(dataDir, 'postgres.log');
  await rm(logFile, { force: true });
  const log = openSync(logFile, 'w', 0o600);
  try {
    const [program, ...rest] = [...isolation.prefix, binaries.postgres, ...parameters];
    // In a session of its own, so that Ctrl-C in the terminal reaches us first and we close our connections before it stops.
    const child = spawn(program ?? '', rest, {
      detached: process.platform !== 'win32',
      stdio: ['ignore', log, log],
      env: binaries.environment,
      cwd: dataDir,
    });
    await once(child, 'spawn');
    return child;
  } finally {
    closeSync(log);
  }
}

async function becomesReady(child: ChildProcess, cluster: string): Promise<boolean> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (child.exitCode === null && child.signalCode === null) {
    const file = await readPostmasterFile(cluster);
    if (file?.pid === child.pid && file?.isReady === true) return true;
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      return false;
    }
    await wait(20);
  }
  return false;
}

async function stopServer(
  child: ChildProcess,
  exited: Promise<void>,
  binaries: PostgresBinaries,
  dataDir: string,
): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    if (process.platform === 'win32') {
      // Windows has no signals; pg_ctl asks the server through a pipe of its own.
      await runPostgresProgram(binaries, [binaries.pgCtl, 'stop', '-m', 'fast', '-D', clusterDir(dataDir)]);
    } else {
      child.kill('SIGINT');
    }
    const tooLong = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(tooLong);
  }
  await exited;
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function readLogTail(dataDir: string): Promise<string> {
  const text = await readFile(join(dataDir, 'postgres.log'), 'utf8');
  return text.trimEnd().split('\n').slice(-10).join('\n');
}

function signalIfRunning(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
