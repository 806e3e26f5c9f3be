// Makes a chain entry by entry, as an appender would, and copies it into the table.
import { hash } from 'node:crypto';
import { once } from 'node:events';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { AuditTextIndexing } from '../../dist/src/audit/application/audit-text-indexing.service.js';
import { AuditChainRepository } from '../../dist/src/audit/persistence/audit-chain.repository.js';
import { AuditTextRepository } from '../../dist/src/audit/persistence/audit-text.repository.js';
import { chainHash, GENESIS_HASH } from '../../dist/src/audit/domain/audit-entry.js';
import { ENDS_AT, STARTS_AT, TENANT } from './audit-database.mjs';

const OPERATIONS = [
  'Update Subscription on Connection',
  'Update Connector Connection',
  'Check Connector Connection',
  'Create Connection Subscription Mapping',
];
const RARE_OPERATION = 'Delete Connector Connection';
const COLUMNS = `id, tenant_id, sequence, occurred_at, operation, outcome, actor_id, actor_name, connection_id, subject_type, subject_id,
  subject_label, details, correlation_id, previous_hash, hash`;
const CHUNK_CHARACTERS = 1 << 20;

/** A stable id of a thing of the bench. */
export function idOf(kind, number) {
  const digest = hash('md5', `${kind}-${number}`, 'hex');
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-4${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

/** The entry at a place of 1 to `size`: 100 connections, 20 actors, 5,000 customers, one in twenty failed. */
export function bodyAt(number, size) {
  const failed = number % 20 === 0;
  const connection = number % 100;
  const actor = number % 20;
  const customer = (number * 7919) % 5000;
  const units = number % 300;
  return {
    id: idOf('entry', number),
    occurredAt: new Date(STARTS_AT + Math.floor(((ENDS_AT - STARTS_AT) * (number - 1)) / size)).toISOString(),
    operation: number % 10_000 === 0 ? RARE_OPERATION : OPERATIONS[number % 4],
    outcome: failed ? 'failed' : 'succeeded',
    actor: { id: `user-${actor}`, name: `Person ${String.fromCharCode(65 + actor)} Example` },
    tenantId: TENANT,
    connectionId: idOf('connection', connection),
    subject: {
      type: 'subscription',
      id: idOf('subscription', customer),
      label: `Customer${customer} Microsoft 365 Business`,
    },
    details: {
      changes: [{ field: 'quantity', before: units, after: units + 1 }],
      contractId: String(29_683_664 + customer),
      operationId: idOf('operation', number),
      ...(failed ? { code: 'psa.request_rejected', reason: 'Autotask refused the adjustment.' } : {}),
    },
    correlationId: idOf('correlation', number),
  };
}

export async function loadChain(dataSource, url, size) {
  const client = new pg.Client({
    connectionString: url,
    options: '-c search_path=psa_connector -c timezone=UTC',
  });
  await client.connect();
  const head = await copyEntries(client, size);
  await client.query('INSERT INTO audit_chain_head VALUES ($1, $2, $3, $4, $5)', [
    TENANT,
    size,
    head.previousHash,
    head.hash,
    head.occurredAt,
  ]);
  await client.query(
    'INSERT INTO audit_actor SELECT DISTINCT tenant_id, actor_id, actor_name FROM audit_entry',
  );
  await client.query('VACUUM (ANALYZE) audit_entry');
  await client.end();
  const indexing = new AuditTextIndexing(
    new AuditChainRepository(dataSource),
    new AuditTextRepository(dataSource),
  );
  await indexing.indexTenant(TENANT);
  await dataSource.query('VACUUM (ANALYZE) audit_text_block');
}

async function copyEntries(client, size) {
  const stream = client.query(copyFrom(`COPY audit_entry (${COLUMNS}) FROM STDIN`));
  let last = { hash: GENESIS_HASH };
  let chunk = '';
  for (let number = 1; number <= size; number += 1) {
    const body = bodyAt(number, size);
    const entryHash = chainHash(last.hash, String(number), body);
    chunk += lineOf(body, number, last.hash, entryHash);
    last = { previousHash: last.hash, hash: entryHash, occurredAt: body.occurredAt };
    if (chunk.length < CHUNK_CHARACTERS) continue;
    if (!stream.write(chunk)) await once(stream, 'drain');
    chunk = '';
  }
  stream.end(chunk);
  await once(stream, 'finish');
  return last;
}

/** One line of COPY's text form; nothing the bench writes holds a tab, a line end or a backslash. */
function lineOf(body, number, previousHash, hash) {
  return `${body.id}\t${body.tenantId}\t${number}\t${body.occurredAt}\t${body.operation}\t${body.outcome}\t${body.actor.id}\t${body.actor.name}\t${body.connectionId}\t${body.subject.type}\t${body.subject.id}\t${body.subject.label}\t${JSON.stringify(body.details)}\t${body.correlationId}\t${previousHash}\t${hash}\n`;
}
