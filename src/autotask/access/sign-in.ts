import { PsaAccessDeniedError, PsaCredentialsRejectedError } from '../../ports/psa/psa.errors.js';
import { AutotaskClient } from '../client/autotask-client.js';
import type { SignInFailure } from '../client/failure-table.js';
import { readThreshold } from '../client/threshold.js';
import { discoverZone } from '../client/zone-discovery.js';
import { type AccessCheckRun, signedInClient, type Stop } from './access-check-run.js';

/** From this share of the hourly allowance on, the vendor delays every answer (Autotask REST reference, §5). */
const DELAYED_FROM = 0.5;
const SCARCE_FROM = 0.75;

/** Step `zone`: asks Autotask where the user belongs. */
export async function findZone(run: AccessCheckRun): Promise<Stop | null> {
  const { services, discoveryUrl, credentials } = run;
  const zone = await discoverZone({ ...services, discoveryUrl, username: credentials.username }, run.signal);
  if (zone === null) {
    run.checklist.settle('zone', {
      outcome: 'failed',
      detail: 'Autotask does not know this user name.',
      remedy:
        'Copy the user name (key) of the API user from Admin > Company Settings & Users > Resources/Users (HR).',
    });
    return { refusal: 'user_unknown' };
  }
  run.instance = {
    id: zone.databaseId,
    zoneName: zone.name,
    apiUrl: zone.apiUrl,
    webUrl: zone.webUrl,
    internalCurrency: null,
    metadata: {},
  };
  run.checklist.settle('zone', {
    outcome: 'passed',
    detail: `The user belongs to zone ${zone.name === '' ? zone.apiUrl : zone.name}.`,
  });
  return null;
}

/** Step `sign_in`: the one authenticated attempt. `Version` needs no right on any entity (Autotask REST reference, §1.4). */
export async function signIn(run: AccessCheckRun): Promise<Stop | null> {
  const { integrationCode, instance } = run;
  if (instance === null) throw new Error('The zone step has not run');
  if (integrationCode === undefined) {
    throw new PsaCredentialsRejectedError('No tracking identifier was given and the host has no default.', {
      context: { reason: 'integration_code' satisfies SignInFailure },
    });
  }
  const { username, secret } = run.credentials;
  const target = { instanceId: instance.id, apiUrl: instance.apiUrl };
  run.client = new AutotaskClient(run.services, target, { username, secret, integrationCode });
  await run.client.get('Version', run.signal);
  run.checklist.settle('sign_in', { outcome: 'passed', detail: 'Autotask accepted the sign-in.' });
  return null;
}

/** Step `headroom`: how much of the hourly allowance, shared with every other integration, is used. Never refuses. */
export async function readHeadroom(run: AccessCheckRun): Promise<Stop | null> {
  const usage = await thresholdOf(run);
  if (usage === null) {
    run.checklist.settle('headroom', {
      outcome: 'unknown',
      detail: 'Autotask does not tell how many requests are left.',
      remedy: 'Nothing has to be done; synchronisation works without it.',
    });
    return null;
  }
  const share = usage.limit > 0 ? usage.used / usage.limit : 1;
  const detail = `${usage.used} of ${usage.limit} requests of the last ${usage.windowMinutes} minutes are used.`;
  const found = `${Math.round(share * 100)} %`;
  if (share >= SCARCE_FROM) {
    const remedy =
      'Find out which integrations send so many requests; Autotask delays or refuses everybody while the allowance is short.';
    run.checklist.settle('headroom', { outcome: 'unknown', detail, remedy, found });
  } else {
    const slow = share >= DELAYED_FROM ? ' Autotask delays answers from half of the allowance on.' : '';
    run.checklist.settle('headroom', { outcome: 'passed', detail: detail + slow, found });
  }
  return null;
}

async function thresholdOf(run: AccessCheckRun) {
  try {
    return readThreshold(await signedInClient(run).get('ThresholdInformation', run.signal));
  } catch (error) {
    if (error instanceof PsaAccessDeniedError) return null;
    throw error;
  }
}
