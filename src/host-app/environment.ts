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
  logLevel: LogLevel;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Read by the test tools only; a shell that has them set must still be able to start the host. */
const TEST_VARIABLES = /^PSA_TEST_/;
const REQUIRED_IN_PRODUCTION = ['DATABASE_URL', 'PSA_MASTER_KEY', 'PSA_BOOTSTRAP_TOKEN'] as const;
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
    logLevel: values.PSA_LOG_LEVEL,
  };
}

function lackingInProduction(given: Record<string, string | undefined>): string[] {
  const missing = REQUIRED_IN_PRODUCTION.filter((name) => given[name] === undefined).map(
    (name) => `${name} is required in production`,
  );
  const isWeak = (given['PSA_BOOTSTRAP_TOKEN']?.length ?? MIN_TOKEN_LENGTH) < MIN_TOKEN_LENGTH;
  const weak = `PSA_BOOTSTRAP_TOKEN must be at least ${MIN_TOKEN_LENGTH} characters in production`;
  return isWeak ? [...missing, weak] : missing;
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

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
