import { Secret } from '../../src/kernel/secret.js';
import { type AutotaskOptions, DEFAULT_AUTOTASK_OPTIONS } from '../../src/autotask/autotask-options.js';
import { type ReceivedRequest, type Reply, ScriptedServer } from './scripted-server.js';

export const USER_NAME = 'connector@csp.example';
export const SECRET = 'demonstration-secret';
export const INTEGRATION_CODE = 'DEMONSTRATIONCODE0123456789';
export const CREDENTIALS = {
  username: USER_NAME,
  secret: new Secret(SECRET),
  integrationCode: new Secret(INTEGRATION_CODE),
};
export const CLOCK_AT_NOON = { now: () => new Date('2026-05-04T12:00:00.000Z') };

/** Answers by `METHOD path`, the path below the version; `entityInformation` of one entity by its whole path. */
export type Answers = Record<string, Reply | { choose: (request: ReceivedRequest) => Reply }>;

export const info = (access: string | number, overrides: Record<string, unknown> = {}): Reply => ({
  body: {
    info: {
      name: 'Entity',
      canCreate: true,
      canDelete: true,
      canQuery: true,
      canUpdate: true,
      userAccessForCreate: access,
      userAccessForDelete: access,
      userAccessForQuery: access,
      userAccessForUpdate: access,
      ...overrides,
    },
  },
});

export const rows = (items: unknown[], nextPageUrl: string | null = null): Reply => ({
  body: { items, pageDetails: { count: items.length, requestCount: 500, prevPageUrl: null, nextPageUrl } },
});

const field = (name: string, picks: Record<string, string> | null = null) => ({
  name,
  dataType: 'integer',
  picklistValues:
    picks === null ? null : Object.entries(picks).map(([value, label]) => ({ value, label, isActive: true })),
});

const DEFAULTS: Answers = {
  'GET Version': { body: { majorVersion: '2026', minorVersion: '1', build: '1', customerType: 'Live' } },
  'GET ThresholdInformation': {
    body: {
      externalRequestThreshold: 10_000,
      requestThresholdTimeframe: 60,
      currentTimeframeRequestCount: 124,
    },
  },
  'POST Companies/query': rows([{ id: 174 }]),
  'POST Contracts/query': rows([{ id: 7001 }]),
  'POST Currencies/query': rows([
    { id: 1, name: 'EUR', isActive: true, isInternalCurrency: true, exchangeRate: 1 },
    { id: 2, name: 'USD', isActive: true, isInternalCurrency: false, exchangeRate: 1.1 },
    { id: 3, name: 'GBP', isActive: false, isInternalCurrency: false, exchangeRate: 0.9 },
  ]),
  'GET Companies/entityInformation/fields': {
    body: {
      fields: [
        ...['companyName', 'companyNumber', 'isActive', 'currencyID', 'parentCompanyID', 'webAddress'].map(
          (name) => field(name),
        ),
        field('CompanyType', { 1: 'Customer', 7: 'Vendor' }),
      ],
    },
  },
  'GET Contracts/entityInformation/fields': {
    body: {
      fields: [
        ...['companyID', 'contractName', 'contractNumber', 'startDate', 'endDate'].map((name) => field(name)),
        field('contractType', { 7: 'Recurring Service' }),
        field('status', { 0: 'Inactive', 1: 'Active' }),
        field('contractPeriodType', { 2: 'Monthly' }),
      ],
    },
  },
  'GET ContractCharges/entityInformation/fields': {
    body: { fields: [field('chargeType', { 1: 'Operational', 2: 'Capitalized' })] },
  },
  'GET Services/entityInformation/fields': {
    body: {
      fields: [
        ...['name', 'description', 'isActive', 'unitPrice', 'unitCost', 'billingCodeID'].map((name) =>
          field(name),
        ),
        field('periodType', { 2: 'Monthly', 5: 'Yearly' }),
      ],
    },
  },
};

/** A loopback Autotask whose answers a test replaces one by one; everything else is granted. */
export async function startScriptedAutotask(answers: Answers = {}): Promise<ScriptedServer> {
  const server: ScriptedServer = await ScriptedServer.start((request) => {
    const key = keyOf(request);
    const answer =
      answers[key] ?? DEFAULTS[key] ?? (key === 'GET zoneInformation' ? zone(server.origin) : undefined);
    if (answer === undefined)
      return key.endsWith('/entityInformation') ? info('All') : { status: 404, body: {} };
    return 'choose' in answer ? answer.choose(request) : answer;
  });
  return server;
}

export function zone(origin: string): { body: Record<string, unknown> } {
  return {
    body: {
      zoneName: 'Test Zone',
      url: `${origin}/zone2//ATServicesRest/`,
      webUrl: 'https://ww2.autotask.example/',
      ci: 281474,
    },
  };
}

export function optionsFor(
  server: ScriptedServer,
  overrides: Partial<AutotaskOptions> = {},
): AutotaskOptions {
  return {
    ...DEFAULT_AUTOTASK_OPTIONS,
    discoveryUrl: `${server.origin}/atservicesrest/`,
    retry: { attempts: 3, baseDelayMs: 1 },
    ...overrides,
  };
}

/** `METHOD path` below the version. */
export function keyOf(request: ReceivedRequest): string {
  return `${request.method} ${request.path.replace(/^.*\/v1\.0\//i, '')}`;
}

export function isAuthenticated(request: ReceivedRequest): boolean {
  return request.headers['secret'] !== undefined;
}
