import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reconCsv, reconLine } from '../support/builders/bill.builder.js';
import { createTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { AuditLogsPage } from './pages/audit-logs.page.js';
import { ConnectionPage } from './pages/connection.page.js';
import { ConnectorsPage } from './pages/connectors.page.js';
import { ReconciliationPage } from './pages/reconciliation.page.js';
import { SignInPage } from './pages/sign-in.page.js';
import { sidewaysOverflow } from './support/accessibility.js';
import { ALL_RIGHTS, apiUser, connectionRequest } from './support/api-users.js';
import { adjustByHand } from './support/sandbox-edit.js';
import {
  applyChangesOf,
  EXCHANGE_SERVICE_ID,
  importBill,
  mapAll,
  recordCharge,
  seedWorld,
  subscriptionOf,
  syncNow,
} from './support/seeded-world.js';
import type { SeededWorld } from './support/seeded-world.js';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

/*
 * Makes the pictures of the README from the running sandbox: `npm run screenshots`. To look at every page as a whole and in other
 * looks before a release: `PSA_SCREENSHOTS=light,dark,narrow,dark-narrow`; these go to `dist/screenshots`.
 */
const LOOKS = (process.env['PSA_SCREENSHOTS'] ?? 'readme').split(',');
const PATIENT = { timeout: 60_000 };
const WIDTH = 1280;
const HEIGHT = 900;
const NARROW = 360;

interface Picture {
  name: string;
  address: string;
  /** What has to be there first. */
  shown: (page: Page) => Locator;
  /** Brings the page into the state that is shown. */
  prepare?: (page: Page) => Promise<void>;
  /** Of the picture, in pixels. */
  height?: number;
  /** What is in the upper left corner; the top of the page otherwise. */
  from?: (page: Page) => Locator;
}

const table = (name: string) => (page: Page) => page.getByRole('table', { name, exact: true });

/** Lines of a bill as they come: most as expected, one charged differently, one that cannot be read. */
function bill(world: SeededWorld): string {
  const products = [
    ['Microsoft 365 Business Standard', '10.08', '10'],
    ['Microsoft 365 Business Premium', '18.60', '25'],
    ['Exchange Online (Plan 1)', '3.36', '12'],
    ['Microsoft Defender for Business', '2.52', '40'],
    ['Power BI Pro', '8.40', '6'],
  ] as const;
  const lines = world.customers.slice(0, 8).map(({ customerId, name }, index) => {
    const [product, price, quantity] = products[index % products.length] ?? products[0];
    const wrong = index === 3 ? 1.5 : 0;
    const subtotal = (Number(price) * Number(quantity) + wrong).toFixed(2);
    return reconLine({
      CustomerId: customerId,
      CustomerName: name,
      ProductName: product,
      SubscriptionId: `seat-${index}`,
      OrderId: `order-${index}`,
      ReferenceId: `reference-${index}`,
      UnitPrice: price,
      EffectiveUnitPrice: price,
      Quantity: quantity,
      BillableQuantity: quantity,
      Subtotal: subtotal,
      Total: subtotal,
    });
  });
  return reconCsv([...lines, reconLine({ Quantity: 'many', ReferenceId: 'unreadable' })]);
}

describe('pictures of the admin UI', () => {
  let database: TestDatabase;
  let ui: UiSession;
  let world: SeededWorld;
  let planId: string;
  let importId: string;

  beforeAll(async () => {
    // Given, so that no notice tells where this machine keeps things.
    database = await createTestDatabase();
    ui = await startUiSession({
      DATABASE_URL: database.url,
      PSA_MASTER_KEY: randomBytes(32).toString('base64'),
    });
    world = await seedWorld(ui, 16);
    const second = connectionRequest(apiUser(ALL_RIGHTS), 'Contoso USD', 'USD');
    await syncNow(ui, (await ui.callApi<{ id: string }>('POST', 'connections', second)).id);
    const { connectionId, customers } = world;
    const drifting = customers.find(({ hasLine }) => hasLine);
    if (drifting === undefined) throw new Error('The sandbox bills the offer to nobody');
    const mapped = [drifting, ...customers.filter((one) => one !== drifting).slice(0, 9)];
    await mapAll(ui, { ...world, customers: mapped });
    await applyChangesOf(
      ui,
      connectionId,
      mapped.slice(0, 6).map(({ subscriptionId }) => subscriptionId),
    );
    for (const [index, { customerId, subscriptionId }] of mapped.slice(3, 6).entries()) {
      await ui.callApi('PUT', `subscriptions/${subscriptionId}`, subscriptionOf(customerId, 8 - 3 * index));
    }
    await adjustByHand(
      ui,
      connectionId,
      { contractId: drifting.contractId, serviceId: EXCHANGE_SERVICE_ID },
      3,
    );
    await syncNow(ui, connectionId);
    const plan = await ui.callApi<{ id: string; steps: { id: string }[] }>(
      'POST',
      `connections/${connectionId}/plans`,
    );
    planId = plan.id;
    await ui.callApi('PATCH', `plans/${planId}/steps/${plan.steps[1]?.id}`, {
      dismissed: true,
      reason: 'The customer asked to wait until next month',
    });
    await recordCharge(ui, drifting);
    await ui.callApi('POST', 'accounts', {
      userName: 'ada@contoso.example',
      displayName: 'Ada Auditor',
      password: randomBytes(18).toString('base64'),
      role: 'auditor',
    });
    await ui.callApi('POST', 'api-tokens', {
      name: 'Nightly export',
      permissions: ['audit:read'],
      expiresInDays: 90,
    });
    importId = await importBill(ui, 'G012345678_recon.csv', bill(world));
  });
  afterAll(async () => {
    await ui?.close();
    await database?.drop();
  });

  function pictures(): Picture[] {
    const connection = `#/connectors/${world.connectionId}`;
    return [
      {
        name: 'overview',
        address: '#/overview',
        shown: (page) => page.getByText('customers wait to be mapped').first(),
      },
      {
        name: 'connectors',
        address: '#/connectors',
        shown: (page) => new ConnectorsPage(page).row('Contoso USD'),
      },
      {
        name: 'connection',
        address: connection,
        shown: (page) => new ConnectionPage(page).contractLines.table,
      },
      {
        name: 'sync-runs',
        address: connection,
        shown: (page) => new ConnectionPage(page).history,
        from: (page) => new ConnectionPage(page).syncPanel,
      },
      {
        name: 'mapping',
        address: `${connection}/customers`,
        shown: (page) => page.getByText('Suggested:').first(),
        prepare: async (page) => {
          await page.getByRole('grid').focus();
          await page.keyboard.press('ArrowDown');
        },
      },
      {
        name: 'plan',
        height: 1100,
        address: `${connection}/plans/${planId}`,
        shown: table('Changes by customer'),
      },
      { name: 'operations', address: `${connection}/operations`, shown: table('Operations') },
      { name: 'drift', address: `${connection}/drift`, shown: table('Findings') },
      {
        name: 'reconciliation',
        height: 1300,
        address: `${connection}/reconciliation?month=${new Date().toISOString().slice(0, 7)}`,
        shown: (page) => new ReconciliationPage(page).bars.first(),
      },
      {
        name: 'import',
        address: `#/imports/${importId}`,
        shown: table('Lines'),
        from: (page) => page.getByRole('region', { name: 'Rejected lines' }),
      },
      {
        name: 'audit-log',
        address: '#/audit-logs',
        shown: table('Audit entries'),
        prepare: async (page) => {
          const log = new AuditLogsPage(page);
          await log.verify.click();
          await log.verified.waitFor();
        },
      },
      {
        name: 'access',
        address: '#/access',
        shown: (page) => page.getByRole('heading', { name: 'API tokens' }),
      },
    ];
  }

  it.each(LOOKS)('are made as %s', { timeout: 300_000 }, async (look) => {
    const isWhole = look !== 'readme';
    const folder = new URL(
      isWhole ? `../../dist/screenshots/${look}/` : '../../src/docs/screenshots/',
      import.meta.url,
    );
    await mkdir(folder, { recursive: true });
    const width = look.endsWith('narrow') ? NARROW : WIDTH;
    const page = await ui.openPage({
      viewport: { width, height: HEIGHT },
      colorScheme: look.startsWith('dark') ? 'dark' : 'light',
    });
    await new SignInPage(page).signIn(ui.token);
    for (const { name, address, shown, prepare, from, height = HEIGHT } of pictures()) {
      await page.setViewportSize({ width, height });
      await page.evaluate((to) => window.location.assign(to), address);
      await shown(page).waitFor(PATIENT);
      await prepare?.(page);
      // Lists that are still being read move what is below them.
      await page.waitForLoadState('networkidle');
      await page.evaluate(() => window.scrollTo(0, 0));
      const corner = isWhole ? undefined : from?.(page);
      await corner?.evaluate((element) => window.scrollTo(0, element.getBoundingClientRect().top - 72));
      expect({ name, overflow: await sidewaysOverflow(page) }).toEqual({ name, overflow: 0 });
      await page.screenshot({
        path: fileURLToPath(new URL(`${name}.png`, folder)),
        fullPage: isWhole,
        animations: 'disabled',
      });
    }
    ui.assertNoPageErrors();
  });
});
