import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALL_RIGHTS as USER, ControlSession, type JsonBody } from '../../../test/support/control-session.js';
import { AutotaskSimulator } from '../autotask-simulator.js';
import { MULTI_CURRENCY_CI, SANDBOX_API_USERS } from '../sandbox-users.js';

const NOW = new Date('2026-11-20T10:00:00Z');
const DATABASE = `/databases/${MULTI_CURRENCY_CI}`;

describe('the control API', () => {
  let session: ControlSession;
  let simulator: AutotaskSimulator;

  beforeEach(async () => {
    session = await ControlSession.start(NOW);
    ({ simulator } = session);
  });

  afterEach(async () => simulator.stop());

  const access = async (entity: string): Promise<unknown> => {
    const reply = (await (await session.api('GET', `${entity}/entityInformation`)).json()) as {
      info: JsonBody;
    };
    return reply.info['userAccessForQuery'];
  };
  const postAs = async (type: string): Promise<number> => {
    const headers = { 'Content-Type': type };
    return (await fetch(`${simulator.controlUrl}/faults`, { method: 'POST', headers, body: '{' })).status;
  };

  it('is there only when a port for it was given', async () => {
    const plain = await AutotaskSimulator.start({ world: simulator.world });
    expect(plain.controlUrl).toBeNull();
    await plain.stop();
    expect(await session.told('GET', '/')).toMatchObject({
      discoveryUrl: simulator.discoveryUrl,
      now: NOW.toISOString(),
      databases: [{ ci: MULTI_CURRENCY_CI, requestThreshold: 10_000, requestCount: 0 }, { zoneNumber: 18 }],
    });
  });

  it('stops the simulator when its own port is taken', async () => {
    const { port } = new URL(simulator.controlUrl ?? '');
    const second = AutotaskSimulator.start({ world: simulator.world, controlPort: Number(port) });
    await expect(second).rejects.toThrow(/EADDRINUSE/);
  });

  it('refuses a Host that is not the loopback address', async () => {
    const { port } = new URL(simulator.controlUrl ?? '');
    const statusFor = async (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const call = request({ host: '127.0.0.1', port, path: '/clock', headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        call.once('error', reject);
        call.end();
      });
    expect(await statusFor(`localhost:${port}`)).toBe(200);
    expect(await statusFor(`control.attacker.example:${port}`)).toBe(403);
    expect(await statusFor('127.0.0.1')).toBe(403);
  });

  describe('bad input', () => {
    it.each([
      ['POST', '/faults', { fault: { kind: 'explode' } }, '/fault/kind'],
      ['POST', '/faults', { fault: { kind: 'delay' } }, '/fault/ms'],
      ['POST', '/faults', { fault: { kind: 'html', status: 500 } }, '/fault/status'],
      ['POST', '/faults', { path: '(', fault: { kind: 'html' } }, '/path'],
      ['POST', '/faults', { times: 0, fault: { kind: 'html' } }, '/times'],
      ['POST', '/faults', {}, '/fault'],
      ['POST', '/faults', { fault: { kind: 'status', status: 500, headers: { a: 1 } } }, '/fault/headers/a'],
      ['PUT', '/clock', { now: 'tomorrow' }, '/now'],
      ['POST', '/clock/advance', { weeks: 1 }, '/weeks'],
      ['PATCH', '/limits', { threadLimitStatus: 503 }, '/threadLimitStatus'],
      ['PATCH', DATABASE, { requestThreshold: '10' }, '/requestThreshold'],
      ['POST', `${DATABASE}/usage`, { requests: 1.5 }, '/requests'],
      ['POST', `${DATABASE}/postings`, { until: '2026-11' }, '/until'],
      ['POST', `${DATABASE}/postings`, { until: '2026-11-30', contractID: 1 }, '/contractID'],
      ['POST', `${DATABASE}/invoices`, { companyID: 175, billingItemIDs: [1] }, '/billingItemIDs'],
      ['PATCH', `${DATABASE}/users/${USER}`, { isLocked: 'yes' }, '/isLocked'],
      ['PATCH', `${DATABASE}/users/${USER}`, { securityLevel: 'most' }, '/securityLevel'],
      [
        'PATCH',
        `${DATABASE}/users/${USER}`,
        { securityLevel: { rights: { Contracts: { query: 'Some' } } } },
        '/securityLevel/rights/Contracts/query',
      ],
      ['POST', `${DATABASE}/records/Companies`, { nickName: 'x' }, '/nickName'],
      ['PATCH', `${DATABASE}/records/Companies/175`, { companyType: 99 }, '/companyType'],
      ['GET', '/journal?verb=GET', undefined, '?verb'],
      ['GET', '/journal?status=ok', undefined, '?status'],
    ])('%s %s %j is refused naming %s', async (method, path, body, pointer) => {
      const [status, problem] = await session.refused(method, path, body);
      expect([status, problem['status']]).toEqual([422, 422]);
      expect(problem['errors']).toMatchObject([{ pointer }]);
      expect(problem['detail']).toContain(pointer.replace('?', ''));
    });

    it.each([
      ['GET', '/nothing', 404],
      ['GET', '/databases/5', 404],
      ['GET', `${DATABASE}/records/Gadgets`, 404],
      ['GET', `${DATABASE}/records/Companies/99999`, 404],
      ['PATCH', `${DATABASE}/users/nobody`, 404],
      ['DELETE', '/faults/1', 404],
      ['PUT', '/faults', 405],
    ])('%s %s answers %i', async (method, path, status) => {
      expect((await session.refused(method, path))[0]).toBe(status);
    });

    it('is also a body that is no JSON, or is not announced as JSON', async () => {
      expect([await postAs('application/json'), await postAs('text/plain')]).toEqual([400, 415]);
    });
  });

  describe('faults', () => {
    it('apply to the route they name until they are used up, removed or cleared', async () => {
      const { id } = await session.told('POST', '/faults', {
        method: 'GET',
        path: '/version$',
        times: 2,
        after: 1,
        fault: { kind: 'status', status: 503, body: { errors: ['busy'] }, headers: { 'Retry-After': '7' } },
      });
      expect((await session.api('GET', 'Version')).status).toBe(200);
      const busy = await session.api('GET', 'VERSION');
      expect([busy.status, busy.headers.get('retry-after'), await busy.json()]).toEqual([
        503,
        '7',
        { errors: ['busy'] },
      ]);
      expect(await session.told('GET', '/faults')).toMatchObject([
        { id, method: 'GET', path: '\\/version$', times: 1, after: 0, applied: 1, fault: { kind: 'status' } },
      ]);
      expect((await session.control('DELETE', `/faults/${String(id)}`)).status).toBe(204);
      await session.told('POST', '/faults', { fault: { kind: 'html' } });
      expect((await session.control('DELETE', '/faults')).status).toBe(204);
      expect((await session.api('GET', 'Version')).status).toBe(200);
      expect(await session.told('GET', '/faults')).toEqual([]);
    });

    it.each([
      [{ kind: 'dropBefore' }, 0],
      [{ kind: 'dropAfter' }, 1],
      [{ kind: 'truncate' }, 1],
      [{ kind: 'malformedJson' }, 1],
      [{ kind: 'status', status: 504 }, 0],
      [{ kind: 'status', status: 504, afterCommit: true }, 1],
      [{ kind: 'html' }, 0],
      [{ kind: 'empty401' }, 0],
      [{ kind: 'delay', ms: 1 }, 1],
    ])('%j lets %i record be made', async (fault, made) => {
      const table = simulator.world.database(MULTI_CURRENCY_CI).table('Companies');
      const before = table.size;
      await session.told('POST', '/faults', { method: 'POST', path: 'Companies$', times: 1, fault });
      const company = { companyName: 'Nova', companyType: 1, phone: '1', ownerResourceID: 29_682_885 };
      const outcome = await session
        .api('POST', 'Companies', company)
        .then(async (response) => 'itemId' in ((await response.json()) as JsonBody))
        .catch(() => false);
      expect(outcome).toBe(fault.kind === 'delay');
      expect(table.size - before).toBe(made);
    });
  });

  it('moves the clock, and with it the vendor’s hour and day', async () => {
    await session.api('GET', 'Version');
    expect(await session.told('POST', '/clock/advance', { hours: 1, seconds: 5 })).toEqual({
      now: '2026-11-20T11:00:05.000Z',
    });
    expect((await session.told('GET', DATABASE))['requestCount']).toBe(0);
    expect(await session.told('PUT', '/clock', { now: '2027-01-01' })).toEqual({
      now: '2027-01-01T00:00:00.000Z',
    });
    expect(await session.told('GET', '/clock')).toEqual({ now: '2027-01-01T00:00:00.000Z' });
    expect(await session.told('DELETE', '/clock')).toEqual({ now: NOW.toISOString() });
  });

  it('sets latency and thread rules for the requests that follow', async () => {
    expect(
      await session.told('PATCH', '/limits', { slotReleaseDelayMs: 600_000, threadLimitStatus: 429 }),
    ).toEqual({
      maxThreads: 3,
      threadLimitStatus: 429,
      latencyMs: 0,
      hasThresholdLatency: false,
      slotReleaseDelayMs: 600_000,
    });
    const statuses: number[] = [];
    for (let call = 0; call < 4; call += 1) statuses.push((await session.api('GET', 'Version')).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    await session.told('PATCH', '/limits', { latencyMs: 20, maxThreads: 4 });
    expect((await session.api('GET', 'Version')).status).toBe(200);
    const startedAt = performance.now();
    await session.api('GET', 'Modules');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(18);
  });

  it('sets the hourly threshold and counts what others use of it', async () => {
    await session.told('PATCH', DATABASE, { requestThreshold: 100 });
    expect(await session.told('POST', `${DATABASE}/usage`, { requests: 99 })).toMatchObject({
      requestThreshold: 100,
      requestCount: 99,
    });
    expect(await (await session.api('GET', 'ThresholdInformation')).json()).toMatchObject({
      externalRequestThreshold: 100,
      currentTimeframeRequestCount: 100,
    });
    expect((await session.api('GET', 'Version')).status).toBe(429);
  });

  describe('users', () => {
    it('are locked and unlocked, and their secrets are never told', async () => {
      const path = `${DATABASE}/users/${encodeURIComponent(USER)}`;
      expect(await session.told('PATCH', path, { isLocked: true })).toMatchObject({ isLocked: true });
      expect((await session.api('GET', 'Version')).status).toBe(401);
      expect(await session.told('PATCH', path, { isLocked: false })).toMatchObject({
        isLocked: false,
        failedSignIns: 0,
      });
      expect((await session.api('GET', 'Version')).status).toBe(200);
      expect(JSON.stringify(await session.told('GET', `${DATABASE}/users`))).not.toContain('demo-secret');
      await session.told('PATCH', path, { secret: 'new' });
      expect((await session.api('GET', 'Version')).status).toBe(401);
    });

    it('take a named security level or one of one’s own', async () => {
      const path = `${DATABASE}/users/${encodeURIComponent(USER)}`;
      await session.told('PATCH', path, { securityLevel: 'cloudCockpit' });
      expect([await access('Tickets'), await access('Contracts')]).toEqual(['None', 'All']);
      await session.told('PATCH', path, {
        securityLevel: { rights: { contracts: { query: 'Restricted' } }, hiddenEntities: ['services'] },
      });
      expect([await access('Tickets'), await access('Contracts')]).toEqual(['All', 'Restricted']);
      expect(await session.items('Services')).toEqual([]);
    });
  });

  describe('the journal', () => {
    it('answers entries by filter and forgets them', async () => {
      await session.api('GET', 'Companies/175');
      await session.api('GET', 'companies/99999');
      await session.api('GET', 'Contracts/1', undefined, 'no-costs@sandbox-csp.example');
      const found = await session.told<{ total: number; entries: JsonBody[] }>(
        'GET',
        '/journal?entity=companies&status=200&limit=1',
      );
      expect(found.total).toBe(2);
      expect(found.entries).toMatchObject([
        { method: 'GET', userName: USER, ci: MULTI_CURRENCY_CI, concurrency: 1 },
      ]);
      expect(
        await session.told('GET', '/journal?user=no-costs@sandbox-csp.example&path=contracts'),
      ).toMatchObject({
        total: 1,
      });
      expect((await session.control('DELETE', '/journal')).status).toBe(204);
      expect(await session.told('GET', '/journal')).toEqual({ total: 0, entries: [] });
    });

    it('sums requests and the highest concurrency per integration code and entity', async () => {
      // The first one's thread stays taken until the simulator stops, so the second finds it taken however slow this machine is.
      simulator.limits.slotReleaseDelayMs = 600_000;
      await session.api('GET', 'Companies/175');
      await session.api('GET', 'companies/176');
      simulator.limits.slotReleaseDelayMs = 0;
      await session.api('GET', 'Contracts/1');
      await session.told('POST', '/faults', { times: 1, fault: { kind: 'dropAfter' } });
      await expect(session.api('GET', 'Contracts/1')).rejects.toThrow('fetch failed');
      expect(await session.told('GET', `/journal/summary?ci=${MULTI_CURRENCY_CI}`)).toEqual({
        total: 4,
        buckets: [
          {
            ci: MULTI_CURRENCY_CI,
            integrationCode: SANDBOX_API_USERS[0]?.integrationCode,
            entity: 'companies',
            requests: 2,
            byStatus: { 200: 2 },
            highestConcurrency: 2,
          },
          expect.objectContaining({
            entity: 'contracts',
            byStatus: { 200: 1, none: 1 },
            highestConcurrency: 1,
          }),
        ],
      });
    });
  });
});
