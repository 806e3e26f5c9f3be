import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { MappingPage } from './pages/mapping.page.js';
import { SignInPage } from './pages/sign-in.page.js';
import { interactionToNextPaint, longestFrame, recordInteractions } from './support/interactions.js';
import { seedWorld } from './support/seeded-world.js';
import type { SeededWorld } from './support/seeded-world.js';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

/** Customers to scroll through: as many as the page is made for. `PSA_BROWSER_CUSTOMERS` takes another number. */
const CUSTOMERS = Number(process.env['PSA_BROWSER_CUSTOMERS'] ?? 10_000);
/** What the server answers may take longer than a paint. */
const PATIENT = { timeout: 10_000 };
/** Time to the next paint that people take for instant. */
const LIMIT_MS = 200;

/** Puts customers into the platform's store beside those that are there; over HTTP ten thousand would take a minute. */
async function addCustomers(url: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO psa_connector.customer (tenant_id, id, name, recorded_at)
       SELECT tenant_id, 'bulk-' || number, 'Bulk customer ' || number, now()
       FROM (SELECT tenant_id FROM psa_connector.customer LIMIT 1) AS one,
         (SELECT lpad(n::text, 6, '0') AS number FROM generate_series(0, $1::int - 1) AS n) AS numbers`,
      [count],
    );
  } finally {
    await client.end();
  }
}

describe('a long list of customers', () => {
  let database: TestDatabase;
  let ui: UiSession;
  let world: SeededWorld;
  beforeAll(async () => {
    database = await createTestDatabase();
    ui = await startUiSession({ DATABASE_URL: database.url });
    world = await seedWorld(ui, 2);
    await addCustomers(database.url, CUSTOMERS);
  });
  afterEach(() => ui.assertNoPageErrors());
  afterAll(async () => {
    await ui?.close();
    await database?.drop();
  });

  it(
    'scrolls, moves and searches with every input shown within 200 ms, and draws only what is in sight',
    { timeout: 600_000 },
    async () => {
      const page = await ui.openPage();
      await new SignInPage(page).signIn(ui.token);
      const mapping = new MappingPage(page, world.connectionId);
      await mapping.open('?state=all');
      await mapping.grid.getByRole('rowheader').first().waitFor();
      await recordInteractions(page);
      await mapping.grid.focus();
      for (let press = 0; press < 30; press += 1) await page.keyboard.press('PageDown');
      for (let press = 0; press < 30; press += 1) await page.keyboard.press('ArrowUp');
      await page.keyboard.press(' ');
      const box = await mapping.grid.boundingBox();
      await page.mouse.move((box?.x ?? 0) + 200, (box?.y ?? 0) + 200);
      const read = async (): Promise<number> =>
        Number((await page.getByText(/^[\d.,]+ rows?( |$)/).innerText()).replaceAll(/\D/g, ''));
      while ((await read()) < CUSTOMERS) {
        await page.mouse.wheel(0, 6000);
        await page.waitForTimeout(30);
      }
      await mapping.grid
        .getByRole('rowheader', { name: /^Bulk customer/ })
        .first()
        .waitFor();
      expect(await mapping.grid.getByRole('row').count()).toBeLessThan(60);
      await mapping.search.click();
      await page.keyboard.type(String(CUSTOMERS - 1).padStart(6, '0'));
      const typedAt = performance.now();
      await expect.poll(() => mapping.grid.getByRole('rowheader').count(), PATIENT).toBe(1);
      const searchMs = Math.round(performance.now() - typedAt);
      await mapping.show('Not mapped');
      await mapping.grid.getByRole('rowheader').first().waitFor();
      const inputs = await interactionToNextPaint(page);
      const frame = await longestFrame(page);
      console.log(
        `${CUSTOMERS} customers: ${inputs.milliseconds} ms from ${inputs.count} inputs to the next paint (slowest ${inputs.slowest} ms), ` +
          `longest frame ${frame} ms, found ${searchMs} ms after the last key`,
      );
      expect(inputs.count).toBeGreaterThan(20);
      expect(inputs.milliseconds).toBeLessThan(LIMIT_MS);
    },
  );
});
