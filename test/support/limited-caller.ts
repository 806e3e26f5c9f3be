import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { AutotaskOptions } from '../../src/autotask/autotask-options.js';
import type { PsaInstance, SessionPurpose } from '../../src/ports/psa/psa-adapter.port.js';
import type { PsaEntity } from '../../src/ports/psa/psa-records.js';
import { hostEnvironment } from './host-process.js';

const SCRIPT = fileURLToPath(new URL('./limited-caller.mjs', import.meta.url));

export interface CallerSettings {
  databaseUrl: string;
  discoveryUrl: string;
  username: string;
  secret: string;
  integrationCode: string;
  instance: PsaInstance;
  autotask?: Partial<Omit<AutotaskOptions, 'limits'>> & { limits?: Partial<AutotaskOptions['limits']> };
}

export interface CallerWork {
  entity: PsaEntity;
  calls: number;
  /** Calls at once; more than the slots, so that some wait. */
  parallel: number;
  purpose: SessionPurpose;
}

export interface CallerResult {
  calls: number;
  failures: { code: string; retryAfterSeconds?: number }[];
  ms: number;
}

/** A replica in a process of its own, under the limits shared through Postgres. */
export interface LimitedCaller {
  run(work: CallerWork): Promise<CallerResult>;
  kill9(): Promise<void>;
  /** As at an orderly end of the process. */
  stop(): Promise<void>;
}

/** Starts one on the build output and waits until it is ready. */
export async function startLimitedCaller(settings: CallerSettings): Promise<LimitedCaller> {
  const child = fork(SCRIPT, [JSON.stringify(settings)], {
    env: hostEnvironment({}),
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const killOnExit = () => child.kill('SIGKILL');
  process.once('exit', killOnExit);
  child.once('exit', () => process.off('exit', killOnExit));
  await nextMessage(child);
  return {
    run: async (work) => {
      child.send(work);
      return (await nextMessage(child)) as CallerResult;
    },
    kill9: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const message = new Promise<unknown>((resolve) => {
    child.once('message', resolve);
  });
  const end = once(child, 'exit').then(([code]) => {
    throw new Error(`The calling process ended with ${String(code)}`);
  });
  return Promise.race([message, end]);
}
