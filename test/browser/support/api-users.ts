import { SANDBOX_API_USERS } from '../../../src/autotask-simulator/sandbox-users.js';

export type SandboxUser = (typeof SANDBOX_API_USERS)[number];

/** The sandbox API user whose description contains the words. */
export function apiUser(words: string): SandboxUser {
  const user = SANDBOX_API_USERS.find(({ describedAs }) => describedAs.includes(words));
  if (user === undefined) throw new Error(`The sandbox has no API user described as "${words}"`);
  return user;
}

export const ALL_RIGHTS = 'all rights, multi-currency';
export const LACKS_ADJUSTMENTS = 'lacks rights on contract service adjustments';
export const NO_SERVICE_DESK = 'no service desk';

/** Body of `POST /connections`. */
export function connectionRequest(user: SandboxUser, alias: string, currency: string): unknown {
  const { userName: username, secret, integrationCode } = user;
  return { provider: 'autotask', alias, currency, credentials: { username, secret, integrationCode } };
}
