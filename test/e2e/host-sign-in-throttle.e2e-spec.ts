import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ApiAnswer } from '../support/api-client.js';
import { expectProblem } from '../support/connector.js';
import { HostPeople } from '../support/host-people.js';

let people: HostPeople;

beforeAll(async () => {
  // The test stands for the proxy, and so for clients with any address.
  people = await HostPeople.start({ PSA_TRUSTED_PROXIES: '127.0.0.1' });
});

afterAll(async () => {
  await people?.stop();
});

afterEach(async () => {
  await people.client.query('DELETE FROM psa_host.sign_in_attempt');
});

function signInFrom(address: string, proof: object): Promise<ApiAnswer> {
  return people.browser().send('POST', '/sign-in', proof, { 'x-forwarded-for': address });
}

const FORGED = { token: 'psa_forged' };

async function statusesFrom(addresses: readonly string[], proof: object): Promise<number[]> {
  const statuses = [];
  for (const address of addresses) statuses.push((await signInFrom(address, proof)).status);
  return statuses;
}

const refused = (count: number) => Array.from({ length: count }, () => 401);

describe('the limit of an address', () => {
  it('holds for a whole IPv6 network, which one client has to itself', async () => {
    const addresses = Array.from({ length: 30 }, (_, index) => `2001:db8:1:2:${index}::${index + 1}`);
    expect(await statusesFrom(addresses, FORGED)).toEqual(refused(30));
    expectProblem(await signInFrom('2001:db8:1:2:ffff::1', FORGED), 429, 'access.sign_in_throttled');
    expectProblem(await signInFrom('2001:db8:1:3::1', FORGED), 401, 'access.sign_in_refused');
  });

  it('holds for an IPv4 address however it is written', async () => {
    expect(await statusesFrom(Array.from<string>({ length: 30 }).fill('198.51.100.1'), FORGED)).toEqual(
      refused(30),
    );
    expectProblem(await signInFrom('::ffff:198.51.100.1', FORGED), 429, 'access.sign_in_throttled');
    expectProblem(await signInFrom('::ffff:198.51.100.2', FORGED), 401, 'access.sign_in_refused');
  });
});
