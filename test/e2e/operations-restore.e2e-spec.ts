import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import type { Line } from '../support/billing/scenario-types.js';
import { until } from '../support/until.js';

const ADJUST = /ServiceAdjustments$/;

const TODAY = '2026-11-25';
const PUSHED = { effectiveDate: TODAY, unitChange: 4 };

/** One statement on the server, outside the database that is copied. */
async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

describe('a database that is restored from a backup', () => {
  let scenario: BillingScenario;
  let name: string;

  beforeEach(async () => {
    scenario = await BillingScenario.start({ applyMode: 'automatic' });
    name = new URL(scenario.connector.database.url).pathname.slice(1);
  });

  afterEach(async () => {
    await scenario?.stop();
    await onServer(`DROP DATABASE IF EXISTS ${name}_backup WITH (FORCE)`);
  });

  /** A byte for byte copy, taken while nothing runs. */
  const backUp = async () => {
    await scenario.connector.closeApps();
    await onServer(`CREATE DATABASE ${name}_backup TEMPLATE ${name}`);
    await scenario.connector.startApp();
  };
  const restore = async () => {
    await scenario.connector.closeApps();
    await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
    await onServer(`ALTER DATABASE ${name}_backup RENAME TO ${name}`);
    await scenario.connector.startApp();
  };
  /** Adjustments beside the one that brought the units of the beginning. */
  const changes = (line: Line) =>
    scenario.adjustments(line).filter(({ effectiveDate }) => effectiveDate === TODAY);
  const stateOf = async (line: Line) => (await scenario.operations(line)).map(({ state }) => state);

  it('proves its audit log and reads its credentials with the same master key', async () => {
    await scenario.line({ unitsBefore: 5 });
    const before = (await scenario.connector.audit()).map(({ hash }) => hash);
    await backUp();
    await scenario.connector.connect({ alias: 'After the backup', currency: 'USD' });
    await restore();
    const verified = await scenario.api.get<{ isIntact: boolean }>('/audit-entries/verify');
    expect(verified.body).toMatchObject({ isIntact: true, problem: null });
    expect((await scenario.connector.audit()).map(({ hash }) => hash)).toEqual(before);
    expect((await scenario.api.get('/health/ready')).body).toEqual({ status: 'ok' });
    const checked = await scenario.api.post<{ accessReport: { outcome?: string } }>(
      `/connections/${scenario.connectionId}/check`,
    );
    expect(checked.status).toBe(200);
    expect(checked.text).not.toContain('secret.unreadable');
    await scenario.pullAll();
  });

  it('sends nothing twice of what was waiting when it was taken and was sent afterwards', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    scenario.simulator.faults.add({ method: 'POST', path: ADJUST, fault: { kind: 'status', status: 503 } });
    await scenario.change(line, { quantity: 9 });
    await until('an attempt', async () => {
      const [operation] = await scenario.operations(line);
      return operation !== undefined && operation.attempts > 0 ? operation : null;
    });
    await backUp();
    scenario.simulator.faults.clear();
    await until('the push', async () => ((await stateOf(line))[0] === 'applied' ? true : null));
    expect(changes(line)).toEqual([PUSHED]);
    await restore();
    await scenario.settled(line);
    expect(await stateOf(line)).toEqual(['applied']);
    expect(changes(line)).toEqual([PUSHED]);
    expect(scenario.unitsOn(line, TODAY)).toBe(9);
  });

  it('sends nothing twice of what came after it, when the platform reports that again', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await backUp();
    await scenario.change(line, { quantity: 9 });
    await scenario.settled(line);
    expect(changes(line)).toEqual([PUSHED]);
    await restore();
    expect(await scenario.operations(line)).toEqual([]);
    await scenario.pullAll();
    await scenario.change(line, { quantity: 9 });
    await scenario.settled(line);
    expect(changes(line)).toEqual([PUSHED]);
    expect(scenario.unitsOn(line, TODAY)).toBe(9);
  });
});

describe('a host that ends while it pushes', () => {
  let scenario: BillingScenario;

  beforeEach(async () => {
    scenario = await BillingScenario.start({ applyMode: 'automatic' });
  });

  afterEach(() => scenario?.stop());

  it('waits for the answer under way, gives the rest back, and nothing is sent twice', async () => {
    const lines = [await scenario.line({ unitsBefore: 5 }), await scenario.line({ unitsBefore: 5 })];
    scenario.simulator.faults.add({ method: 'POST', path: ADJUST, fault: { kind: 'delay', ms: 700 } });
    for (const line of lines) await scenario.change(line, { quantity: 9 });
    await until('a request under way', () =>
      Promise.resolve(scenario.simulator.journal.count({ path: ADJUST }) > 0 ? true : null),
    );
    const since = Date.now();
    await scenario.connector.closeApps();
    expect(Date.now() - since).toBeLessThan(20_000);
    scenario.simulator.faults.clear();
    await scenario.connector.startApp();
    for (const line of lines) {
      await scenario.settled(line);
      expect((await scenario.operations(line)).map(({ state }) => state)).toEqual(['applied']);
      expect(scenario.adjustments(line).filter(({ effectiveDate }) => effectiveDate === TODAY)).toEqual([
        PUSHED,
      ]);
      expect(scenario.unitsOn(line, TODAY)).toBe(9);
    }
  });
});
