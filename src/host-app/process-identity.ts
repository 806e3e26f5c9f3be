import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A process as remembered on disk: process ids are reused, so a number alone does not name one. */
export interface RememberedProcess {
  pid: number;
  identity: string;
}

/**
 * Text that tells this process from every other that has or had the same id, or null when no such process runs.
 * Where the platform does not tell when a process started, the text only says that one is running.
 */
export async function identifyProcess(pid: number): Promise<string | null> {
  if (process.platform === 'linux') return identifyByProc(pid);
  if (!isSignalable(pid)) return null;
  if (process.platform === 'win32') return 'running';
  try {
    const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() === '' ? null : stdout.trim();
  } catch {
    return null;
  }
}

/** Whether the remembered process still runs. */
export async function isStillRunning(remembered: RememberedProcess): Promise<boolean> {
  return (await identifyProcess(remembered.pid)) === remembered.identity;
}

/** Remembers a process that is running now. */
export async function rememberProcess(pid: number): Promise<RememberedProcess> {
  return { pid, identity: (await identifyProcess(pid)) ?? 'ended' };
}

async function identifyByProc(pid: number): Promise<string | null> {
  try {
    const [stat, bootId] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The name in parentheses may contain anything, so the fields are counted from the last parenthesis:
    // the first is the state, the twentieth the start time in ticks since boot.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return `${bootId.trim()}/${fields[19]}`;
  } catch {
    return null;
  }
}

function isSignalable(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
