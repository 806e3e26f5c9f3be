import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
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

/** The process that started this one and its name, or null when that cannot be told. */
export async function findParent(pid: number): Promise<{ pid: number; name: string } | null> {
  try {
    if (process.platform === 'linux') {
      const parent = Number((await readProcStat(pid)).fields[1]);
      return { pid: parent, name: (await readProcStat(parent)).name };
    }
    if (process.platform === 'win32') return null;
    const { stdout } = await run('ps', ['-o', 'ppid=', '-p', String(pid)]);
    const { stdout: name } = await run('ps', ['-o', 'comm=', '-p', stdout.trim()]);
    return { pid: Number(stdout), name: basename(name.trim()) };
  } catch {
    return null;
  }
}

/** Whether a process with this id runs; cheap enough to ask all the time. */
export async function isRunning(pid: number): Promise<boolean> {
  return process.platform === 'linux' ? (await identifyByProc(pid)) !== null : isSignalable(pid);
}

async function identifyByProc(pid: number): Promise<string | null> {
  try {
    const { fields } = await readProcStat(pid);
    const bootId = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const [state] = fields;
    return state === 'Z' || state === 'X' ? null : `${bootId.trim()}/${fields[START_TIME]}`;
  } catch {
    return null;
  }
}

/** Position of the start time, in ticks since boot, among the fields behind the name; the state comes first, then the parent. */
const START_TIME = 19;

async function readProcStat(pid: number): Promise<{ name: string; fields: string[] }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may contain anything, so the fields are counted from the last parenthesis.
  const end = stat.lastIndexOf(')');
  return { name: stat.slice(stat.indexOf('(') + 1, end), fields: stat.slice(end + 2).split(' ') };
}

function isSignalable(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
