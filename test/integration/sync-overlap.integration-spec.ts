import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { aContractService } from '../support/builders/psa-records.builder.js';
import { buildSyncScenario } from '../support/builders/sync-scenario.builder.js';

let installation: TestInstallation;

beforeAll(async () => {
  Logger.overrideLogger(false);
  installation = await openInstallation();
});

afterAll(() => installation?.close());

/** Of one contract. */
const lines = (description: string) =>
  ['1', '2', '3'].map((externalId) => aContractService({ externalId, contractExternalId: '1', description }));

it('stores two batches of lines of the same contracts at once, whichever has its rows written first', async () => {
  const scenario = await buildSyncScenario(installation);
  const { mirror, psa } = scenario.services;
  psa.pageSize = 2;
  psa.records.contractServices = lines('before');
  await scenario.execute();
  // Its change field is no longer shown: an incremental run reads all of it.
  psa.tracking.contractServices = 'new rows';
  psa.records.contractServices = lines('after');
  const writeRows = mirror.writeRows.bind(mirror);
  const second = Promise.withResolvers<void>();
  vi.spyOn(mirror, 'writeRows').mockImplementation(async (tx, batch) => {
    const counts = await writeRows(tx, batch);
    if (batch.entity !== 'contractServices') return counts;
    if (batch.pageNumber > 0) second.resolve();
    else await second.promise.then(() => wait(200));
    return counts;
  });
  const run = scenario.execute(await scenario.queuedRun({ mode: 'incremental' }));
  expect(await Promise.race([run, wait(5_000)])).toMatchObject({ state: 'succeeded' });
  expect((await scenario.mirrored())['psa_contract_service']).toMatchObject(
    lines('after').map(({ description }) => ({ row: { description } })),
  );
});
