import { z } from 'zod';
import { PASSWORD_COST } from './access/password-hash.js';
import {
  cronExpression,
  fileList,
  hostList,
  isDiscoveryUrl,
  isOrigin,
  isPostgresUrl,
  masterKey,
  masterKeys,
  originList,
  port,
  proxyList,
  wholeNumber,
} from './environment-values.js';
import {
  lackingForOidc,
  OIDC_VARIABLES,
  type OidcEnvironment,
  oidcFrom,
  wantsOidc,
} from './oidc-environment.js';
import { StartError } from './start-error.js';

/**
 * How the host was started: `evaluation` fills every gap by itself, `production` refuses gaps, so that nobody runs production on
 * demonstration defaults by forgetting a variable.
 */
export type HostProfile = 'evaluation' | 'production';

/** What the environment says, checked; what is absent is undefined and decided by the profile. */
export interface HostEnvironment {
  profile: HostProfile;
  host: string;
  /** 0 means any free port. */
  port: number;
  databaseUrl: string | undefined;
  dataDir: string;
  /** 32 bytes. */
  masterKey: Buffer | undefined;
  /** Earlier master keys that stored credentials may still be under. */
  previousMasterKeys: Buffer[];
  bootstrapToken: string | undefined;
  autotask: {
    discoveryUrl: string | undefined;
    allowedHosts: string[];
    integrationCode: string | undefined;
  };
  schedules: {
    syncCron: string | undefined;
    sweepCron: string | undefined;
    checkCron: string | undefined;
    auditCron: string | undefined;
  };
  audit: {
    /** PEM file of the key that signs checkpoints. */
    signingKeyFile: string | undefined;
    /** PEM files of the public halves of keys that signed before it. */
    previousPublicKeyFiles: string[];
    /** File checkpoints are appended to. */
    anchorFile: string | undefined;
  };
  access: AccessEnvironment;
  adminUi: {
    /** CSS file loaded after the UI's own styles. */
    stylesheetFile: string | undefined;
    /** Origins that may show the UI in a frame. */
    frameAncestors: string[];
  };
  logLevel: LogLevel;
}

/** How people and programs get in. */
export interface AccessEnvironment {
  /** `bootstrap`: the bootstrap token signs in, beside accounts and API tokens; `accounts`: only those. */
  signIn: 'bootstrap' | 'accounts';
  /** Where browsers find the host, without a path; its scheme says whether cookies are for TLS only. */
  publicOrigin: string | undefined;
  /** Proxies whose `X-Forwarded-For` tells the client's address. */
  trustedProxies: string[];
  /** Binary logarithm of scrypt's N for new password hashes. */
  passwordCost: number;
  sessionIdleMinutes: number;
  sessionHours: number;
  /** Of one actor; 0 = no limit. */
  requestsPerMinute: number | undefined;
  /** Provider people sign in through, beside accounts. */
  oidc: OidcEnvironment | undefined;
}

