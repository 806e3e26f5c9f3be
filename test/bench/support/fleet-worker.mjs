/** One process of the fleet: `prepare` fills the database and ends; `work` runs the connector and answers questions over IPC. */
import pg from 'pg';
import { CONNECTION_STORE } from '../../../dist/src/connections/domain/connection-store.js';
import { packCredentials } from '../../../dist/src/connections/domain/connection-credentials.js';
import { newId } from '../../../dist/src/kernel/ids.js';
import { Secret } from '../../../dist/src/kernel/secret.js';
import { TransactionRunner } from '../../../dist/src/platform/persistence/transaction-runner.js';
import { SecretVault } from '../../../dist/src/secrets/application/secret-vault.service.js';
import { SANDBOX_API_USERS } from '../../../dist/src/autotask-simulator/testing.js';
import { addConnection, runSync, startConnectorApp } from './connector.mjs';

const task = JSON.parse(process.argv[2]);

/** Copies a connection under another instance id, so that each has a request allowance of its own, as real tenants do. */
async function copyConnection({ app }, original, change) {
  const vault = app.get(SecretVault, { strict: false });
  const store = app.get(CONNECTION_STORE, { strict: false });
  const id = newId();
  const { userName, secret } = SANDBOX_API_USERS[0];
  const sealed = await vault.seal(id, packCredentials({ username: userName, secret: new Secret(secret) }));
  await app.get(TransactionRunner, { strict: false }).run(async (tx) => {
    const { instance = {}, ...members } = change;
    await store.insert(tx, {
      ...original,
      ...members,
      id,
      instance: { ...original.instance, ...instance },
    });
    await vault.put(tx, id, sealed);
  });
  return id;
}

/** Gives copies the mirror and the watermarks of the original: the fleet as it is after its first runs. */
async function copyMirror(client, original) {
  const { rows } = await client.query(`
    SELECT table_name AS name, array_agg(quote_ident(column_name::text)) AS columns FROM information_schema.columns
    WHERE table_schema = 'psa_connector' AND (table_name LIKE 'psa\\_%' OR table_name = 'sync_watermark')
      AND is_generated = 'NEVER' GROUP BY 1
    HAVING bool_or(column_name = 'connection_id')`);
  for (const { name, columns } of rows) {
    const others = columns.filter((column) => column !== 'connection_id').join(', ');
    await client.query(
      `INSERT INTO psa_connector.${name} (connection_id, ${others})
       SELECT c.id, ${others.replaceAll(/(\w+|"[^"]+")/g, 'm.$1')} FROM psa_connector.${name} m CROSS JOIN psa_connector.connection c
       WHERE m.connection_id = $1 AND c.id <> $1 AND c.alias LIKE 'Fleet %'`,
      [original],
    );
  }
}

async function prepare() {
  const { databaseUrl, simulator, connections, idle, bigUrl } = task;
  const connector = await startConnectorApp({ databaseUrl, simulator });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const originalId = await addConnection(connector);
  await runSync(connector, originalId);
  const original = await connector.app.get(CONNECTION_STORE, { strict: false }).find(originalId);
  for (let index = 1; index < connections; index += 1) {
    await copyConnection(connector, original, {
      alias: `Fleet ${index}`,
      instance: { id: `fleet-${index}` },
    });
  }
  await copyMirror(client, originalId);
  const bigId = await copyConnection(connector, original, {
    alias: 'Big',
    instance: { id: 'big', apiUrl: bigUrl },
  });
  await client.query(
    `INSERT INTO psa_connector.sync_schedule (connection_id, needs_full)
     SELECT id, false FROM psa_connector.connection WHERE alias <> 'Big' ON CONFLICT (connection_id) DO UPDATE SET needs_full = false`,
  );
  // Idle connections are never worked on, so they need no credentials.
  await client.query(
    `INSERT INTO psa_connector.connection
     SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'alias', 'Idle ' || n,
       'instance_id', 'idle-' || n))).* FROM psa_connector.connection c CROSS JOIN generate_series(1, $2) AS n WHERE c.id = $1`,
    [originalId, idle],
  );
  // Neither the big tenant nor the idle ones are due while the fleet is watched.
  await client.query(
    `INSERT INTO psa_connector.sync_schedule (connection_id, needs_full, sync_cron, next_run_at, next_sweep_at, planned_with)
     SELECT id, true, '0 0 29 2 *', '2028-02-29', '2028-02-29', $1 FROM psa_connector.connection
     WHERE alias = 'Big' OR alias LIKE 'Idle %'
     ON CONFLICT (connection_id) DO UPDATE SET sync_cron = excluded.sync_cron, next_run_at = excluded.next_run_at,
       next_sweep_at = excluded.next_sweep_at, planned_with = excluded.planned_with`,
    [task.plannedWith],
  );
  await client.end();
  await connector.close();
  console.log(JSON.stringify({ bigId }));
}

async function work() {
  const { databaseUrl, simulator, schedules, sync } = task;
  const connector = await startConnectorApp({ databaseUrl, simulator, settings: { schedules, sync } });
  const answer = async ({ ask, path, body }) => {
    if (ask === 'cpu') process.send({ cpu: process.cpuUsage() });
    if (ask === 'post') process.send({ answer: await connector.call('POST', path, body) });
    if (ask === 'stop') {
      await connector.close();
      process.disconnect();
    }
  };
  process.on('message', (message) => void answer(message));
  process.send({ ready: true });
}

await (task.pipeline === 'prepare' ? prepare() : work());
