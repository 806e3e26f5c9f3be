import { ConnectorError } from '../../kernel/connector-error.js';
import type { AccessCheckRequest, AccessCheckResult } from '../../ports/psa/psa-adapter.port.js';
import type { Secret } from '../../kernel/secret.js';
import type { ClientServices } from '../client/autotask-client.js';
import { type AccessCheckRun, type Step, type Stop, stopFor } from './access-check-run.js';
import { AccessChecklist, FUNCTIONAL_READS } from './access-checklist.js';
import { checkCurrency, readOne } from './instance-checks.js';
import { readPickLists } from './pick-lists.js';
import { rightsSteps } from './rights-check.js';
import { findZone, readHeadroom, signIn } from './sign-in.js';

export interface AccessCheckSettings {
  services: ClientServices;
  discoveryUrl: string;
  /** Tracking identifier of requests that bring none. */
  defaultIntegrationCode: Secret | undefined;
}

/** In the order of blame: user, credentials, tracking identifier, rights, currency. */
const STEPS: readonly Step[] = [
  { checkId: 'zone', take: findZone },
  { checkId: 'sign_in', take: signIn },
  { checkId: 'headroom', take: readHeadroom },
  ...rightsSteps(),
  ...FUNCTIONAL_READS.map((entity): Step => ({
    checkId: `read.${entity}`,
    take: (run) => readOne(run, entity),
  })),
  { checkId: 'currency', take: checkCurrency },
  { checkId: 'pick_lists', take: readPickLists },
];

/**
 * Checks an API user step by step and stops at the first step that refuses or cannot be asked. Nothing is sent twice:
 * a repeated failing sign-in locks the API user (Autotask REST reference, §1.4).
 * @throws the signal's reason when aborted; everything else is part of the result
 */
export async function checkAutotaskAccess(
  settings: AccessCheckSettings,
  request: AccessCheckRequest,
  signal?: AbortSignal,
): Promise<AccessCheckResult> {
  const run = newRun(settings, request, signal);
  const stop = await takeSteps(run);
  const refusal = stop !== null && 'refusal' in stop ? stop.refusal : null;
  const interruption = stop !== null && 'interruption' in stop ? stop.interruption : null;
  return {
    report: {
      outcome: stop === null ? 'passed' : 'failed',
      checkedAt: settings.services.clock.now().toISOString(),
      capabilities: run.capabilities,
      checks: run.checklist.checks(),
      excess: run.excess,
    },
    instance: run.instance,
    refusal,
    interruption,
  };
}

function newRun(
  settings: AccessCheckSettings,
  request: AccessCheckRequest,
  signal?: AbortSignal,
): AccessCheckRun {
  return {
    services: settings.services,
    discoveryUrl: settings.discoveryUrl,
    credentials: request.credentials,
    integrationCode: request.credentials.integrationCode ?? settings.defaultIntegrationCode,
    currency: request.currency,
    checklist: new AccessChecklist(),
    signal,
    rights: new Map(),
    instance: null,
    client: null,
    capabilities: { billing: false, crm: false, helpdesk: false },
    excess: [],
  };
}

async function takeSteps(run: AccessCheckRun): Promise<Stop | null> {
  for (const step of STEPS) {
    try {
      const stop = await step.take(run);
      if (stop !== null) return stop;
    } catch (error) {
      run.signal?.throwIfAborted();
      if (!(error instanceof ConnectorError)) throw error;
      return stopFor(run, step.checkId, error);
    }
  }
  return null;
}
