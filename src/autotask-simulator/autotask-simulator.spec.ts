import { createConnection } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AutotaskSimulator } from './autotask-simulator.js';
import { FULL_ACCESS_LEVEL } from './world/security-level.js';
import { AutotaskDatabase, SimulatorWorld } from './world/simulator-world.js';

const HEADERS = {
  UserName: 'api@test.example',
  Secret: 'demo-secret-of-api',
  ApiIntegrationCode: 'CODE',
  'Content-Type': 'application/json',
};
const COMPANY = { companyName: 'Nova', companyType: 1, phone: '1', ownerResourceID: 1 };

function smallWorld(): SimulatorWorld {
  const database = new AutotaskDatabase({ ci: 5, zoneName: 'Test', zoneNumber: 3, isMultiCurrency: false });
  database.users.push({
    userName: HEADERS.UserName,
    secret: HEADERS.Secret,
    integrationCode: HEADERS.ApiIntegrationCode,
    securityLevel: FULL_ACCESS_LEVEL,
    resourceID: 9,
    isActive: true,
    isLocked: false,
    failedSignIns: 0,
  });
  database.table('Currencies').insert({ id: 1, name: 'EUR', isActive: true, isInternalCurrency: true });
  database.table('Resources').insert({ id: 1, email: 'a@test.example', isActive: true });
  return new SimulatorWorld([database]);
}

