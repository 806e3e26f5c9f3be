import { setTimeout as wait } from 'node:timers/promises';
import { findParent, isRunning } from './process-identity.js';
import type { Shutdown } from './shutdown.js';

const CHECK_EVERY_MS = 500;
const SHELL = /^-?(ba|da|k|z|a|c|tc)?sh$|^busybox$/;

/**
 * Ends the host when the npm that started it is gone. npm passes signals on, but when it is killed outright nobody tells us, and we
 * would keep the port and the data directory while whoever started npm believes that everything has ended.
 */
export async function endWithNpm(shutdown: Shutdown): Promise<void> {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const starters = await findStarters();
  while (!shutdown.isRequested) {
    for (const pid of starters) {
      if (!(await isRunning(pid))) shutdown.start('npm, which started this host, is gone', 1);
    }
    await wait(CHECK_EVERY_MS, undefined, { ref: false });
  }
}

/** npm runs a script through a shell, which usually stays between npm and us and outlives npm. */
async function findStarters(): Promise<number[]> {
  const parent = await findParent(process.pid);
  if (parent === null) return [];
  if (!SHELL.test(parent.name)) return [parent.pid];
  const grandparent = await findParent(parent.pid);
  return grandparent === null ? [parent.pid] : [parent.pid, grandparent.pid];
}
