import { cronProblem } from './cron-expression.js';
import { ConnectorError } from '../kernel/connector-error.js';
import type { PsaConnectorModuleOptions, PsaConnectorSettings } from './psa-connector.options.js';

/** The module was given options it cannot work with; the detail names every problem. Raised once, at start. */
export class InvalidOptionsError extends ConnectorError {
  constructor(problems: string[]) {
    super({
      code: 'options.invalid',
      category: 'configuration',
      detail: `PsaConnectorModule cannot start: ${problems.join('; ')}.`,
      context: { problems },
    });
  }
}

/** A look sets variables; more than this is a file given by mistake. */
const MAX_STYLESHEET_LENGTH = 100_000;
const HOST_AND_PORT = /^(\[[0-9a-f:]+\]|[a-z0-9.-]+):\d{1,5}$/i;

function withDefaults(options: PsaConnectorModuleOptions): PsaConnectorSettings {
  const {
    database,
    autotask = {},
    schedules = {},
    sync = {},
    http = {},
    adminUi = {},
    notices = [],
  } = options;
  return {
    database: {
      url: database.url,
      schema: database.schema ?? 'psa_connector',
      poolSize: database.poolSize ?? 10,
      connectTimeoutMs: database.connectTimeoutMs ?? 10_000,
      migrate: database.migrate ?? 'onStart',
    },
    autotask: {
      discoveryUrl: autotask.discoveryUrl ?? 'https://webservices.autotask.net/atservicesrest',
      allowedHosts: autotask.allowedHosts ?? [],
      integrationCode: autotask.integrationCode,
      requestTimeoutMs: autotask.requestTimeoutMs ?? 30_000,
      slotReleaseMs: autotask.slotReleaseMs ?? 0,
      pullShare: autotask.pullShare ?? 0.8,
      pacesPulls: autotask.pacesPulls ?? true,
    },
    schedules: {
      syncCron: schedules.syncCron ?? '*/15 * * * *',
      sweepCron: schedules.sweepCron ?? '40 2 * * *',
      checkCron: schedules.checkCron ?? '20 3 * * *',
      auditCron: schedules.auditCron ?? '*/5 * * * *',
    },
    sync: {
      slots: sync.slots ?? 4,
      longSlots: sync.longSlots ?? 2,
      sliceSeconds: sync.sliceSeconds ?? 60,
      spreadSeconds: sync.spreadSeconds ?? 900,
      sweepSpreadSeconds: sync.sweepSpreadSeconds ?? 14_400,
      outageToleranceMinutes: sync.outageToleranceMinutes ?? 360,
      runRetentionDays: sync.runRetentionDays ?? 30,
    },
    http: { requestsPerMinute: http.requestsPerMinute ?? 12_000 },
    adminUi: { stylesheet: adminUi.stylesheet ?? '' },
    notices,
  };
}

function hasProtocol(url: string, ...protocols: string[]): boolean {
  return URL.canParse(url) && protocols.includes(new URL(url).protocol);
}

function isIntegerIn(value: number, from: number, to: number): boolean {
  return Number.isInteger(value) && value >= from && value <= to;
}

function problemsOf({ database, autotask, schedules, sync, http, adminUi }: PsaConnectorSettings): string[] {
  const rules: [boolean, string][] = [
    [hasProtocol(database.url, 'postgres:', 'postgresql:'), 'database.url must be a postgres:// address'],
    [
      /^[a-z_][a-z0-9_]{0,39}$/.test(database.schema),
      'database.schema must be lower-case letters, digits and underscores (at most 40)',
    ],
    [isIntegerIn(database.poolSize, 2, 500), 'database.poolSize must be a whole number from 2 to 500'],
    [isIntegerIn(database.connectTimeoutMs, 1, 600_000), 'database.connectTimeoutMs must be 1 to 600000'],
    [['onStart', 'never'].includes(database.migrate), "database.migrate must be 'onStart' or 'never'"],
    [
      hasProtocol(autotask.discoveryUrl, 'https:', 'http:'),
      'autotask.discoveryUrl must be an http(s) address',
    ],
    [
      autotask.allowedHosts.every((entry) => HOST_AND_PORT.test(entry)),
      'autotask.allowedHosts must be a list of host:port',
    ],
    [isIntegerIn(autotask.requestTimeoutMs, 1, 600_000), 'autotask.requestTimeoutMs must be 1 to 600000'],
    [isIntegerIn(autotask.slotReleaseMs, 0, 60_000), 'autotask.slotReleaseMs must be 0 to 60000'],
    [autotask.pullShare > 0 && autotask.pullShare <= 1, 'autotask.pullShare must be above 0 and at most 1'],
    [typeof autotask.pacesPulls === 'boolean', 'autotask.pacesPulls must be true or false'],
    ...cronRules(schedules),
    ...syncRules(sync),
    [
      isIntegerIn(http.requestsPerMinute, 0, 10_000_000),
      'http.requestsPerMinute must be a whole number from 0 to 10000000',
    ],
    [
      typeof adminUi.stylesheet === 'string' && adminUi.stylesheet.length <= MAX_STYLESHEET_LENGTH,
      'adminUi.stylesheet must be CSS of at most 100000 characters',
    ],
  ];
  return rules.filter(([isMet]) => !isMet).map(([, problem]) => problem);
}

function cronRules(schedules: PsaConnectorSettings['schedules']): [boolean, string][] {
  return Object.entries(schedules).map(([name, expression]) => {
    const problem = cronProblem(expression);
    return [problem === null, `schedules.${name} '${expression}' ${problem}`];
  });
}

function syncRules(sync: PsaConnectorSettings['sync']): [boolean, string][] {
  const ranges: Readonly<Record<keyof typeof sync, readonly [from: number, to: number]>> = {
    slots: [1, 100],
    longSlots: [1, 100],
    sliceSeconds: [1, 3_600],
    spreadSeconds: [0, 86_400],
    sweepSpreadSeconds: [0, 86_400],
    outageToleranceMinutes: [1, 10_080],
    runRetentionDays: [1, 3_650],
  };
  return Object.entries(ranges).map(([name, [from, to]]) => [
    isIntegerIn(sync[name as keyof typeof sync], from, to),
    `sync.${name} must be a whole number from ${from} to ${to}`,
  ]);
}

/**
 * Fills in defaults and checks every value, all problems in one error.
 * @throws InvalidOptionsError
 */
export function resolveSettings(options: PsaConnectorModuleOptions): PsaConnectorSettings {
  if (typeof options?.database?.url !== 'string') throw new InvalidOptionsError(['database.url is missing']);
  const settings = withDefaults(options);
  const problems = problemsOf(settings);
  if (problems.length > 0) throw new InvalidOptionsError(problems);
  return settings;
}
