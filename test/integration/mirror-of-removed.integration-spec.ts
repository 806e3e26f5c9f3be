import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemContext } from '../../src/core/use-case-context.js';
import { newId } from '../../src/kernel/ids.js';
import { SyncUpkeep } from '../../src/sync/application/sync-upkeep.service.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { buildSyncScenario, type SyncScenario } from '../support/builders/sync-scenario.builder.js';

const DAY = 86_400_000;
/** More than one transaction deletes. */
const MANY = 5_001;

let installation: TestInstallation;

beforeAll(async () => {
  Logger.overrideLogger(false);
  installation = await openInstallation();
});

afterAll(() => installation?.close());

async function rowsOf({ connection }: SyncScenario): Promise<number> {
  const tables = await installation.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns
     WHERE table_schema = 'psa_connector' AND table_name LIKE 'psa\\_%' AND column_name = 'external_id'`,
  );
  const counts = await Promise.all(
    tables.map(({ name }) =>
      installation.query<{ rows: number }>(
        `SELECT count(*)::integer AS rows FROM ${name} WHERE connection_id = $1`,
        [connection.id],
      ),
    ),
  );
  return counts.flat().reduce((total, { rows }) => total + rows, 0);
}

function upkeepOf({ services }: SyncScenario): SyncUpkeep {
  const { stores, mirror, queue, ends, backOff, clock } = services;
  const { settings, transactions } = installation;
  return new SyncUpkeep(settings, stores.runs, mirror, queue, transactions, ends, backOff, clock);
}

it('deletes what is mirrored of a removed connection once its runs are no longer kept, and nothing of others', async () => {
  const [kept, removed] = [await buildSyncScenario(installation), await buildSyncScenario(installation)];
  await kept.execute();
  await removed.execute();
  await installation.query(
    `INSERT INTO psa_company (connection_id, external_id, name, type, is_active)
     SELECT $1, 'many-' || n, 'Many', 'customer', true FROM generate_series(1, $2::integer) AS n`,
    [removed.connection.id, MANY],
  );
  const [ofKept, ofRemoved] = [await rowsOf(kept), await rowsOf(removed)];
  const { administration, clock } = removed.services;
  await administration.remove(systemContext(removed.connection.tenantId, newId()), removed.connection.id);
  const days = installation.settings.sync.runRetentionDays;

  clock.advance(days * DAY);
  await upkeepOf(removed).deleteOld();
  expect(await rowsOf(removed)).toBe(ofRemoved);

  clock.advance(1);
  await upkeepOf(removed).deleteOld();
  expect(ofRemoved).toBeGreaterThan(MANY);
  expect(await rowsOf(removed)).toBe(0);
  expect(await rowsOf(kept)).toBe(ofKept);
});
