import { expect, it, onTestFinished } from 'vitest';
import { ALL_IDS, glimpseLastId, keysetPage, keysetQuery } from '../../src/autotask/client/keyset-page.js';
import { parseLosslessJson } from '../../src/autotask/client/lossless-json.js';
import type { JsonObject } from '../../src/autotask/client/failure-table.js';
import {
  AutotaskSimulator,
  MULTI_CURRENCY_CI,
  SANDBOX_API_USERS,
  SANDBOX_INTEGRATION_CODE,
  seedCspWorld,
} from '../../src/autotask-simulator/testing.js';

const ENTITY = 'ContractServiceUnits';

it('the last id of a page is seen in the text of an answer, and none in that of the last page', async () => {
  const simulator = await AutotaskSimulator.start({ world: seedCspWorld(new Date()) });
  onTestFinished(() => simulator.stop());
  const { zoneNumber } = simulator.world.database(MULTI_CURRENCY_CI);
  const [user] = SANDBOX_API_USERS;
  let bounds = ALL_IDS;
  const seen: { glimpsed: bigint | null; page: bigint | null }[] = [];
  for (let isLast = false; !isLast;) {
    const response = await fetch(
      `http://${simulator.host}/zone${zoneNumber}/ATServicesRest/V1.0/${ENTITY}/query`,
      {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          ApiIntegrationCode: SANDBOX_INTEGRATION_CODE,
          UserName: user?.userName ?? '',
          Secret: user?.secret ?? '',
        },
        body: JSON.stringify(keysetQuery(['id', 'contractID', 'units', 'startDate'], bounds)),
      },
    );
    const text = await response.text();
    const page = keysetPage(ENTITY, parseLosslessJson(text) as JsonObject, bounds);
    seen.push({ glimpsed: glimpseLastId(text), page: page.isLast ? null : page.lastId });
    bounds = { after: page.lastId ?? bounds.after, upTo: null };
    ({ isLast } = page);
  }
  expect(seen.length).toBeGreaterThan(1);
  expect(seen.map(({ glimpsed }) => glimpsed)).toEqual(seen.map(({ page }) => page));
});
