import type { Actor } from '../../index.js';

/** Who signed in, and with what. */
export interface Principal {
  actor: Actor;
  /** Null when a token signed in. */
  accountId: string | null;
  /** Null when an account, or the bootstrap token, signed in. */
  tokenId: string | null;
  /** Whether there is a password here to change. */
  hasPassword: boolean;
}

/** The actor of the bootstrap token, and the person behind the API tokens made with it. */
export const BOOTSTRAP_ID = 'bootstrap-administrator';

/** Tenant of the bootstrap administrator, and root of every other tenant of this host. */
export const ROOT_TENANT = 'default';

/** Stands where nobody is known, such as in the entry of a sign-in that failed. */
export const NOBODY: Actor = {
  id: 'anonymous',
  name: 'Not signed in',
  tenantId: ROOT_TENANT,
  rootTenantId: ROOT_TENANT,
  tier: 'customer',
  permissions: [],
};
