import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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

/** A first pull of two batches of lines, and how far the writing of each has come. */
async function firstPull() {
  const scenario = await buildSyncScenario(installation);
  const { mirror, psa } = scenario.services;
  psa.pageSize = 2;
  psa.records.contractServices = lines('new');
  const steps: string[] = [];
  const writeRows = mirror.writeRows.bind(mirror);
  vi.spyOn(mirror, 'writeRows').mockImplementation(async (tx, batch) => {
    if (batch.entity !== 'contractServices') return writeRows(tx, batch);
    const which = batch.pageNumber > 0 ? 'second' : 'first';
    steps.push(`${which} begins`);
    const counts = await writeRows(tx, batch);
    steps.push(`${which} is written`);
    return counts;
  });
  return { scenario, mirror, steps };
}

describe('a first pull of two batches', () => {
  it('writes the second once the first is written, while that is being committed', async () => {
    const { scenario, mirror, steps } = await firstPull();
    const rememberRows = mirror.rememberRows.bind(mirror);
    vi.spyOn(mirror, 'rememberRows').mockImplementation(async (tx, batch) => {
      if (batch.entity === 'contractServices' && batch.pageNumber === 0)
        await vi.waitUntil(() => steps.includes('second is written'), { timeout: 5_000 });
      await rememberRows(tx, batch);
    });
    expect(await scenario.execute()).toMatchObject({ state: 'succeeded' });
    expect(steps).toEqual(['first begins', 'first is written', 'second begins', 'second is written']);
    expect((await scenario.mirrored())['psa_contract_service']).toHaveLength(3);
  });

  it('keeps nothing of the second where the first could not be committed', async () => {
    const { scenario, mirror, steps } = await firstPull();
    const rememberRows = mirror.rememberRows.bind(mirror);
    vi.spyOn(mirror, 'rememberRows').mockImplementation(async (tx, batch) => {
      if (batch.entity !== 'contractServices') return rememberRows(tx, batch);
      await vi.waitUntil(() => steps.includes('second is written'), { timeout: 5_000 });
      throw new Error('broken');
    });
    const run = await scenario.execute();
    expect(run.state).toBe('failed');
    const { pages, read, nextCursor } =
      run.entities.find(({ entity }) => entity === 'contractServices') ?? {};
    expect({ pages, read, nextCursor }).toEqual({ pages: 0, read: 0, nextCursor: null });
    expect((await scenario.mirrored())['psa_contract_service']).toEqual([]);
  });
});