const SIGN_INS = ['bootstrap', 'accounts'] as const;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Read by the test tools only; a shell that has them set must still be able to start the host. */
const TEST_VARIABLES = /^PSA_TEST_/;
const REQUIRED_IN_PRODUCTION = ['DATABASE_URL', 'PSA_MASTER_KEY'] as const;
/** In production; an evaluation on one's own machine may use any. */
const MIN_TOKEN_LENGTH = 16;
const variables = z.object({
  HOST: z
    .string()
    .regex(/^[\w.:-]+$/, 'must be an address or host name to listen on')
    .default('127.0.0.1'),
  PORT: port.default(3000),
  DATABASE_URL: z
    .string()
    .refine(isPostgresUrl, 'must be postgres://user:password@host:port/database')
    .optional(),
  PSA_DATA_DIR: z.string().default('.data'),
  PSA_MASTER_KEY: masterKey.optional(),
  PSA_PREVIOUS_MASTER_KEYS: masterKeys.default([]),
  PSA_BOOTSTRAP_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces')
    .optional(),
  PSA_AUTOTASK_DISCOVERY_URL: z
    .string()
    .refine(
      isDiscoveryUrl,
      'must be an https:// address (http:// only for this machine), without user or query',
    )
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  PSA_AUTOTASK_ALLOWED_HOSTS: hostList.default([]),
  PSA_AUTOTASK_INTEGRATION_CODE: z.string().max(200, 'must be at most 200 characters').optional(),
  PSA_SYNC_CRON: cronExpression.optional(),
  PSA_SWEEP_CRON: cronExpression.optional(),
  PSA_CHECK_CRON: cronExpression.optional(),
  PSA_AUDIT_CRON: cronExpression.optional(),
  PSA_AUDIT_SIGNING_KEY_FILE: z.string().optional(),
  PSA_AUDIT_PREVIOUS_PUBLIC_KEY_FILES: fileList.default([]),
  PSA_AUDIT_ANCHOR_FILE: z.string().optional(),
  PSA_SIGN_IN: z.enum(SIGN_INS, { error: `must be one of ${SIGN_INS.join(', ')}` }).default('bootstrap'),
  ...OIDC_VARIABLES,
  PSA_PUBLIC_URL: z
    .string()
    .refine(isOrigin, 'must be where browsers find the host, without a path, such as https://psa.example')
    .transform((url) => new URL(url).origin)
    .optional(),
  PSA_TRUSTED_PROXIES: proxyList.default([]),
  PSA_PASSWORD_COST: wholeNumber(12, 20).default(PASSWORD_COST.logN),
  PSA_SESSION_IDLE_MINUTES: wholeNumber(1, 1440).default(30),
  PSA_SESSION_HOURS: wholeNumber(1, 720).default(12),
  PSA_REQUESTS_PER_MINUTE: wholeNumber(0, 10_000_000).optional(),
  PSA_UI_STYLESHEET_FILE: z.string().optional(),
  PSA_UI_FRAME_ANCESTORS: originList.default([]),
  PSA_LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
});

/** Names of all variables the host reads. */
export const VARIABLE_NAMES: readonly string[] = Object.keys(variables.shape);

/**
 * Reads and checks the environment; an empty value counts as absent.
 * @throws StartError with one message that names every problem, and no secret
 */
export function readEnvironment(environment: NodeJS.ProcessEnv, profile: HostProfile): HostEnvironment {
  const given = Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== '');
  const known = Object.fromEntries(
    given.filter(([name]) => VARIABLE_NAMES.includes(name)).map(([name, value]) => [name, value?.trim()]),
  );
  const unknown = given
    .map(([name]) => name)
    .filter(
      (name) => name.startsWith('PSA_') && !TEST_VARIABLES.test(name) && !VARIABLE_NAMES.includes(name),
    );
  const parsed = variables.safeParse(known);
  const problems = [
    ...unknown.toSorted().map((name) => `${name} is not a variable of this host`),
    ...(profile === 'production' ? lackingInProduction(known) : []),
    ...lackingForOidc(known, profile === 'production'),
    ...contradictions(known),
    ...(parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')} ${issue.message}`),
  ];
  if (problems.length > 0 || !parsed.success) throw new StartError(describe(problems, unknown.length > 0));
  return toHostEnvironment(parsed.data, profile);
}

