/** The vendor of `bench:push`: many databases with contract services of their own; answers questions about its journal over IPC. */
import {
  AutotaskDatabase,
  AutotaskSimulator,
  FULL_ACCESS_LEVEL,
  MULTI_CURRENCY_CI,
  SANDBOX_INTEGRATION_CODE,
  seedCspWorld,
  SimulatorWorld,
} from '../../../dist/src/autotask-simulator/testing.js';
import { applyAdjustment } from '../../../dist/src/autotask-simulator/rules/adjustments.js';
import { ENTITY_CATALOGUE } from '../../../dist/src/autotask-simulator/metadata/entity-catalogue.js';
import { MoneyDecimal } from '../../../dist/src/kernel/money.js';

const { databases: count, lines, latencyMs } = JSON.parse(process.argv[2]);
const OWN = new Set([
  'Contracts',
  'ContractServices',
  'ContractServiceUnits',
  'ContractServiceAdjustments',
  'ContractServiceBundles',
  'ContractServiceBundleUnits',
]);
const ADJUST = /ServiceAdjustments$/;
const FIRST_CI = 500_001;

const now = new Date();
const year = now.getUTCFullYear();
const template = seedCspWorld(now, { companies: 3 }).database(MULTI_CURRENCY_CI);
const company = template.table('Companies').insert({
  ...template
    .table('Companies')
    .all()
    .find((row) => row.companyType === 1 && row.isActive === true),
  id: undefined,
  companyName: 'Push',
  currencyID: 1,
  parentCompanyID: null,
});
const service = template.table('Services').insert({
  ...template
    .table('Services')
    .all()
    .find((row) => row.isActive === true && row.periodType === 2),
  id: undefined,
  name: 'Push seat',
  unitPrice: new MoneyDecimal(10),
  unitCost: new MoneyDecimal(7),
});
const databases = Array.from({ length: count }, (_, index) => newDatabase(index));

/** What is only read is shared; what the changes touch is the database's own. */
function newDatabase(index) {
  const database = new AutotaskDatabase({
    ci: FIRST_CI + index,
    zoneName: 'EU1 (English Europe and Asia)',
    zoneNumber: 100 + index,
    isMultiCurrency: true,
  });
  for (const { name } of ENTITY_CATALOGUE.values())
    if (!OWN.has(name)) database.useTable(name, template.table(name));
  database.requestThreshold = 100_000_000;
  database.users.push({
    userName: `push-${index}@bench.example`,
    secret: `secret-of-push-${index}`,
    integrationCode: SANDBOX_INTEGRATION_CODE,
    securityLevel: FULL_ACCESS_LEVEL,
    resourceID: 30_690_780 + index,
    isActive: true,
    isLocked: false,
    failedSignIns: 0,
  });
  const { id: _, ...contract } = template
    .table('Contracts')
    .all()
    .find((row) => row.contractType === 7 && row.status === 1);
  for (let line = 0; line < lines; line += 1) {
    const { id } = database.table('Contracts').insert({
      ...contract,
      companyID: company.id,
      contractName: `Push ${line}`,
      contractNumber: `push-${line}`,
      contractPeriodType: 2,
      startDate: `${year}-01-01T00:00:00Z`,
      endDate: `${year + 1}-12-31T00:00:00Z`,
    });
    applyAdjustment(
      database,
      { contractID: id, serviceID: service.id, effectiveDate: `${year}-01-01T00:00:00Z`, unitChange: 5 },
      now,
    );
  }
  return database;
}

const simulator = await AutotaskSimulator.start({ world: new SimulatorWorld(databases), latencyMs });

/** What reached each database since the journal was cleared. */
function summary() {
  const entries = simulator.journal.entries();
  const byDatabase = Map.groupBy(entries, ({ ci }) => ci);
  return databases.map(({ ci }) => {
    const own = byDatabase.get(ci) ?? [];
    const writes = own.filter(({ method, path }) => method === 'POST' && ADJUST.test(path));
    const times = writes.map(({ at }) => at.getTime());
    return {
      calls: own.length,
      writes: writes.length,
      refused: own.filter(({ status }) => status !== 200).length,
      highest: Math.max(0, ...writes.map(({ concurrency }) => concurrency)),
      firstAt: Math.min(...times),
      lastAt: Math.max(...times),
    };
  });
}

process.on('message', ({ ask }) => {
  if (ask === 'clear') simulator.journal.clear();
  if (ask === 'limits') simulator.limits.latencyMs = 0;
  process.send({ answer: ask === 'summary' ? summary() : ask === 'cpu' ? process.cpuUsage() : null });
});
process.once('disconnect', () => void simulator.stop());
process.send({
  answer: {
    discoveryUrl: simulator.discoveryUrl,
    host: simulator.host,
    serviceId: service.id,
    databases: databases.map((database) => ({
      zoneUrl: `http://${simulator.host}/zone${database.zoneNumber}/ATServicesRest/V1.0/`,
      userName: database.users[0].userName,
      secret: database.users[0].secret,
      lines: database
        .table('ContractServices')
        .all()
        .map(({ id, contractID }) => ({ id, contractId: contractID })),
    })),
  },
});
