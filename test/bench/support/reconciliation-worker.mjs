/** One step of the bench in a process of its own, so that its memory is its own: `reconciliation-worker.mjs '{"url":…,"step":"ours"}'`. */
import 'reflect-metadata';
import QueryStream from 'pg-query-stream';
import { ChargeItems } from '../../../dist/src/billing/application/charge-items.service.js';
import { SyncStates } from '../../../dist/src/billing/application/sync-states.service.js';
import { BillingHistoryRepository } from '../../../dist/src/billing/persistence/billing-history.repository.js';
import { CustomerLineRepository } from '../../../dist/src/billing/persistence/customer-line.repository.js';
import { LineRepository } from '../../../dist/src/billing/persistence/line.repository.js';
import { MarginRuleRepository } from '../../../dist/src/billing/persistence/margin-rule.repository.js';
import { ConnectionRepository } from '../../../dist/src/connections/persistence/connection.repository.js';
import { MirroredRates } from '../../../dist/src/contracts/application/mirrored-rates.service.js';
import { BilledMonthRepository } from '../../../dist/src/contracts/persistence/billed-month.repository.js';
import { MappingFactsRepository } from '../../../dist/src/contracts/persistence/mapping-facts.repository.js';
import { resolveSettings } from '../../../dist/src/core/psa-connector.settings.js';
import { PostgresBillTotals } from '../../../dist/src/imports/persistence/bill-totals.repository.js';
import { PostgresImportedLineRepository } from '../../../dist/src/imports/persistence/imported-line.repository.js';
import { dataSourceOptions } from '../../../dist/src/platform/persistence/data-source.js';
import { openMigrated } from '../../../dist/src/platform/persistence/migrate.js';
import { TransactionRunner } from '../../../dist/src/platform/persistence/transaction-runner.js';
import { PERSISTENCE_LISTS } from '../../../dist/src/psa-connector.persistence.js';
import { MonthChargesReader } from '../../../dist/src/reconciliation/application/month-charges.service.js';
import { MonthReading } from '../../../dist/src/reconciliation/application/month-reading.service.js';
import { Reconciliation } from '../../../dist/src/reconciliation/application/reconciliation.service.js';
import { SubscriptionFacts } from '../../../dist/src/reconciliation/application/subscription-facts.service.js';
import { ReconciliationRepository } from '../../../dist/src/reconciliation/persistence/reconciliation.repository.js';
import { SubscriptionRepository } from '../../../dist/src/subscriptions/persistence/subscription.repository.js';
import { measured } from './processes.mjs';
import { CONNECTION, fillWorld, TENANT } from './reconciliation-world.mjs';

const task = JSON.parse(process.argv[2] ?? '{}');
const settings = resolveSettings({ database: { url: task.url, poolSize: 8 } });
const dataSource = await openMigrated(dataSourceOptions(settings.database, PERSISTENCE_LISTS));

/** Every line read once as text and counted: what nobody who looks at the lines one by one can do without. */
async function bareRead() {
  const runner = dataSource.createQueryRunner();
  const client = await runner.connect();
  const sql = `SELECT subscription_id, charge_type, quantity, unit_price, subtotal FROM imported_line WHERE tenant_id = $1`;
  let lines = 0;
  for await (const row of client.query(new QueryStream(sql, [TENANT], { batchSize: 1000 }))) {
    if (row.subtotal !== null) lines += 1;
  }
  await runner.release();
  return { lines };
}

async function ours() {
  const connection = await new ConnectionRepository(dataSource).find(CONNECTION);
  const source = new SubscriptionRepository(dataSource);
  const mirror = new BilledMonthRepository(dataSource);
  const lines = new LineRepository(dataSource);
  const margins = new MarginRuleRepository(dataSource);
  const history = new BillingHistoryRepository(dataSource);
  const items = new ChargeItems(
    source,
    new PostgresImportedLineRepository(dataSource),
    new CustomerLineRepository(dataSource),
    margins,
  );
  const facts = new SubscriptionFacts(mirror, history, source, margins, new SyncStates(lines));
  const rates = new MirroredRates(new MappingFactsRepository(dataSource));
  const bill = new PostgresBillTotals(dataSource);
  const reading = new MonthReading(mirror, source, bill, rates, new MonthChargesReader(items), facts);
  const store = new ReconciliationRepository(dataSource);
  const transactions = new TransactionRunner(dataSource);
  const clock = { now: () => new Date('2026-12-01T00:00:00Z') };
  const reconciliation = new Reconciliation(
    { get: () => Promise.resolve(connection) },
    reading,
    store,
    transactions,
    clock,
  );
  const report = await reconciliation.open(connection, '2026-11');
  const { findings, gain, loss } = await store.totals(report, {});
  return { findings, gain: gain.toFixed(2), loss: loss.toFixed(2) };
}

const STEPS = {
  fill: () => fillWorld(dataSource, task.lines).then((subscriptions) => ({ subscriptions })),
  bare: bareRead,
  ours,
};
const figures = await measured(STEPS[task.step]);
console.log(JSON.stringify(figures));
await dataSource.destroy();
