/**
 * One pipeline of `bench:pull` in a process of its own: `pull-worker.mjs '{"pipeline":"copy",…}'` prints its figures as JSON. What is pulled
 * again is pulled by the process that pulled it first, as a service would.
 */
import { request, Agent } from 'node:http';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import 'reflect-metadata';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { DataSource, EntitySchema } from 'typeorm';
import { SANDBOX_API_USERS, SANDBOX_INTEGRATION_CODE } from '../../../dist/src/autotask-simulator/testing.js';
import { addConnection, runSync, startConnectorApp } from './connector.mjs';
import { measured } from './processes.mjs';

const task = JSON.parse(process.argv[2] ?? '{}');
const PAGE = 500;
const BATCH_PAGES = 20;
const FIELDS = [
  'id',
  'contractID',
  'contractServiceID',
  'serviceID',
  'startDate',
  'endDate',
  'units',
  'price',
  'internalCurrencyPrice',
  'cost',
  'approveAndPostDate',
];
const COLUMNS = [
  'connection_id',
  'external_id',
  'contract_external_id',
  'contract_service_external_id',
  'service_external_id',
  'starts_on',
  'ends_on',
  'units',
  'price',
  'internal_price',
  'cost',
  'posted_at',
];
const CONNECTION_ID = '0190c0de-0000-7000-8000-000000000001';
const HEADERS = {
  'content-type': 'application/json',
  username: SANDBOX_API_USERS[0].userName,
  secret: SANDBOX_API_USERS[0].secret,
  apiintegrationcode: SANDBOX_INTEGRATION_CODE,
};
const url = `${task.simulator.databases[0].zoneUrl}ContractServiceUnits/query`;
const agent = new Agent({ keepAlive: true });

const bodyAfter = (lastId) =>
  JSON.stringify({
    filter: [{ op: 'gt', field: 'id', value: lastId }],
    includeFields: FIELDS,
    maxRecords: PAGE,
  });

/** With nothing between us and the socket. */
function bareFetch(body) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers: HEADERS }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString()).items));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const globalFetch = async (body) =>
  (await (await fetch(url, { method: 'POST', headers: HEADERS, body })).json()).items;

/** Pages by ascending id; the next one is asked for before the last is used. */
async function* pages(read, limit = Infinity) {
  let next = read(bodyAfter(0));
  let rows = 0;
  while (next !== null) {
    const items = await next;
    rows += items.length;
    next = items.length < PAGE || rows >= limit ? null : read(bodyAfter(items.at(-1).id));
    yield items;
  }
}

const cell = (value) => (value === null ? '\\N' : value);
const copyLine = (row) => `${CONNECTION_ID}\t${FIELDS.map((field) => cell(row[field])).join('\t')}\n`;

async function client() {
  const connection = new pg.Client({ connectionString: task.databaseUrl });
  await connection.connect();
  return connection;
}

async function copyPipeline() {
  const connection = await client();
  await connection.query('TRUNCATE bench_unit');
  return measured(async () => {
    const stream = connection.query(copyFrom(`COPY bench_unit (${COLUMNS}) FROM STDIN`));
    let rows = 0;
    for await (const items of pages(bareFetch)) {
      rows += items.length;
      if (!stream.write(items.map(copyLine).join(''))) await once(stream, 'drain');
    }
    stream.end();
    await finished(stream);
    await connection.end();
    return { rows };
  });
}

async function stagedPipeline() {
  const connection = await client();
  await connection.query('TRUNCATE bench_unit');
  const values = COLUMNS.slice(2);
  const list = (prefix) => values.map((name) => `${prefix}.${name}`).join(', ');
  const merge = `INSERT INTO bench_unit AS mirrored SELECT * FROM stage ON CONFLICT (connection_id, external_id)
    DO UPDATE SET ${values.map((name) => `${name} = excluded.${name}`).join(', ')}
    WHERE (${list('mirrored')}) IS DISTINCT FROM (${list('excluded')})`;
  await connection.query(`CREATE TEMP TABLE stage AS SELECT ${COLUMNS} FROM bench_unit WITH NO DATA`);
  const store = async (text) => {
    await connection.query('BEGIN; TRUNCATE stage');
    const stream = connection.query(copyFrom(`COPY stage (${COLUMNS}) FROM STDIN`));
    stream.end(text);
    await finished(stream);
    await connection.query(merge);
    await connection.query('COMMIT');
  };
  const pull = async () => {
    let rows = 0;
    let text = '';
    let batched = 0;
    let storing = Promise.resolve();
    for await (const items of pages(bareFetch)) {
      rows += items.length;
      text += items.map(copyLine).join('');
      batched += 1;
      if (batched < BATCH_PAGES) continue;
      await storing;
      storing = store(text);
      [text, batched] = ['', 0];
    }
    await storing;
    if (text !== '') await store(text);
    return { rows };
  };
  const first = await measured(pull);
  await connection.query('CHECKPOINT');
  const again = await measured(pull);
  await connection.end();
  return { first, again };
}

