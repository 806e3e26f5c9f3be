import {
  AutotaskSimulator,
  type AutotaskSimulatorOptions,
} from '../../src/autotask-simulator/autotask-simulator.js';
import type { Fault } from '../../src/autotask-simulator/fault-plan.js';
import { MULTI_CURRENCY_CI, SANDBOX_API_USERS } from '../../src/autotask-simulator/sandbox-users.js';
import { type AutotaskOptions, DEFAULT_AUTOTASK_OPTIONS } from '../../src/autotask/autotask-options.js';
import { AutotaskAdapter } from '../../src/autotask/autotask.adapter.js';
import { currencyCode } from '../../src/kernel/currency.js';
import { Secret } from '../../src/kernel/secret.js';
import type { PsaCredentials } from '../../src/ports/psa/psa-adapter.port.js';
import type { PsaEntity } from '../../src/ports/psa/psa-records.js';
import {
  CONTRACT_ATTEMPTS,
  CONTRACT_TIMEOUT_MS,
  type ContractFault,
  type ContractStage,
  type PsaAdapterHarness,
} from './psa-adapter-harness.js';

const NOW = new Date('2026-05-04T12:00:00.000Z');

const TABLES: Readonly<Record<PsaEntity, string>> = {
  currencies: 'Currencies',
  companies: 'Companies',
  services: 'Services',
  contracts: 'Contracts',
  contractServices: 'ContractServices',
  contractServiceUnits: 'ContractServiceUnits',
  billingCodes: 'BillingCodes',
  serviceBundles: 'ServiceBundles',
  priceListServices: 'PriceListServices',
  contractServiceBundles: 'ContractServiceBundles',
  contractServiceBundleUnits: 'ContractServiceBundleUnits',
  contractCharges: 'ContractCharges',
  invoices: 'Invoices',
  billingItems: 'BillingItems',
};

const PATHS: Readonly<Record<Exclude<ContractStage, PsaEntity>, RegExp>> = {
  discovery: /\/zoneInformation$/i,
  'sign-in': /\/Version$/i,
  rights: /\/Contracts\/entityInformation$/i,
  'functional read': /\/Companies\/query$/i,
  currency: /\/Currencies\/query$/i,
  usage: /\/ThresholdInformation$/i,
};

const FAULTS: Readonly<Record<ContractFault, Fault>> = {
  slow: { kind: 'delay', ms: 60_000 },
  html: { kind: 'html' },
  'empty 401': { kind: 'empty401' },
  '500 with errors': { kind: 'status', status: 500, body: { errors: ['Something is wrong with the data.'] } },
  '503': { kind: 'status', status: 503, body: 'Service Unavailable' },
  '429 with Retry-After 0': { kind: 'status', status: 429, headers: { 'Retry-After': '0' } },
  '429 with Retry-After 3600': { kind: 'status', status: 429, headers: { 'Retry-After': '3600' } },
  'truncated body': { kind: 'truncate' },
  'malformed JSON': { kind: 'malformedJson' },
  'dropped connection': { kind: 'dropBefore' },
};

function pathOf(stage: ContractStage): RegExp {
  return isEntity(stage) ? new RegExp(`/${TABLES[stage]}/query$`, 'i') : PATHS[stage];
}

function isEntity(stage: ContractStage): stage is PsaEntity {
  return stage in TABLES;
}

export function sandboxCredentials(namePart: string): PsaCredentials {
  const user = SANDBOX_API_USERS.find(({ userName }) => userName.startsWith(namePart));
  if (user === undefined) throw new Error(`The sandbox has no user ${namePart}`);
  return {
    username: user.userName,
    secret: new Secret(user.secret),
    integrationCode: new Secret(user.integrationCode),
  };
}

export interface AutotaskHarness extends PsaAdapterHarness {
  readonly simulator: AutotaskSimulator;
  /** One more, which knows nothing of what the others met; close it. */
  newAdapter(): AutotaskAdapter;
}

/** The adapter as a host runs it, against the simulator over HTTP; retries and time-outs are short. */
export async function startAutotaskHarness(
  options: AutotaskSimulatorOptions = {},
  overrides: Partial<AutotaskOptions> = {},
): Promise<AutotaskHarness> {
  const simulator = await AutotaskSimulator.start({ now: () => NOW, ...options });
  const values = {
    ...DEFAULT_AUTOTASK_OPTIONS,
    discoveryUrl: simulator.discoveryUrl,
    requestTimeoutMs: CONTRACT_TIMEOUT_MS,
    retry: { attempts: CONTRACT_ATTEMPTS, baseDelayMs: 1 },
    ...overrides,
  };
  const newAdapter = () => new AutotaskAdapter(values, { now: () => NOW });
  const adapter = newAdapter();
  const good = sandboxCredentials('all-rights@sandbox-csp');
  const tableOf = (entity: PsaEntity) => simulator.world.database(MULTI_CURRENCY_CI).table(TABLES[entity]);
  return {
    simulator,
    adapter,
    newAdapter,
    currency: currencyCode('EUR'),
    unavailableCurrency: currencyCode('GBP'),
    pageSize: 500,
    users: {
      good,
      unknown: { ...good, username: 'nobody@sandbox-csp.example' },
      wrongSecret: { ...good, secret: new Secret('not-the-secret') },
      wrongIntegrationCode: { ...good, integrationCode: new Secret('NOT0THE0CODE') },
      insufficient: sandboxCredentials('no-adjustments@'),
      withoutHelpdesk: sandboxCredentials('no-service-desk@'),
    },
    fail: (stage, fault, times) =>
      simulator.faults.add({
        path: pathOf(stage),
        fault: FAULTS[fault],
        ...(times === undefined ? {} : { times }),
      }),
    heal: () => simulator.faults.clear(),
    idsOf: (entity) =>
      tableOf(entity)
        .all()
        .map(({ id }) => String(id)),
    growTo: (entity, count) => {
      const table = tableOf(entity);
      const { id: _id, ...values } = table.all().at(-1) ?? { id: 0 };
      while (table.size < count) table.insert(values);
    },
    edit: (entity, id) => {
      const editedAt = new Date('2098-12-31T23:00:00.000Z');
      tableOf(entity).update(Number(id), { lastModifiedDate: editedAt.toISOString() });
      return editedAt;
    },
    remove: (entity, id) => tableOf(entity).remove(Number(id)),
    requests: () => simulator.journal.count(),
    authenticatedRequests: () =>
      simulator.journal.entries().filter(({ userName }) => userName !== null).length,
    forgetRequests: () => simulator.journal.clear(),
    goDark: () => simulator.stop(),
    stop: async () => {
      await adapter.close();
      await simulator.stop();
    },
  };
}
