import { rmSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/host-app/embedded-postgres.js';
import { isStillRunning, type RememberedProcess } from '../../src/host-app/process-identity.js';

const PREFIX = 'psa-test-postgres-';

export interface ThrowawayPostgres {
  /** Connection URL of the superuser's own database. */
  url: string;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL server in a temporary directory; both are gone after `stop`, and also when this process exits without it. */
export async function startThrowawayPostgres(): Promise<ThrowawayPostgres> {
  await removeLeftovers();
  const dataDir = await mkdtemp(join(tmpdir(), PREFIX));
  const removal = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 } as const;
  const server = await startEmbeddedPostgres({ dataDir, forTests: true }).catch(async (error: unknown) => {
    await rm(dataDir, removal);
    throw error;
  });
  const onExit = () => {
    try {
      process.kill(server.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
    rmSync(dataDir, removal);
  };
  process.once('exit', onExit);
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      process.off('exit', onExit);
      await rm(dataDir, removal);
    },
  };
}

/** Removes directories of runs that were killed outright. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const dir = join(tmpdir(), name);
    const holder = await readHolder(join(dir, 'lock.json'));
    if (holder !== null && !(await isStillRunning(holder))) {
      await rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    }
  }
}

async function readHolder(file: string): Promise<RememberedProcess | null> {
  try {
    return (JSON.parse(await readFile(file, 'utf8')) as { holder: RememberedProcess }).holder;
  } catch {
    // Another user's, or one that is just being made.
    return null;
  }
}
