import { setTimeout as wait } from 'node:timers/promises';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isDatabaseUnavailable } from '../../src/platform/persistence/database-unavailable.js';
import { managerOf } from '../../src/platform/persistence/transaction-runner.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { buildServices } from '../support/builders/services.builder.js';

const SHOW_LIMIT = 'SHOW statement_timeout';

let installation: TestInstallation;

beforeAll(async () => {
  installation = await openInstallation();
});

afterAll(() => installation?.close());

it('has the operating system ask whether a silent database is still there', () => {
  const { master } = installation.dataSource.driver as unknown as { master: Pool };
  expect(master.options).toMatchObject({ keepAlive: true, keepAliveInitialDelayMillis: 10_000 });
});

it('bounds the statements that look for due schedules, and no others', async () => {
  const { schedules } = buildServices(installation).stores;
  const inside = await installation.transactions.run(async (tx) => {
    await schedules.takeDue(tx, new Date(), 1);
    return managerOf(tx).query(SHOW_LIMIT);
  });
  expect(inside).toEqual([{ statement_timeout: '30s' }]);
  expect(await installation.query(SHOW_LIMIT)).toEqual([{ statement_timeout: '0' }]);
});

it.each(['a statement', 'the commit'])(
  'takes a connection that breaks inside a transaction, before %s, for a database that is away',
  async (next) => {
    const broken = installation.transactions
      .run(async (tx) => {
        const [{ pid }] = await managerOf(tx).query<[{ pid: number }]>('SELECT pg_backend_pid() AS pid');
        await installation.query('SELECT pg_terminate_backend($1)', [pid]);
        // Until the driver has heard of it.
        await wait(200);
        if (next === 'a statement') await managerOf(tx).query('SELECT 1');
      })
      .then(
        () => 'committed',
        (error: unknown) => isDatabaseUnavailable(error) || error,
      );
    expect(await broken).toBe(true);
    expect(await installation.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  },
);
