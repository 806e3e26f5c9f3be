import { Secret } from '../../kernel/secret.js';
import type { PsaCredentials } from '../../ports/psa/psa-adapter.port.js';

interface SealedForm {
  secret: string;
  integrationCode?: string;
}

/** The secret part of credentials as one text for the vault; the user name is not secret and stays on the connection. */
export function packCredentials({ secret, integrationCode }: PsaCredentials): Secret {
  const form: SealedForm = { secret: secret.reveal() };
  if (integrationCode !== undefined) form.integrationCode = integrationCode.reveal();
  return new Secret(JSON.stringify(form));
}

export function unpackCredentials(username: string, packed: Secret): PsaCredentials {
  const form = JSON.parse(packed.reveal()) as SealedForm;
  return {
    username,
    secret: new Secret(form.secret),
    integrationCode: form.integrationCode === undefined ? undefined : new Secret(form.integrationCode),
  };
}
