import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { isStillRunning, rememberProcess, type RememberedProcess } from './process-identity.js';

interface LockContent {
  holder: RememberedProcess;
  child?: RememberedProcess;
}

/** A file that says which process uses a directory; it counts for nothing once that process is gone, however it ended. */
export interface ProcessLock {
  /** The child of an earlier holder that was killed, when that child still runs. */
  orphan: RememberedProcess | null;
  /** Records the process this one starts, so that the next holder can end it should we be killed. */
  recordChild(pid: number): Promise<void>;
  release(): Promise<void>;
}

/** Takes the lock, or gives the id of the live process that holds it. */
export async function takeProcessLock(file: string): Promise<ProcessLock | { heldBy: number }> {
  const holder = await rememberProcess(process.pid);
  let orphan: RememberedProcess | null = null;
  for (;;) {
    if (await createExclusively(file, { holder })) break;
    const found = await readLock(file);
    if (found !== null && (await isStillRunning(found.holder))) return { heldBy: found.holder.pid };
    if (!(await discardStale(file, found))) continue;
    if (found?.child !== undefined && (await isStillRunning(found.child))) orphan = found.child;
  }
  return {
    orphan,
    recordChild: async (pid) => {
      const content: LockContent = { holder, child: await rememberProcess(pid) };
      const written = `${file}.${randomUUID()}`;
      await writeFile(written, JSON.stringify(content), { mode: 0o600 });
      await rename(written, file);
    },
    release: () => rm(file, { force: true }),
  };
}

async function createExclusively(file: string, content: LockContent): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(content), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** What the file says, or null when it is gone or stays unreadable (its writer was killed while writing). */
async function readLock(file: string): Promise<LockContent | null> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    try {
      return JSON.parse(await readFile(file, 'utf8')) as LockContent;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      await wait(20);
    }
  }
  return null;
}

/** Moves the stale file away; gives false when another starter replaced it in between, whose file is put back. */
async function discardStale(file: string, stale: LockContent | null): Promise<boolean> {
  const moved = `${file}.${randomUUID()}`;
  try {
    await rename(file, moved);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
  const content = await readLock(moved);
  if (JSON.stringify(content) === JSON.stringify(stale)) {
    await rm(moved, { force: true });
    return true;
  }
  await rename(moved, file);
  return false;
}
