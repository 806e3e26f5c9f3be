// Appends of many tenants at once, in turns with the same row inserted without a chain; both with prepared statements.
import { storableBody } from '../../dist/src/audit/domain/audit-entry.js';
import { AuditEntryRepository } from '../../dist/src/audit/persistence/audit-entry.repository.js';
import { preparedRowsOf } from '../../dist/src/platform/persistence/sql.js';
import { TransactionRunner } from '../../dist/src/platform/persistence/transaction-runner.js';
import { bodyAt } from './audit-chain.mjs';

/** Short turns, many of them: what else the machine does falls on each alike. */
const ROUNDS = 15;
const PLAIN = (
  table,
) => `INSERT INTO ${table} (id, tenant_id, sequence, occurred_at, operation, outcome, actor_id, actor_name, connection_id,
  subject_type, subject_id, subject_label, details, correlation_id, previous_hash, hash)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)`;

export async function measureAppend(dataSource, { seconds, tenants, workers }) {
  await dataSource.query('DROP TABLE IF EXISTS bench_indexed, bench_keyed');
  await dataSource.query('CREATE TABLE bench_indexed (LIKE audit_entry INCLUDING ALL)');
  await dataSource.query(
    'CREATE TABLE bench_keyed (LIKE audit_entry INCLUDING CONSTRAINTS, PRIMARY KEY (tenant_id, sequence))',
  );
  const repository = new AuditEntryRepository(dataSource);
  const transactions = new TransactionRunner(dataSource);
  let number = 0;
  const nextBody = () => {
    number += 1;
    const body = bodyAt(number, 1_000_000_000);
    return { ...body, occurredAt: new Date().toISOString(), tenantId: `tenant-${number % tenants}` };
  };
  const plain = (table) => {
    const body = nextBody();
    const values = [
      body.id,
      body.tenantId,
      number,
      body.occurredAt,
      body.operation,
      body.outcome,
      body.actor.id,
      body.actor.name,
      body.connectionId,
      body.subject.type,
      body.subject.id,
      body.subject.label,
      JSON.stringify(body.details),
      body.correlationId,
      '0'.repeat(64),
    ];
    return transactions.run((manager) => preparedRowsOf(manager, PLAIN(table), values));
  };
  const kinds = {
    'append to the chains': () => transactions.run((tx) => repository.append(tx, storableBody(nextBody()))),
    'plain insert, same indexes': () => plain('bench_indexed'),
    'plain insert, primary key only': () => plain('bench_keyed'),
  };
  const rates = Object.fromEntries(Object.keys(kinds).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, once] of Object.entries(kinds))
      rates[name].push(await rateOf(once, (3 * seconds) / ROUNDS, workers));
  }
  const medians = Object.fromEntries(
    Object.entries(rates).map(([name, list]) => [name, list.toSorted((a, b) => a - b)[(ROUNDS - 1) / 2]]),
  );
  return { rates: medians, ratio: medians['append to the chains'] / medians['plain insert, same indexes'] };
}

async function rateOf(once, seconds, workers) {
  const endsAt = performance.now() + seconds * 1000;
  const startedAt = performance.now();
  let done = 0;
  const worker = async () => {
    while (performance.now() < endsAt) {
      await once();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return (done / (performance.now() - startedAt)) * 1000;
}
