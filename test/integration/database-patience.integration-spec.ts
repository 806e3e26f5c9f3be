import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
