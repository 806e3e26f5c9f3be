import { parseSync } from 'vite';
import { describe, expect, it } from 'vitest';
import * as library from '../../src/index.js';
import * as testing from '../../src/autotask-simulator/testing.js';
import { readSource, readSources, type SourceText, toSourceFile, visit } from './source-files.js';

/** Removing or renaming one of these breaks hosts: it needs a major release and an entry in the change log. */
const LIBRARY = {
  values: [
    'AUDIT_OPERATIONS',
    'AuditedAs',
    'BILLING_CYCLES',
    'CHARGE_KINDS',
    'Caller',
    'ConnectorController',
    'ConnectorError',
    'GENESIS_HASH',
    'HostAuditLog',
    'InvalidRequestError',
    'MasterKeyRotation',
    'MoneyDecimal',
    'OpenToAnyone',
    'PERMISSIONS',
    'PageQueryDto',
    'ProblemDetailsFilter',
    'PsaConnectorModule',
    'RequiresPermission',
    'RequiresSignIn',
    'SUBSCRIPTION_KINDS',
    'SUBSCRIPTION_STATUSES',
    'SubscriptionChanges',
    'TERMS',
    'canonicalBody',
    'chainHash',
    'currencyCode',
    'cursorKey',
    'localDate',
    'migrateDatabase',
    'money',
    'toPage',
  ],
  types: [
    'Actor',
    'ActorResolver',
    'ActorTier',
    'AdminUiOptions',
    'AuditAnchor',
    'AuditBody',
    'AuditCheckpoint',
    'AuditEntry',
    'AuditOperation',
    'AuditSigningKey',
    'AuditSigningKeyProvider',
    'AutotaskConnectOptions',
    'BillingAccount',
    'BillingCycle',
    'BoughtOffer',
    'ChargeKind',
    'Clock',
    'CurrencyCode',
    'DatabaseOptions',
    'ErrorCategory',
    'HostAuditEvent',
    'HostOpenApi',
    'HttpOptions',
    'IncomingRequest',
    'LocalDate',
    'MasterKey',
    'MasterKeyProvider',
    'Money',
    'MoneyJson',
    'Offer',
    'OfferKey',
    'Page',
    'PageRequest',
    'Permission',
    'PsaConnectorExtras',
    'PsaConnectorModuleOptions',
    'PsaConnectorPorts',
    'ReportedChange',
    'ReportedCharge',
    'RotationReport',
    'ScheduleOptions',
    'SourceCharge',
    'SqlQuery',
    'Subscription',
    'SubscriptionKind',
    'SubscriptionSource',
    'SubscriptionStatus',
    'Term',
    'UseCaseContext',
  ],
};

const TESTING = {
  values: [
    'AutotaskDatabase',
    'AutotaskSimulator',
    'CLOUDCOCKPIT_LEVEL',
    'FULL_ACCESS_LEVEL',
    'FaultPlan',
    'MULTI_CURRENCY_CI',
    'NO_ADJUSTMENTS_LEVEL',
    'NO_CONTRACT_VISIBILITY_LEVEL',
    'NO_COSTS_LEVEL',
    'RequestJournal',
    'SANDBOX_API_USERS',
    'SANDBOX_INTEGRATION_CODE',
    'SINGLE_CURRENCY_CI',
    'SimulatorClock',
    'SimulatorWorld',
    'Table',
    'approveAndPost',
    'invoiceItems',
    'postCharge',
    'postUnits',
    'seedCspWorld',
    'seedLargeWorld',
  ],
  types: [
    'ActiveFault',
    'ApiUser',
    'AutotaskDatabaseOptions',
    'AutotaskSimulatorOptions',
    'Fault',
    'JournalEntry',
    'JournalFilter',
    'JournalSummary',
    'LargeWorldSeed',
    'PlannedFault',
    'PostingRequest',
    'Row',
    'RowChanges',
    'RowValue',
    'SandboxApiUser',
    'SecurityLevel',
    'ServerLimits',
  ],
};

/** Names a file exports, by whether they are types only. */
function exportsOf({ path, text }: SourceText): { values: string[]; types: string[] } {
  const entries = parseSync(path, text).module.staticExports.flatMap(({ entries }) => entries);
  const names = (areTypes: boolean) =>
    entries
      .filter(({ isType }) => isType === areTypes)
      .map(({ exportName }) => exportName.name ?? exportName.kind)
      .toSorted();
  return { values: names(false), types: names(true) };
}

describe('the public door', () => {
  it.each([
    ['src/index.ts', LIBRARY, library],
    ['src/autotask-simulator/testing.ts', TESTING, testing],
  ])('%s exports these names and no others', (path, names, loaded) => {
    expect(exportsOf(readSource(path))).toEqual(names);
    expect(Object.keys(loaded).toSorted()).toEqual(names.values);
  });

  it('would notice a name that is added, also as a type or as a whole file', () => {
    const { text } = readSource('src/index.ts');
    const added = `${text}export const extra = 1;\nexport type { Extra } from './extra.js';\nexport * from './more.js';\n`;
    const { values, types } = exportsOf({ path: 'src/index.ts', text: added });
    expect(values.filter((name) => !LIBRARY.values.includes(name))).toEqual(['None', 'extra']);
    expect(types.filter((name) => !LIBRARY.types.includes(name))).toEqual(['Extra']);
  });
});

/** What would reach into every route of the host. */
const GLOBAL_ENHANCERS = new Set(['APP_FILTER', 'APP_GUARD', 'APP_INTERCEPTOR', 'APP_PIPE']);
const GLOBAL_CALLS = /^useGlobal(Filters|Guards|Interceptors|Pipes)$/;

function globalEnhancersIn({ path, text }: SourceText): string[] {
  const found = new Set<string>();
  visit(parseSync(path, text).program, (node) => {
    const { type, name } = node;
    if (type !== 'Identifier' || typeof name !== 'string') return;
    if (GLOBAL_ENHANCERS.has(name) || GLOBAL_CALLS.test(name)) found.add(`${path}: ${name}`);
  });
  return [...found];
}

describe('the host keeps its own application', () => {
  it('because nothing of the library is pushed into every route', () => {
    const library = readSources('src').filter(({ path }) => !path.startsWith('src/host-app/'));
    expect(library.flatMap(globalEnhancersIn)).toEqual([]);
  });

  it('and this would notice it', () => {
    const text = `
      import { APP_GUARD as GUARD } from '@nestjs/core';
      /* APP_PIPE */ const provider = { provide: GUARD };
      app.useGlobalPipes();`;
    expect(globalEnhancersIn(toSourceFile({ path: 'src/x.ts', text }))).toEqual([
      'src/x.ts: APP_GUARD',
      'src/x.ts: useGlobalPipes',
    ]);
  });
});
