import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OpenApiDocument } from '../../src/platform/http/openapi.js';
import { ALL_RIGHTS, credentialsOf, newConnection } from '../support/connector.js';
import { ApiFuzzer } from '../support/fuzz/api-fuzzer.js';
import { fuzzRequests } from '../support/fuzz/fuzz-requests.js';
import { HostPeople } from '../support/host-people.js';

/** `npm run test:fuzz -- --seed N --requests M` sets these. */
const SEED = Number(process.env['PSA_TEST_FUZZ_SEED'] ?? 20_261_125);
const REQUESTS = Number(process.env['PSA_TEST_FUZZ_REQUESTS'] ?? 2000);
const TIMEOUT_MS = Math.max(300_000, REQUESTS * 120);

let people: HostPeople;

beforeAll(async () => {
  // Limits of requests have tests of their own; here they would hide what lies behind them.
  people = await HostPeople.start({ PSA_REQUESTS_PER_MINUTE: '0', PSA_LOG_LEVEL: 'error' });
});

afterAll(async () => {
  await people?.stop();
});

it(
  `answers ${REQUESTS} requests made from its own description (seed ${SEED}) without a failure of its own`,
  { timeout: TIMEOUT_MS },
  async () => {
    const { bootstrap, host } = people;
    const fuzzer = new ApiFuzzer(`${host.url}/psa/api`, host.token);
    const { body: document } = await bootstrap.get<OpenApiDocument>('/openapi.json');
    for (const currency of ['EUR', 'USD']) {
      const connection = newConnection({ alias: currency, currency, credentials: credentialsOf(ALL_RIGHTS) });
      const { body } = await bootstrap.post<{ id: string }>('/connections', connection);
      fuzzer.keep('connections', body.id);
      const run = await bootstrap.post<{ id: string }>(`/connections/${body.id}/sync-runs`);
      fuzzer.keep('sync-runs', run.body.id);
    }
    const requests = fuzzRequests(document, SEED, REQUESTS);
    const result = await fuzzer.run(requests);
    const statuses = [...result.perStatus].toSorted(([a], [b]) => a - b);
    console.log(`${result.sent} requests to ${result.perOperation.size} operations:`, statuses);
    expect(result.failures.slice(0, 20)).toEqual([]);
    expect(result.sent).toBe(REQUESTS);
    // Every operation was asked, and some requests did something.
    const operations = Object.values(document.paths).flatMap((methods) => Object.keys(methods));
    expect(result.perOperation.size).toBe(operations.length);
    expect(result.perStatus.get(200)).toBeGreaterThan(REQUESTS / 50);
    expect((await bootstrap.get('/health/ready')).status).toBe(200);
    expect(host.output()).not.toMatch(/"level":(50|60)/);
  },
);
