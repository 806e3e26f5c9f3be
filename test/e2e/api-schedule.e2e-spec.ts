import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL_RIGHTS, type Connector, credentialsOf, startConnector } from '../support/connector.js';
import { NO_ADJUSTMENTS_LEVEL } from '../../src/autotask-simulator/testing.js';
import { until } from '../support/until.js';

const EVERY_SECOND = '* * * * * *';

interface RunRow {
  id: string;
  trigger: string;
  state: string;
  scheduled_for: Date;
}

describe('the schedule of sync runs with two instances on one database', () => {
  let connector: Connector;

  beforeAll(async () => {
    connector = await startConnector({ schedules: { syncCron: EVERY_SECOND } });
    await connector.startApp();
  });

  afterAll(async () => {
    await connector?.stop();
  });

  it('starts one run per tick and reads Autotask once for each', async () => {
    const { id } = await connector.connect();
    const disabled = await connector.connect({ alias: 'Disabled', currency: 'USD' });
    await connector.api.patch(`/connections/${disabled.id}`, { enabled: false });
    const select =
      'SELECT id, trigger, state, scheduled_for FROM psa_connector.sync_run WHERE connection_id = $1';
    await until('four runs', async () => {
      const rows = await connector.rows<RunRow>(select, [id]);
      return rows.filter(({ state }) => state === 'succeeded').length >= 4 ? rows : null;
    });
    await connector.api.patch(`/connections/${id}`, { enabled: false });
    const runs = await until('the last run to end', async () => {
      const rows = await connector.rows<RunRow>(select, [id]);
      return rows.every(({ state }) => state === 'succeeded' || state === 'cancelled') ? rows : null;
    });
    const ticks = runs.map((run) => run.scheduled_for.toISOString());
    expect(new Set(ticks).size).toBe(ticks.length);
    for (const tick of ticks) expect(tick).toMatch(/\.000Z$/);
    for (const { trigger } of runs) expect(trigger).toBe('schedule');
    const succeeded = runs.filter(({ state }) => state === 'succeeded');
    // One page, and no access check asks for it.
    const reads = connector.simulator.journal.count({ path: /ContractServices\/query$/ });
    expect(reads).toBeGreaterThanOrEqual(succeeded.length);
    expect(reads).toBeLessThanOrEqual(runs.length);
    expect(connector.app.log.linesWith('could not be queued')).toEqual([]);
  });
});

describe('the schedule of access checks', () => {
  let connector: Connector;
  let rightsId: string;
  let secretId: string;

  beforeAll(async () => {
    connector = await startConnector();
    rightsId = (await connector.connect({ alias: 'Rights' })).id;
    const credentials = credentialsOf('all-rights@sandbox-single.example');
    secretId = (await connector.connect({ alias: 'Secret', credentials })).id;
  });

  afterAll(async () => {
    await connector?.stop();
  });

  const checksOf = (id: string) =>
    connector.audit(`&connectionId=${id}&operation=Check+Connector+Connection`);

  it('turns a connection to attention when its level loses rights, and when its secret no longer fits', async () => {
    const { world, journal } = connector.simulator;
    world.user(ALL_RIGHTS).securityLevel = NO_ADJUSTMENTS_LEVEL;
    const other = world.user('all-rights@sandbox-single.example');
    other.secret = 'another-secret';
    const replica = await connector.startApp({ checkCron: EVERY_SECOND });
    for (const id of [rightsId, secretId]) {
      await until('attention', async () =>
        (await connector.connection(id)).state === 'attention' ? true : null,
      );
    }
    const sofar = (await checksOf(rightsId)).length;
    await until('three more checks of the other connection', async () =>
      (await checksOf(rightsId)).length >= sofar + 3 ? true : null,
    );
    await replica.close();
    expect(journal.count({ userName: other.userName, status: 401 }), 'refused credentials').toBe(1);
    expect(other.failedSignIns).toBe(1);
    const entries = await checksOf(rightsId);
    expect(entries.at(-1)).toMatchObject({
      outcome: 'failed',
      actor: { id: 'psa-connector' },
      tenantId: 'tenant-a',
      details: {
        accessCheck: { outcome: 'failed', capabilities: { billing: false } },
        changes: [{ field: 'state', before: 'active', after: 'attention' }],
      },
    });
    const { accessReport } = await connector.connection(rightsId);
    expect(accessReport.checks.filter(({ outcome }) => outcome === 'failed')).toMatchObject([
      { entity: 'ContractServiceAdjustments', verb: 'create', found: 'None' },
    ]);
  });

  it('lets a check by a person bring them back when the cause is gone', async () => {
    const { world } = connector.simulator;
    world.user(ALL_RIGHTS).securityLevel = { ...NO_ADJUSTMENTS_LEVEL, rights: {} };
    const answer = await connector.api.post(`/connections/${rightsId}/check`);
    expect(answer.body).toMatchObject({ accessReport: { outcome: 'passed' } });
    expect((await connector.connection(rightsId)).state).toBe('active');
    const { username } = await connector.connection(secretId);
    const credentials = { username, secret: 'another-secret' };
    const rotated = await connector.api.patch(`/connections/${secretId}`, { credentials });
    expect(rotated.body).toMatchObject({ state: 'active', accessReport: { outcome: 'passed' } });
  });
});
