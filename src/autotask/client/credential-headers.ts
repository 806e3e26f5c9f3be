import type { Secret } from '../../kernel/secret.js';
import { PsaCredentialsRejectedError } from '../../ports/psa/psa.errors.js';
import type { SignInFailure } from './failure-table.js';

export interface AutotaskCredentials {
  username: string;
  secret: Secret;
  /** Tracking identifier. */
  integrationCode: Secret;
}

/**
 * Names of the vendor's three headers (Autotask REST reference, §1.3).
 * @throws PsaCredentialsRejectedError when a value holds characters that no HTTP header can carry
 */
export function credentialHeaders(credentials: AutotaskCredentials): Record<string, string> {
  return {
    UserName: sendable(credentials.username, 'The user name', 'unspecified'),
    Secret: sendable(credentials.secret.reveal(), 'The secret', 'unspecified'),
    ApiIntegrationCode: sendable(
      credentials.integrationCode.reveal(),
      'The tracking identifier',
      'integration_code',
    ),
  };
}

/** Checked here because the HTTP client would only say that some header is invalid. */
function sendable(value: string, what: string, reason: SignInFailure): string {
  const isSendable = value.trim() !== '' && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
  if (isSendable) return value;
  const problem = value.trim() === '' ? 'is empty' : 'holds characters that cannot be sent to Autotask';
  throw new PsaCredentialsRejectedError(`${what} ${problem}.`, { context: { reason } });
}
