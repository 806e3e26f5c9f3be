import { onTestFinished } from 'vitest';
import type { AutotaskOptions } from '../../src/autotask/autotask-options.js';
import { AutotaskAdapter } from '../../src/autotask/autotask.adapter.js';
import { currencyCode } from '../../src/kernel/currency.js';
import type { AccessCheck, AccessCheckOutcome } from '../../src/ports/psa/access-report.js';
import type { AccessCheckResult, PsaCredentials } from '../../src/ports/psa/psa-adapter.port.js';
import {
  type Answers,
  CLOCK_AT_NOON,
  CREDENTIALS,
  optionsFor,
  startScriptedAutotask,
} from './scripted-autotask.js';
import type { Reply, ScriptedServer } from './scripted-server.js';

export interface Situation {
  answers?: Answers;
  currency?: string;
  credentials?: PsaCredentials;
  options?: Partial<AutotaskOptions>;
  signal?: AbortSignal;
}

/** Runs an access check against an Autotask that answers like this; everything not named is granted. */
export async function checkAgainst(
  situation: Situation = {},
): Promise<AccessCheckResult & { server: ScriptedServer }> {
  const server = await startScriptedAutotask(situation.answers);
  const adapter = new AutotaskAdapter(optionsFor(server, situation.options), CLOCK_AT_NOON);
  onTestFinished(async () => {
    await adapter.close();
    await server.stop();
  });
  const result = await adapter.checkAccess(
    {
      credentials: situation.credentials ?? CREDENTIALS,
      currency: currencyCode(situation.currency ?? 'EUR'),
    },
    situation.signal,
  );
  return { ...result, server };
}

export function checkOf(result: AccessCheckResult, id: string): AccessCheck {
  const found = result.report.checks.find((check) => check.id === id);
  if (found === undefined) throw new Error(`The report has no check ${id}`);
  return found;
}

/** Ids of the checks with this outcome, in the order of the report. */
export function idsWith(result: AccessCheckResult, outcome: AccessCheckOutcome): string[] {
  return result.report.checks.filter((check) => check.outcome === outcome).map(({ id }) => id);
}

export const ERRORS_500: Reply = { status: 500, body: { errors: ['Out of cheese'] } };
