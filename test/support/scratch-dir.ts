import { rmSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  isStillRunning,
  rememberProcess,
  type RememberedProcess,
} from '../../src/host-app/process-identity.js';

const PREFIX = 'psa-test-';
const OWNER_FILE = 'owner.json';
/** Files there are in memory, where the system has it. */
const MEMORY = '/dev/shm';
/** Far more than the databases of a run need. */
const ROOM_BYTES = 4 * 2 ** 30;
// A process that is just ending may still write into the directory.
const REMOVAL = { recursive: true, force: true, maxRetries: 20, retryDelay: 50 } as const;

export interface ScratchDir {
  path: string;
  remove(): Promise<void>;
}

/** Makes a temporary directory that goes when it is removed, when this process exits without that, or with the next one made. */
export async function makeScratchDir(parent = tmpdir()): Promise<ScratchDir> {
  await removeLeftovers(parent);
  const path = await mkdtemp(join(parent, PREFIX));
  await writeFile(join(path, OWNER_FILE), JSON.stringify(await rememberProcess(process.pid)));
  const onExit = () => rmSync(path, REMOVAL);
  process.once('exit', onExit);
  return {
    path,
    remove: async () => {
      process.off('exit', onExit);
      await rm(path, REMOVAL);
    },
  };
}

/**
 * The same, in memory where there is room: every test makes and drops a database of a thousand files, which costs a disk more than all the
 * work in it.
 */
export async function makeFastScratchDir(): Promise<ScratchDir> {
  return makeScratchDir((await hasRoom(MEMORY)) ? MEMORY : tmpdir());
}

async function hasRoom(path: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize >= ROOM_BYTES;
  } catch {
    return false;
  }
}

/** Removes the directories of runs that were killed outright. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(parent, name);
    const owner = await readOwner(join(path, OWNER_FILE));
    if (owner !== null && !(await isStillRunning(owner))) await rm(path, REMOVAL);
  }
}

async function readOwner(file: string): Promise<RememberedProcess | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as RememberedProcess;
  } catch {
    // Another user's, or one that is just being made.
    return null;
  }
}