async function typeormPipeline(write, limit) {
  const keys = ['connection_id', 'external_id'];
  const type = { connection_id: 'uuid', starts_on: 'date', ends_on: 'date', posted_at: 'timestamptz' };
  const numbers = new Set(['units', 'price', 'internal_price', 'cost']);
  const unit = new EntitySchema({
    name: 'bench_unit',
    tableName: 'bench_unit',
    columns: Object.fromEntries(
      COLUMNS.map((name) => [
        name,
        {
          type: type[name] ?? (numbers.has(name) ? 'numeric' : 'text'),
          primary: keys.includes(name),
          nullable: true,
        },
      ]),
    ),
  });
  const source = new DataSource({
    type: 'postgres',
    url: task.databaseUrl,
    entities: [unit],
    installExtensions: false,
  });
  await source.initialize();
  const repository = source.getRepository('bench_unit');
  await source.query('TRUNCATE bench_unit');
  return measured(async () => {
    let rows = 0;
    for await (const items of pages(globalFetch, limit)) {
      rows += items.length;
      const entities = items.map((row) =>
        Object.fromEntries(
          COLUMNS.map((name, index) => {
            if (name === 'connection_id') return [name, CONNECTION_ID];
            const value = row[FIELDS[index - 1]];
            return [name, value === null ? null : name.endsWith('_on') ? value.slice(0, 10) : String(value)];
          }),
        ),
      );
      await write(repository, entities);
    }
    await source.destroy();
    return { rows };
  });
}

/** Two full runs of the connector itself, whether the second has written no row of the mirror, and one that asks for changes alone. */
async function connectorPipeline() {
  const connection = await client();
  const app = await startConnectorApp(task);
  const connectionId = await addConnection(app);
  const pull = async (mode) => {
    const run = await runSync(app, connectionId, mode);
    return {
      rows: run.entities.reduce((sum, { read }) => sum + read, 0),
      updated: run.entities.reduce((sum, { updated }) => sum + updated, 0),
      calls: run.apiCalls,
    };
  };
  const first = await measured(() => pull('full'));
  const before = await versions(connection);
  await connection.query('CHECKPOINT');
  const again = await measured(() => pull('full'));
  const incremental = await measured(() => pull('incremental'));
  const after = await versions(connection);
  await app.close();
  await connection.end();
  return { first, again, incremental, isUnchanged: before === after };
}

/** Tells the row versions of the mirror apart from any others: how many there are of each table, and which transactions wrote them. */
async function versions(connection) {
  const tables = await connection.query(`
    SELECT tablename AS name FROM pg_tables WHERE schemaname = 'psa_connector' AND tablename LIKE 'psa\\_%' ORDER BY 1`);
  const found = [];
  for (const { name } of tables.rows) {
    const { rows } = await connection.query(
      `SELECT count(*) AS rows, sum(xmin::text::bigint) AS written, max(xmin::text::bigint) AS last FROM psa_connector.${name}`,
    );
    found.push({ name, ...rows[0] });
  }
  return JSON.stringify(found);
}

const PIPELINES = {
  copy: copyPipeline,
  staged: stagedPipeline,
  upsert: () =>
    typeormPipeline(
      (repository, rows) => repository.upsert(rows, ['connection_id', 'external_id']),
      task.sample,
    ),
  save: () => typeormPipeline((repository, rows) => repository.save(rows), task.sample),
  connector: connectorPipeline,
};

const result = await PIPELINES[task.pipeline]();
agent.destroy();
process.stdout.write(`${JSON.stringify(result)}\n`);
