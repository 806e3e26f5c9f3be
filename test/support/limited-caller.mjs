/*
 * One replica that calls Autotask under the shared limits, as a process of its own on the build output: forked by tests and benches. Its one
 * parameter is JSON: {databaseUrl, discoveryUrl, username, secret, integrationCode, autotask}. It tells its parent "ready", then carries out
 * {entity, calls, parallel, purpose} and answers {calls, failures, ms}; it ends when the parent lets go of it.
 */
import { DEFAULT_AUTOTASK_OPTIONS } from '../../dist/src/autotask/autotask-options.js';
import { AutotaskAdapter } from '../../dist/src/autotask/autotask.adapter.js';
import { resolveSettings } from '../../dist/src/core/psa-connector.settings.js';
import { Secret } from '../../dist/src/kernel/secret.js';
import { PostgresRequestLedger } from '../../dist/src/platform/limits/postgres-request-ledger.js';
import { PostgresRequestSlots } from '../../dist/src/platform/limits/postgres-request-slots.js';
import { dataSourceOptions } from '../../dist/src/platform/persistence/data-source.js';
import { openMigrated } from '../../dist/src/platform/persistence/migrate.js';
import { PERSISTENCE_LISTS } from '../../dist/src/psa-connector.persistence.js';

const parameters = JSON.parse(process.argv[2]);
const settings = resolveSettings({
  database: { url: parameters.databaseUrl, migrate: 'never', poolSize: 2 },
});
const dataSource = await openMigrated(dataSourceOptions(settings.database, PERSISTENCE_LISTS));
const slots = new PostgresRequestSlots(settings);
const adapter = new AutotaskAdapter(
  {
    ...DEFAULT_AUTOTASK_OPTIONS,
    discoveryUrl: parameters.discoveryUrl,
    ...parameters.autotask,
    limits: { ...DEFAULT_AUTOTASK_OPTIONS.limits, ...parameters.autotask?.limits },
  },
  { now: () => new Date() },
  { slots, ledger: new PostgresRequestLedger(dataSource) },
);
const credentials = {
  username: parameters.username,
  secret: new Secret(parameters.secret),
  integrationCode: new Secret(parameters.integrationCode),
};

async function carryOut({ entity, calls, parallel, purpose }) {
  const session = adapter.openSession({ credentials, instance: parameters.instance, purpose });
  const failures = [];
  const startedAt = performance.now();
  let begun = 0;
  const worker = async () => {
    while (begun < calls) {
      begun += 1;
      try {
        await session.readByIds(entity, ['1']);
      } catch (error) {
        failures.push({ code: error.code, retryAfterSeconds: error.retryAfterSeconds, ...error.context });
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  await session.close();
  return { calls: session.apiCalls, failures, ms: performance.now() - startedAt };
}

process.on('message', (work) => {
  carryOut(work).then(
    (result) => process.send(result),
    (error) => process.send({ calls: 0, failures: [{ code: String(error?.stack ?? error) }], ms: 0 }),
  );
});
async function end() {
  await adapter.close();
  await slots.onApplicationShutdown();
  await dataSource.destroy();
}
process.once('disconnect', () => void end());
process.send('ready');
