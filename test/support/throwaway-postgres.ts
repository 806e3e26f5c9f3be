import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/host-app/embedded-postgres.js';
import { makeFastScratchDir } from './scratch-dir.js';

export interface ThrowawayPostgres {
  /** Connection URL of the superuser's own database. */
  url: string;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL server with its data in a temporary directory, in memory where there is room; both are gone after `stop`, and also when this process exits without it. */
export async function startThrowawayPostgres(): Promise<ThrowawayPostgres> {
  const scratch = await makeFastScratchDir();
  try {
    const server = await startEmbeddedPostgres({ dataDir: join(scratch.path, 'postgres'), forTests: true });
    const onExit = () => killIfRunning(server.pid);
    // Before the scratch directory's own listener, which could not remove what the server still writes.
    process.prependOnceListener('exit', onExit);
    return {
      url: server.url,
      stop: async () => {
        await server.stop();
        process.off('exit', onExit);
        await scratch.remove();
      },
    };
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}

function killIfRunning(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
