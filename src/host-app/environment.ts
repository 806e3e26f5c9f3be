import { isIP } from 'node:net';
import { validateCronExpression } from 'cron';
import { z } from 'zod';
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
    /** File checkpoints are appended to. */
    anchorFile: string | undefined;
  };
  access: AccessEnvironment;
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
  sessionIdleMinutes: number;
  sessionHours: number;
  /** Of one actor; 0 = no limit. */
  requestsPerMinute: number | undefined;
}

const SIGN_INS = ['bootstrap', 'accounts'] as const;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Read by the test tools only; a shell that has them set must still be able to start the host. */
const TEST_VARIABLES = /^PSA_TEST_/;
const REQUIRED_IN_PRODUCTION = ['DATABASE_URL', 'PSA_MASTER_KEY'] as const;
/** In production; an evaluation on one's own machine may use any. */
const MIN_TOKEN_LENGTH = 16;
const MASTER_KEY_BYTES = 32;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const HOST_AND_PORT = /^(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?):(\d{1,5})$/i;

const masterKey = z.string().transform((text, context) => {
  const bytes = Buffer.from(text, 'base64');
  // Buffer skips what is not base64, so the text is compared with what its bytes give.
  const isExact = bytes.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '');
  if (isExact && bytes.length === MASTER_KEY_BYTES) return bytes;
  context.addIssue('must be base64 of exactly 32 bytes (make one with: openssl rand -base64 32)');
  return z.NEVER;
});

const hostList = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((entry) => entry !== ''))
  .superRefine((entries, context) => {
    const wrong = entries.filter((entry) => {
      const port = HOST_AND_PORT.exec(entry)?.[3];
      return port === undefined || Number(port) < 1 || Number(port) > 65_535;
    });
    if (wrong.length > 0) {
      context.addIssue(
        `must be a list of host:port separated by commas (not so: ${wrong.map(quote).join(', ')})`,
      );
    }
  });

const cronExpression = z.string().superRefine((text, context) => {
  if (!validateCronExpression(text).valid) {
    context.addIssue(`must be a cron expression such as "*/15 * * * *", in UTC (is ${quote(text)})`);
  }
});

const proxyList = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((entry) => entry !== ''))
  .superRefine((entries, context) => {
    const wrong = entries.filter((entry) => !isAddressOrRange(entry));
    if (wrong.length > 0) {
      context.addIssue(
        `must be a list of IP addresses or ranges such as 10.0.0.0/8 (not so: ${wrong.map(quote).join(', ')})`,
      );
    }
  });

function wholeNumber(from: number, to: number) {
  return z.string().transform((text, context) => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= from && Number(text) <= to) return Number(text);
    context.addIssue(`must be a whole number from ${from} to ${to} (is ${quote(text)})`);
    return z.NEVER;
  });
}

const port = z.string().transform((text, context) => {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  context.addIssue(`must be a whole number from 0 to 65535 (is ${quote(text)})`);
  return z.NEVER;
});

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
  PSA_AUDIT_ANCHOR_FILE: z.string().optional(),
  PSA_SIGN_IN: z.enum(SIGN_INS, { error: `must be one of ${SIGN_INS.join(', ')}` }).default('bootstrap'),
  PSA_PUBLIC_URL: z
    .string()
    .refine(isOrigin, 'must be where browsers find the host, without a path, such as https://psa.example')
    .transform((url) => new URL(url).origin)
    .optional(),
  PSA_TRUSTED_PROXIES: proxyList.default([]),
  PSA_SESSION_IDLE_MINUTES: wholeNumber(1, 1440).default(30),
  PSA_SESSION_HOURS: wholeNumber(1, 720).default(12),
  PSA_REQUESTS_PER_MINUTE: wholeNumber(0, 10_000_000).optional(),
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
      anchorFile: values.PSA_AUDIT_ANCHOR_FILE,
    },
    access: {
      signIn: values.PSA_SIGN_IN,
      publicOrigin: values.PSA_PUBLIC_URL,
      trustedProxies: values.PSA_TRUSTED_PROXIES,
      sessionIdleMinutes: values.PSA_SESSION_IDLE_MINUTES,
      sessionHours: values.PSA_SESSION_HOURS,
      requestsPerMinute: values.PSA_REQUESTS_PER_MINUTE,
    },
    logLevel: values.PSA_LOG_LEVEL,
  };
}

function lackingInProduction(given: Record<string, string | undefined>): string[] {
  const missing = REQUIRED_IN_PRODUCTION.filter((name) => given[name] === undefined).map(
    (name) => `${name} is required in production`,
  );
  if (given['PSA_BOOTSTRAP_TOKEN'] === undefined && given['PSA_SIGN_IN'] !== 'accounts') {
    missing.push(
      'PSA_BOOTSTRAP_TOKEN is required in production (PSA_SIGN_IN=accounts does without, once an administrator has an account)',
    );
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

function isPostgresUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return ['postgres:', 'postgresql:'].includes(protocol) && hostname !== '';
}

function isDiscoveryUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, search, hash } = new URL(text);
  if (username !== '' || search !== '' || hash !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, origin } = new URL(text);
  return ['https:', 'http:'].includes(protocol) && [origin, `${origin}/`].includes(text.toLowerCase());
}

function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
