// Makes a chain entry by entry, as an appender would, and copies it and its text index into the tables, part by part.
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
/** Entries of a transaction; whole blocks of the text index. */
const PART = TEXT_BLOCK * 10_000;

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

/** Ids that stand in many entries are made once. */
const shared = new Map();
function sharedIdOf(kind, number) {
  const name = `${kind} ${number}`;
  const id = shared.get(name) ?? idOf(kind, number);
  shared.set(name, id);
  return id;
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
    connectionId: sharedIdOf('connection', connection),
    subject: {
      type: 'subscription',
      id: sharedIdOf('subscription', customer),
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

/**
 * Loads the chain in parts, each a transaction, and builds the indexes afterwards, so that it can end early and be gone on with.
 * @returns whether everything is there
 */
export async function loadChain(url, size, { until = Infinity, tell = () => undefined } = {}) {
  const client = new pg.Client({
    connectionString: url,
    options: '-c search_path=psa_connector -c timezone=UTC',
  });
  await client.connect();
  try {
    await client.query(`SET maintenance_work_mem = '512MB'`);
    await begin(client);
    for (let at = await reached(client); at.sequence < size; at = await reached(client)) {
      if (performance.now() > until) return false;
      await loadPart(client, at, Math.min(size, at.sequence + PART), size);
      tell(`${Math.min(size, at.sequence + PART).toLocaleString('en')} entries are in`);
    }
    if (!(await buildIndexes(client, until, tell))) return false;
    await finish(client);
    return true;
  } finally {
    await client.end();
  }
}

/** Takes the indexes away, because building one in one go is many times as fast as entry by entry, and notes how each is built. */
async function begin(client) {
  const { rows } = await client.query(`SELECT to_regclass('bench_part') AS found`);
  if (rows[0].found !== null) return;
  await client.query('BEGIN');
  await client.query('CREATE TABLE bench_index (number serial, statement text)');
  await client.query(
    'CREATE TABLE bench_part (sequence bigint, previous_hash text, hash text, occurred_at text)',
  );
  await client.query('INSERT INTO bench_part VALUES (0, NULL, $1, NULL)', [GENESIS_HASH]);
  const constraints = await client.query(`
    SELECT c.conrelid::regclass AS on, c.conname AS name, pg_get_constraintdef(c.oid) AS definition FROM pg_constraint AS c
    WHERE c.conname LIKE 'audit\\_entry%' AND c.contype IN ('p', 'u') AND c.conparentid = 0`);
  const indexes = await client.query(`
    SELECT indexname AS name, indexdef AS definition FROM pg_indexes
    WHERE schemaname = 'psa_connector' AND indexname ~ '^audit_(entry_(operation|outcome|actor|connection)|text_block_terms)_idx$'`);
  const note = (statement) => client.query('INSERT INTO bench_index (statement) VALUES ($1)', [statement]);
  for (const { on, name, definition } of constraints.rows) {
    await note(`ALTER TABLE ${on} ADD CONSTRAINT ${name} ${definition}`);
    await client.query(`ALTER TABLE ${on} DROP CONSTRAINT ${name}`);
  }
  for (const { name, definition } of indexes.rows) {
    // Said of one table only, an index would be missing on every partition.
    await note(definition.replace(' ON ONLY ', ' ON '));
    await client.query(`DROP INDEX ${name}`);
  }
  await client.query('COMMIT');
}

async function reached(client) {
  const { rows } = await client.query(
    'SELECT sequence::integer, previous_hash AS "previousHash", hash, occurred_at AS "occurredAt" FROM bench_part',
  );
  return rows[0];
}

async function loadPart(client, from, through, size) {
  await client.query('BEGIN');
  const { last, blocks } = await copyEntries(client, from, through, size);
  const copy = new Copy(
    client.query(copyFrom('COPY audit_text_block (tenant_id, block, begins_at, ends_at, terms) FROM STDIN')),
  );
  for (const block of blocks) await copy.add(block);
  await copy.end();
  await client.query('UPDATE bench_part SET sequence = $1, previous_hash = $2, hash = $3, occurred_at = $4', [
    through,
    last.previousHash,
    last.hash,
    last.occurredAt,
  ]);
  await client.query('COMMIT');
}

async function buildIndexes(client, until, tell) {
  const { rows } = await client.query('SELECT number, statement FROM bench_index ORDER BY number');
  for (const { number, statement } of rows) {
    if (performance.now() > until) return false;
    await client.query('BEGIN');
    await client.query(statement);
    await client.query('DELETE FROM bench_index WHERE number = $1', [number]);
    await client.query('COMMIT');
    if (!statement.includes('_sequence_uq')) tell(statement.slice(0, 70));
  }
  return true;
}

/** The head last: it says that everything is there. */
async function finish(client) {
  await client.query('VACUUM (ANALYZE) audit_entry');
  await client.query('VACUUM (ANALYZE) audit_text_block');
  await client.query('BEGIN');
  await client.query(
    'INSERT INTO audit_actor SELECT DISTINCT tenant_id, actor_id, actor_name FROM audit_entry WHERE sequence <= 1000',
  );
  await client.query(
    `INSERT INTO audit_chain_head (tenant_id, sequence, previous_hash, hash, occurred_at)
    SELECT $1, sequence, previous_hash, hash, occurred_at::timestamptz FROM bench_part`,
    [TENANT],
  );
  await client.query('DROP TABLE bench_part, bench_index');
  await client.query('COMMIT');
}

/** Writes the entries after a place, and makes the lines of the text index they belong to as the indexing would. */
async function copyEntries(client, from, through, size) {
  const entries = new Copy(client.query(copyFrom(`COPY audit_entry (${COLUMNS}) FROM STDIN`)));
  const blocks = [];
  let last = from;
  let bodies = [];
  for (let number = from.sequence + 1; number <= through; number += 1) {
    const body = bodyAt(number, size);
    const entryHash = chainHash(last.hash, String(number), body);
    const full = entries.add(lineOf(body, number, last.hash, entryHash));
    if (full !== undefined) await full;
    last = { previousHash: last.hash, hash: entryHash, occurredAt: body.occurredAt };
    bodies.push(body);
    if (bodies.length < TEXT_BLOCK) continue;
    blocks.push(blockLine(blockOf(number), bodies));
    bodies = [];
  }
  await entries.end();
  return { last, blocks };
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
