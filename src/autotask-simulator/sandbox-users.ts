import {
  CLOUDCOCKPIT_LEVEL,
  FULL_ACCESS_LEVEL,
  NO_ADJUSTMENTS_LEVEL,
  NO_CONTRACT_VISIBILITY_LEVEL,
  NO_COSTS_LEVEL,
  type SecurityLevel,
} from './world/security-level.js';

/** Tracking identifier every sandbox user signs in with: 27 characters, like the vendor's. */
export const SANDBOX_INTEGRATION_CODE = 'SANDBOX0CONNECTOR0DEMO00001';

/** Database with Multi-Currency: EUR internal, USD active, GBP inactive. */
export const MULTI_CURRENCY_CI = 281_474;

/** Database without Multi-Currency: EUR only. */
export const SINGLE_CURRENCY_CI = 190_233;

export interface SandboxApiUser {
  readonly userName: string;
  /** A demonstration secret; it opens nothing but this simulator. */
  readonly secret: string;
  readonly integrationCode: string;
  readonly securityLevel: SecurityLevel;
  readonly describedAs: string;
  readonly ci: number;
  readonly isLocked: boolean;
}

function user(
  userName: string,
  securityLevel: SecurityLevel,
  describedAs: string,
  place: { ci?: number; isLocked?: boolean } = {},
): SandboxApiUser {
  return {
    userName,
    secret: `demo-secret-of-${userName.split('@')[0]}`,
    integrationCode: SANDBOX_INTEGRATION_CODE,
    securityLevel,
    describedAs,
    ci: place.ci ?? MULTI_CURRENCY_CI,
    isLocked: place.isLocked ?? false,
  };
}

/** Ready-made API users of the seeded world; the first has all rights. */
export const SANDBOX_API_USERS: readonly SandboxApiUser[] = [
  user('all-rights@sandbox-csp.example', FULL_ACCESS_LEVEL, 'all rights, multi-currency instance'),
  user(
    'no-service-desk@sandbox-csp.example',
    CLOUDCOCKPIT_LEVEL,
    'a level like CloudCockpit’s: no service desk',
  ),
  user(
    'no-adjustments@sandbox-csp.example',
    NO_ADJUSTMENTS_LEVEL,
    'lacks rights on contract service adjustments',
  ),
  user('locked@sandbox-csp.example', FULL_ACCESS_LEVEL, 'locked after failed sign-ins', { isLocked: true }),
  user(
    'no-contracts@sandbox-csp.example',
    NO_CONTRACT_VISIBILITY_LEVEL,
    'contract queries answer empty pages',
  ),
  user('no-costs@sandbox-csp.example', NO_COSTS_LEVEL, 'sees 0 for every cost'),
  user('all-rights@sandbox-single.example', FULL_ACCESS_LEVEL, 'all rights, single-currency instance', {
    ci: SINGLE_CURRENCY_CI,
  }),
];