function toHostEnvironment(values: z.output<typeof variables>, profile: HostProfile): HostEnvironment {
  return {
    profile,
    host: values.HOST,
    port: values.PORT,
    databaseUrl: values.DATABASE_URL,
    dataDir: values.PSA_DATA_DIR,
    masterKey: values.PSA_MASTER_KEY,
    previousMasterKeys: values.PSA_PREVIOUS_MASTER_KEYS,
    bootstrapToken: values.PSA_BOOTSTRAP_TOKEN,
    autotask: {
      discoveryUrl: values.PSA_AUTOTASK_DISCOVERY_URL,
      allowedHosts: values.PSA_AUTOTASK_ALLOWED_HOSTS,
      integrationCode: values.PSA_AUTOTASK_INTEGRATION_CODE,
    },
    schedules: {
      syncCron: values.PSA_SYNC_CRON,
      sweepCron: values.PSA_SWEEP_CRON,
      checkCron: values.PSA_CHECK_CRON,
      auditCron: values.PSA_AUDIT_CRON,
    },
    audit: {
      signingKeyFile: values.PSA_AUDIT_SIGNING_KEY_FILE,
      previousPublicKeyFiles: values.PSA_AUDIT_PREVIOUS_PUBLIC_KEY_FILES,
      anchorFile: values.PSA_AUDIT_ANCHOR_FILE,
    },
    access: {
      signIn: isWithoutToken(values, profile) ? 'accounts' : values.PSA_SIGN_IN,
      publicOrigin: values.PSA_PUBLIC_URL,
      trustedProxies: values.PSA_TRUSTED_PROXIES,
      passwordCost: values.PSA_PASSWORD_COST,
      sessionIdleMinutes: values.PSA_SESSION_IDLE_MINUTES,
      sessionHours: values.PSA_SESSION_HOURS,
      requestsPerMinute: values.PSA_REQUESTS_PER_MINUTE,
      oidc: oidcFrom(values),
    },
    adminUi: {
      stylesheetFile: values.PSA_UI_STYLESHEET_FILE,
      frameAncestors: values.PSA_UI_FRAME_ANCESTORS,
    },
    logLevel: values.PSA_LOG_LEVEL,
  };
}

/** In production nobody needs the bootstrap token where a provider lets people in. */
function isWithoutToken(values: z.output<typeof variables>, profile: HostProfile): boolean {
  return (
    profile === 'production' && values.PSA_BOOTSTRAP_TOKEN === undefined && oidcFrom(values) !== undefined
  );
}

function lackingInProduction(given: Record<string, string | undefined>): string[] {
  const missing = REQUIRED_IN_PRODUCTION.filter((name) => given[name] === undefined).map(
    (name) => `${name} is required in production`,
  );
  const isTokenNeeded = given['PSA_SIGN_IN'] !== 'accounts' && !wantsOidc(given);
  if (given['PSA_BOOTSTRAP_TOKEN'] === undefined && isTokenNeeded) {
    missing.push(
      'PSA_BOOTSTRAP_TOKEN is required in production (PSA_OIDC_ISSUER does without, and so does PSA_SIGN_IN=accounts once an administrator has an account)',
    );
  }
  if (Number(given['PSA_PASSWORD_COST'] ?? PASSWORD_COST.logN) < PASSWORD_COST.logN) {
    missing.push(`PSA_PASSWORD_COST must be at least ${PASSWORD_COST.logN} in production`);
  }
  if (
    given['PSA_AUDIT_PREVIOUS_PUBLIC_KEY_FILES'] !== undefined &&
    given['PSA_AUDIT_SIGNING_KEY_FILE'] === undefined
  ) {
    missing.push('PSA_AUDIT_PREVIOUS_PUBLIC_KEY_FILES needs PSA_AUDIT_SIGNING_KEY_FILE');
  }
  const isWeak = (given['PSA_BOOTSTRAP_TOKEN']?.length ?? MIN_TOKEN_LENGTH) < MIN_TOKEN_LENGTH;
  const weak = `PSA_BOOTSTRAP_TOKEN must be at least ${MIN_TOKEN_LENGTH} characters in production`;
  return isWeak ? [...missing, weak] : missing;
}

/** A token that would not be looked at is a mistake of whoever set it. */
function contradictions(given: Record<string, string | undefined>): string[] {
  return given['PSA_SIGN_IN'] === 'accounts' && given['PSA_BOOTSTRAP_TOKEN'] !== undefined
    ? ['PSA_BOOTSTRAP_TOKEN must be absent when PSA_SIGN_IN is accounts']
    : [];
}

function describe(problems: readonly string[], hasUnknown: boolean): string {
  const list = problems.map((problem) => `  - ${problem}`).join('\n');
  const names = hasUnknown ? `\nVariables of this host: ${VARIABLE_NAMES.join(', ')}.` : '';
  return `The environment is not right (${problems.length === 1 ? '1 problem' : `${problems.length} problems`}):\n${list}${names}`;
}
