import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MappingPage } from './pages/mapping.page.js';
import { SignInPage } from './pages/sign-in.page.js';
import { recordInteractions, slowestInteraction } from './support/interactions.js';
import { seedWorld } from './support/seeded-world.js';
import type { SeededWorld } from './support/seeded-world.js';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

/** Customers to scroll through; `PSA_BROWSER_CUSTOMERS` takes more (10,000 is what the page is made for). */
const CUSTOMERS = Number(process.env['PSA_BROWSER_CUSTOMERS'] ?? 600);
const AT_ONCE = 8;
/** Time to the next paint that people take for instant. */
const LIMIT_MS = 200;

describe('a long list of customers', () => {
  let ui: UiSession;
  let world: SeededWorld;
  beforeAll(async () => {
    ui = await startUiSession();
    world = await seedWorld(ui, 2);
    const numbers = Array.from({ length: CUSTOMERS }, (_, index) => index);
    const record = async (): Promise<void> => {
      for (let number = numbers.pop(); number !== undefined; number = numbers.pop()) {
        const text = String(number).padStart(6, '0');
        await ui.callApi('PUT', `customers/bulk-${text}`, { name: `Bulk customer ${text}` });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, record));
  }, 900_000);
  afterEach(() => ui.assertNoPageErrors());
  afterAll(() => ui?.close());

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
      await expect.poll(() => mapping.grid.getByRole('rowheader').count()).toBe(1);
      await mapping.show('Not mapped');
      await mapping.grid.getByRole('rowheader').first().waitFor();
      const slowest = await slowestInteraction(page);
      console.log(
        `${CUSTOMERS} customers: slowest of ${slowest.count} inputs ${slowest.milliseconds} ms to the next paint`,
      );
      expect(slowest.count).toBeGreaterThan(20);
      expect(slowest.milliseconds).toBeLessThan(LIMIT_MS);
    },
  );
});
