import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { type PostgresBinaries, runPostgresProgram } from './postgres-binaries.js';
import { giveTo, type Isolation } from './postgres-isolation.js';
import { identifyProcess } from './process-identity.js';
import { StartError } from './start-error.js';

/** The database user the cluster is made with. */
export const CLUSTER_USER = 'psa';

export interface ClusterInit {
  dataDir: string;
  binaries: PostgresBinaries;
  isolation: Isolation;
  /** Version of the programs, such as `18.4`. */
  version: string;
  /** Leaves out waiting for the disk, for throw-away clusters. */
  noSync: boolean;
}

/** Path of the database cluster inside the data directory. */
export function clusterDir(dataDir: string): string {
  return join(dataDir, 'cluster');
}

/**
 * Makes the cluster when there is none and gives its password, kept beside it with mode 0600. A start killed half-way leaves
 * nothing that looks like a cluster, because it gets its name last. Raises `StartError` for a cluster of another major version.
 */
export async function ensureCluster(init: ClusterInit): Promise<{ password: string }> {
  const passwordFile = join(init.dataDir, 'password');
  const found = await readOptional(join(clusterDir(init.dataDir), 'PG_VERSION'));
  if (found === null) return { password: await createCluster(init, passwordFile) };
  const major = init.version.split('.')[0];
  if (found.trim() !== major) {
    throw new StartError(
      `The data directory ${init.dataDir} was made by PostgreSQL ${found.trim()}, and the embedded one is ${init.version}. ` +
        'Dump it with the old version and load it into a new directory, or set PSA_DATA_DIR to another one.',
    );
  }
  if (init.isolation.owner !== null) await giveTo(init.isolation.owner, init.dataDir);
  const password = await readOptional(passwordFile);
  if (password === null) {
    throw new StartError(`The password file ${passwordFile} is missing; restore it, or set PSA_DATA_DIR.`);
  }
  return { password: password.trim() };
}

async function createCluster(init: ClusterInit, passwordFile: string): Promise<string> {
  const unfinished = join(init.dataDir, 'cluster.unfinished');
  await rm(unfinished, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (init.isolation.owner !== null) await giveTo(init.isolation.owner, init.dataDir);
  const sync = init.noSync ? ['-N'] : [];
  const access = ['-U', CLUSTER_USER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  const locale = ['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const parameters = ['-D', unfinished, ...access, ...locale, ...sync];
  try {
    await runPostgresProgram(init.binaries, [...init.isolation.prefix, init.binaries.initdb, ...parameters]);
  } catch (cause) {
    throw new StartError(`The embedded PostgreSQL could not be set up: ${(cause as Error).message.trim()}`, {
      cause,
    });
  }
  await rename(unfinished, clusterDir(init.dataDir));
  return password;
}

/** What PostgreSQL's own lock file says: process, port, and whether it accepts connections yet. */
export interface PostmasterFile {
  pid: number;
  port: number;
  isReady: boolean;
}

/** Reads `postmaster.pid`, or gives null when there is none. */
export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | null> {
  const text = await readOptional(join(cluster, 'postmaster.pid'));
  if (text === null) return null;
  const lines = text.split('\n');
  return { pid: Number(lines[0]), port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' };
}

/**
 * Raises `StartError` when a live server uses the cluster; removes a lock file that outlived its server and whose process id
 * now belongs to another program, because PostgreSQL itself would refuse to start over it.
 */
export async function refuseLiveServer(cluster: string): Promise<void> {
  const found = await readPostmasterFile(cluster);
  if (found === null || (await identifyProcess(found.pid)) === null) return;
  if (await acceptsConnections(found.port)) {
    throw new StartError(
      `The data directory ${cluster} is in use by a PostgreSQL server (process ${found.pid}). Stop it, or set PSA_DATA_DIR.`,
    );
  }
  await rm(join(cluster, 'postmaster.pid'), { force: true });
}

function acceptsConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      resolve(false);
      return;
    }
    const socket = createConnection({ host: '127.0.0.1', port, timeout: 2000 });
    const settle = (accepts: boolean) => {
      socket.destroy();
      resolve(accepts);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}

async function readOptional(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
