import type { ConnectorError } from '../../kernel/connector-error.js';
import type { CurrencyCode } from '../../kernel/currency.js';
import type { AccessRefusal, ExcessRight } from '../../ports/psa/access-report.js';
import type { CapabilitySet } from '../../ports/psa/capabilities.js';
import {
  PsaAccessDeniedError,
  PsaCredentialsRejectedError,
  PsaHostNotAllowedError,
  PsaRequestRejectedError,
} from '../../ports/psa/psa.errors.js';
import type { PsaCredentials, PsaInstance } from '../../ports/psa/psa-adapter.port.js';
import type { AutotaskClient, ClientServices } from '../client/autotask-client.js';
import type { SignInFailure } from '../client/failure-table.js';
import { AccessChecklist } from './access-checklist.js';
import { SECURITY_LEVEL_SCREEN } from './access-requirements.js';
import type { EntityRights } from './entity-rights.js';

/** Why a run ends before its last step. */
export type Stop = { refusal: AccessRefusal } | { interruption: ConnectorError };

/** One access check under way; steps fill it in. */
export interface AccessCheckRun {
  readonly services: ClientServices;
  readonly discoveryUrl: string;
  readonly credentials: PsaCredentials;
  /** The host's default where the credentials bring none; undefined when there is neither. */
  readonly integrationCode: PsaCredentials['integrationCode'];
  readonly currency: CurrencyCode;
  readonly checklist: AccessChecklist;
  readonly signal: AbortSignal | undefined;
  /** Of the entities probed so far. */
  readonly rights: Map<string, EntityRights>;
  instance: PsaInstance | null;
  client: AutotaskClient | null;
  capabilities: CapabilitySet;
  excess: ExcessRight[];
}

export interface Step {
  /** The check that is blamed when the step throws. */
  checkId: string;
  /** Why the run has to end, or null to go on. */
  take(run: AccessCheckRun): Promise<Stop | null>;
}

/** The client of a run that has signed in. */
export function signedInClient(run: AccessCheckRun): AutotaskClient {
  if (run.client === null) throw new Error('The sign-in step has not run');
  return run.client;
}

const SIGN_IN_DETAILS: Readonly<Record<SignInFailure, string>> = {
  unspecified:
    'Autotask knows the user name but refuses the sign-in without saying why: the secret is wrong, the tracking identifier ' +
    'is wrong, the API user is locked or inactive, or it is not an API-only user.',
  user_locked: 'The secret may be right, but Autotask says that the API user is locked.',
  integration_code: 'Autotask does not accept the tracking identifier.',
};
const USERS_SCREEN = 'Admin > Company Settings & Users > Resources/Users (HR) > the API user';
const SIGN_IN_REMEDIES: Readonly<Record<SignInFailure, string>> = {
  unspecified: `In Autotask open ${USERS_SCREEN}: see that it is active, not locked and API-only, and generate a new secret. Do not try the same values again: repeated failures lock the user.`,
  user_locked: `In Autotask open ${USERS_SCREEN} and unlock it.`,
  integration_code: `In Autotask open ${USERS_SCREEN} > Security and copy the tracking identifier from there.`,
};

/**
 * Settles the check that met an error and says how the run ends: rejected credentials and missing rights are refusals,
 * whatever else keeps us from asking is an interruption that decides nothing.
 */
export function stopFor(run: AccessCheckRun, checkId: string, error: ConnectorError): Stop {
  if (error instanceof PsaCredentialsRejectedError) {
    const reason = (error.context['reason'] ?? 'unspecified') as SignInFailure;
    // An error raised before anything was sent, or by a lock, says more than the usual sentence.
    const detail = error.context['status'] === undefined ? error.detail : SIGN_IN_DETAILS[reason];
    run.checklist.settle(checkId, { outcome: 'failed', detail, remedy: SIGN_IN_REMEDIES[reason] });
    return { refusal: reason === 'integration_code' ? 'integration_code_rejected' : 'credentials_rejected' };
  }
  if (error instanceof PsaAccessDeniedError) {
    const remedy = `In Autotask open ${SECURITY_LEVEL_SCREEN} and grant what this check needs.`;
    run.checklist.settle(checkId, { outcome: 'failed', detail: error.detail, remedy });
    return { refusal: 'access_insufficient' };
  }
  run.checklist.settle(checkId, {
    outcome: 'unknown',
    detail: error.detail,
    remedy: interruptionRemedy(error),
  });
  return { interruption: error };
}

function interruptionRemedy(error: ConnectorError): string {
  if (error instanceof PsaHostNotAllowedError) {
    return "If this host really is Autotask's, add it to the connector's list of allowed hosts.";
  }
  if (error instanceof PsaRequestRejectedError) {
    return 'Nothing is decided; if checking again does not help, ask the support of Autotask about this answer.';
  }
  return 'Nothing is decided; check again once Autotask answers.';
}
