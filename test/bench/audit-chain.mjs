// Makes a chain entry by entry, as an appender would, and copies it and its text index into the tables.
import { once } from 'node:events';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { blockOf, TEXT_BLOCK, termsOfBlock } from '../../dist/src/audit/domain/audit-text.js';
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

const KINDS = ['entry', 'connection', 'subscription', 'operation', 'correlation'];
/** Four hexadecimal digits of every number of 16 bits. */
const HEX = Array.from({ length: 65_536 }, (_, value) => value.toString(16).padStart(4, '0'));

/** A stable id of a thing of the bench: mixes of its number, as a digest would cost more than the rest of an entry. */
export function idOf(kind, number) {
  const a = mixed(number * 8 + KINDS.indexOf(kind));
  const b = mixed(a ^ 0x2545f491);
  const c = mixed(number * 8 + KINDS.indexOf(kind) + 0x4f6cdd1d);
  const group = `4${HEX[b >>> 16].slice(1)}-8${HEX[c >>> 16].slice(1)}`;
  return `${HEX[a >>> 16]}${HEX[a & 0xffff]}-${HEX[b & 0xffff]}-${group}-${HEX[c & 0xffff]}${HEX[(a ^ c) & 0xffff]}${HEX[(a ^ b) >>> 16]}`;
}

/** The finaliser of MurmurHash3: every bit of the number moves every bit of the result. */
function mixed(number) {
  let value = number | 0;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
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

export async function loadChain(url, size) {
  const connection = { connectionString: url, options: '-c search_path=psa_connector -c timezone=UTC' };
  const [client, textClient] = [new pg.Client(connection), new pg.Client(connection)];
  await Promise.all([client.connect(), textClient.connect()]);
  const makeIndexesAgain = await dropIndexes(client);
  const head = await copyEntries(client, textClient, size);
  await makeIndexesAgain();
  await client.query('INSERT INTO audit_chain_head VALUES ($1, $2, $3, $4, $5)', [
    TENANT,
    size,
    head.previousHash,
    head.hash,
    head.occurredAt,
  ]);
  await client.query(
    'INSERT INTO audit_actor SELECT DISTINCT tenant_id, actor_id, actor_name FROM audit_entry WHERE sequence <= 1000',
  );
  await client.query('VACUUM (ANALYZE) audit_entry');
  await client.query('VACUUM (ANALYZE) audit_text_block');
  await Promise.all([client.end(), textClient.end()]);
}

/** Indexes are made in one go afterwards, which is many times as fast as entry by entry. */
async function dropIndexes(client) {
  const constraints = await client.query(`
    SELECT c.conrelid::regclass AS on, c.conname AS name, pg_get_constraintdef(c.oid) AS definition FROM pg_constraint AS c
    WHERE c.conname LIKE 'audit\\_entry%' AND c.contype IN ('p', 'u') AND c.conparentid = 0`);
  const indexes = await client.query(`
    SELECT indexname AS name, indexdef AS definition FROM pg_indexes
    WHERE schemaname = 'psa_connector' AND indexname ~ '^audit_(entry_(operation|outcome|actor|connection)|text_block_terms)_idx$'`);
  for (const { on, name } of constraints.rows)
    await client.query(`ALTER TABLE ${on} DROP CONSTRAINT ${name}`);
  for (const { name } of indexes.rows) await client.query(`DROP INDEX ${name}`);
  return async () => {
    await client.query(`SET maintenance_work_mem = '512MB'`);
    for (const { on, name, definition } of constraints.rows)
      await client.query(`ALTER TABLE ${on} ADD CONSTRAINT ${name} ${definition}`);
    // Said of one table only, an index would be missing on every partition.
    for (const { definition } of indexes.rows) await client.query(definition.replace(' ON ONLY ', ' ON '));
  };
}

/** Writes the entries, and the blocks of the text index they belong to as the indexing would, in one pass. */
async function copyEntries(client, textClient, size) {
  const entries = new Copy(client.query(copyFrom(`COPY audit_entry (${COLUMNS}) FROM STDIN`)));
  const blocks = new Copy(
    textClient.query(
      copyFrom('COPY audit_text_block (tenant_id, block, begins_at, ends_at, terms) FROM STDIN'),
    ),
  );
  let last = { hash: GENESIS_HASH };
  let bodies = [];
  for (let number = 1; number <= size; number += 1) {
    const body = bodyAt(number, size);
    const entryHash = chainHash(last.hash, String(number), body);
    const full = entries.add(lineOf(body, number, last.hash, entryHash));
    if (full !== undefined) await full;
    last = { previousHash: last.hash, hash: entryHash, occurredAt: body.occurredAt };
    bodies.push(body);
    if (bodies.length < TEXT_BLOCK) continue;
    await blocks.add(blockLine(blockOf(number), bodies));
    bodies = [];
  }
  await Promise.all([entries.end(), blocks.end()]);
  return last;
}

/** Lines on their way into a table, sent in large pieces. */
class Copy {
  #chunk = '';

  constructor(stream) {
    this.stream = stream;
  }

  /** Gives a promise only where the sender has to wait: there are millions of lines. */
  add(line) {
    this.#chunk += line;
    if (this.#chunk.length < CHUNK_CHARACTERS) return undefined;
    const goesOn = this.stream.write(this.#chunk);
    this.#chunk = '';
    return goesOn ? undefined : once(this.stream, 'drain');
  }

  async end() {
    this.stream.end(this.#chunk);
    await once(this.stream, 'finish');
  }
}

function blockLine(block, bodies) {
  const terms = termsOfBlock(TENANT, block, bodies);
  return `${TENANT}\t${block}\t${bodies[0].occurredAt}\t${bodies.at(-1).occurredAt}\t{${terms.join(',')}}\n`;
}

/** One line of COPY's text form; nothing the bench writes holds a tab, a line end or a backslash. */
function lineOf(body, number, previousHash, hash) {
  return `${body.id}\t${body.tenantId}\t${number}\t${body.occurredAt}\t${body.operation}\t${body.outcome}\t${body.actor.id}\t${body.actor.name}\t${body.connectionId}\t${body.subject.type}\t${body.subject.id}\t${body.subject.label}\t${JSON.stringify(body.details)}\t${body.correlationId}\t${previousHash}\t${hash}\n`;
}
