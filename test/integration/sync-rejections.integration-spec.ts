import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { aCompany } from '../support/builders/psa-records.builder.js';
import { buildSyncScenario, type SyncScenario } from '../support/builders/sync-scenario.builder.js';
import type { FakePsaAdapter } from '../support/fakes/fake-psa-adapter.js';

let installation: TestInstallation;
let scenario: SyncScenario;
let psa: FakePsaAdapter;

beforeAll(async () => {
  Logger.overrideLogger(false);
  installation = await openInstallation();
});

afterAll(() => installation?.close());

beforeEach(async () => {
  scenario = await buildSyncScenario(installation);
  ({ psa } = scenario.services);
});

describe('a PSA that holds records nobody can read', () => {
  it('gets all others mirrored, keeps what was mirrored of these, and has them named on the run', async () => {
    await scenario.execute();
    const before = await scenario.mirrored();
    psa.records.companies = psa.records.companies.map((company) => ({ ...company, name: 'Renamed' }));
    psa.records.companies.push(aCompany({ externalId: '8' }));
    psa.malformed.set('companies 4', 'companyName').set('companies 8', 'companyType');
    const run = await scenario.execute();
    expect(run).toMatchObject({ state: 'succeeded', error: null });
    const companies = run.entities.find(({ entity }) => entity === 'companies');
    expect(companies).toMatchObject({
      read: 6,
      updated: 6,
      deleted: 0,
      rejections: [
        { externalId: '4', field: 'companyName', detail: 'companies 4: companyName is missing.' },
        { externalId: '8', field: 'companyType', detail: 'companies 8: companyType is missing.' },
      ],
    });
    const rows = (await scenario.mirrored())['psa_company'] ?? [];
    expect(rows).toHaveLength(7);
    expect(rows[3]).toEqual(before['psa_company']?.[3]);
    expect(await scenario.stateOfConnection()).toBe('active');
    const schedule = await scenario.services.stores.schedules.find(scenario.connection.id);
    expect(schedule?.needsFull).toBe(false);

    psa.malformed.clear();
    const [repaired] = (await scenario.execute()).entities.filter(({ entity }) => entity === 'companies');
    expect(repaired).toMatchObject({ read: 8, created: 1, updated: 1, rejections: [] });
  });

  it('asks for attention when they are so many that the fault is not theirs, and stores none of that batch', async () => {
    psa.pageSize = 200;
    psa.records.companies = Array.from({ length: 150 }, (_, index) =>
      aCompany({ externalId: String(index + 1) }),
    );
    for (let id = 1; id <= 101; id += 1) psa.malformed.set(`companies ${id}`, 'companyType');
    const run = await scenario.execute();
    expect(run).toMatchObject({
      state: 'failed',
      error: {
        code: 'sync.records_unreadable',
        detail: expect.stringContaining('companies 1: companyType is missing'),
      },
    });
    expect((await scenario.mirrored())['psa_company']).toEqual([]);
    expect(await scenario.stateOfConnection()).toBe('attention');
  });
});