describe('AutotaskSimulator', () => {
  let simulator: AutotaskSimulator;

  beforeEach(async () => {
    simulator = await AutotaskSimulator.start({ world: smallWorld() });
  });

  afterEach(async () => simulator.stop());

  const url = (path: string): string => `http://${simulator.host}/zone3/ATServicesRest/V1.0/${path}`;
  const get = async (path = 'Version'): Promise<Response> => fetch(url(path), { headers: HEADERS });
  const post = async (): Promise<Response> =>
    fetch(url('Companies'), { method: 'POST', headers: HEADERS, body: JSON.stringify(COMPANY) });
  const companies = (): number => simulator.world.database(5).table('Companies').size;

  it('tells where the zone is', async () => {
    const zone = await fetch(`${simulator.discoveryUrl}/v1.0/zoneInformation?user=api%40test.example`);
    expect(await zone.json()).toMatchObject({ url: `http://${simulator.host}/zone3/ATServicesRest/`, ci: 5 });
  });

  it('records requests without any secret', async () => {
    await get('Companies/entityInformation');
    await post();
    expect(simulator.journal.entries({ entity: 'companies' })).toMatchObject([
      {
        method: 'GET',
        entity: 'Companies',
        userName: HEADERS.UserName,
        status: 200,
        concurrency: 1,
        body: null,
      },
      { method: 'POST', status: 200, body: JSON.stringify(COMPANY) },
    ]);
    expect(JSON.stringify(simulator.journal.entries())).not.toContain(HEADERS.Secret);
    expect(simulator.journal.count({ method: 'post', status: 200, path: /Companies$/ })).toBe(1);
    simulator.journal.clear();
    expect(simulator.journal.count()).toBe(0);
  });

  it('reads a gzip body, and refuses one that only claims to be', async () => {
    const headers = { ...HEADERS, 'Content-Encoding': 'gzip' };
    const body = gzipSync(JSON.stringify(COMPANY));
    expect((await fetch(url('Companies'), { method: 'POST', headers, body })).status).toBe(200);
    expect((await fetch(url('Companies'), { method: 'POST', headers, body: '{}' })).status).toBe(500);
  });

  it('refuses a body that is not announced as JSON', async () => {
    const headers = { ...HEADERS, 'Content-Type': 'text/plain' };
    expect((await fetch(url('Companies'), { method: 'POST', headers, body: '{}' })).status).toBe(415);
  });

  describe('faults', () => {
    it('apply to matching requests, as often as planned, after those they let pass', async () => {
      simulator.faults.add({
        method: 'get',
        path: /Version$/,
        after: 1,
        times: 1,
        fault: { kind: 'status', status: 429 },
      });
      const statuses: number[] = [];
      for (let request = 0; request < 3; request += 1) statuses.push((await get()).status);
      expect(statuses).toEqual([200, 429, 200]);
      simulator.faults.add({ fault: { kind: 'html' } });
      simulator.faults.clear();
      expect((await get()).status).toBe(200);
    });

    it('answer a status with body and headers, HTML, or an empty 401', async () => {
      const body = { errors: ['busy'] };
      simulator.faults.add({
        times: 1,
        fault: { kind: 'status', status: 503, body, headers: { 'Retry-After': '7' } },
      });
      simulator.faults.add({ times: 1, fault: { kind: 'html' } });
      simulator.faults.add({ times: 1, fault: { kind: 'empty401' } });
      const busy = await get();
      expect([busy.status, busy.headers.get('retry-after'), await busy.json()]).toEqual([503, '7', body]);
      expect((await get()).headers.get('content-type')).toBe('text/html');
      expect([(await get()).status, simulator.journal.count({ status: 401 })]).toEqual([401, 1]);
    });

    it('drop the connection before anything is committed', async () => {
      simulator.faults.add({ times: 1, fault: { kind: 'dropBefore' } });
      await expect(post()).rejects.toThrow('fetch failed');
      expect([companies(), simulator.journal.count({ status: null })]).toEqual([0, 1]);
    });

    it('drop the connection after the commit', async () => {
      simulator.faults.add({ times: 1, fault: { kind: 'dropAfter' } });
      await expect(post()).rejects.toThrow('fetch failed');
      expect(companies()).toBe(1);
    });

    it('drop the connection and commit later', async () => {
      simulator.faults.add({ times: 1, fault: { kind: 'commitLate', ms: 20 } });
      await expect(post()).rejects.toThrow('fetch failed');
      expect([companies(), simulator.journal.count({ status: null })]).toEqual([0, 0]);
      await expect.poll(() => simulator.journal.count({ status: null })).toBe(1);
      expect(companies()).toBe(1);
    });

    it('hold a request back until a test lets it go', async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      simulator.faults.add({ times: 1, fault: { kind: 'hold', until: promise } });
      const answer = post();
      await expect.poll(() => simulator.faults.list()[0]?.applied).toBe(1);
      expect(companies()).toBe(0);
      resolve();
      expect([(await answer).status, companies()]).toEqual([200, 1]);
    });

    it('cut the body short of its announced length', async () => {
      simulator.faults.add({ times: 1, fault: { kind: 'truncate' } });
      const reply = await post();
      expect(reply.status).toBe(200);
      await expect(reply.text()).rejects.toThrow('terminated');
      expect(companies()).toBe(1);
    });

    it('answer a body that is no JSON', async () => {
      simulator.faults.add({ times: 1, fault: { kind: 'malformedJson' } });
      const reply = await get();
      expect(reply.status).toBe(200);
      await expect(reply.json()).rejects.toThrow(SyntaxError);
    });

    it('delay an answer', async () => {
      simulator.faults.add({ times: 1, fault: { kind: 'delay', ms: 30 } });
      const before = performance.now();
      await get();
      expect(performance.now() - before).toBeGreaterThanOrEqual(25);
    });
  });

  it('stops at once although a client waits and another keeps its connection open', async () => {
    simulator.faults.add({ fault: { kind: 'delay', ms: 600_000 } });
    const waiting = get();
    const [host = '', port] = simulator.host.split(':');
    const idle = createConnection({ host, port: Number(port) });
    idle.on('error', () => idle.destroy());
    const closed = new Promise<void>((resolve) => {
      idle.once('close', () => resolve());
    });
    await new Promise<void>((resolve) => {
      idle.once('connect', () => resolve());
    });
    await Promise.all([expect(waiting).rejects.toThrow('fetch failed'), simulator.stop(), closed]);
    simulator = await AutotaskSimulator.start({ world: smallWorld() });
  });
});
