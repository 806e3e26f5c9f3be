import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { MULTI_CURRENCY_CI, SANDBOX_API_USERS } from '../sandbox-users.js';
import { seedCspWorld } from '../seed/seed-csp-world.js';
import type { SimulatorWorld } from '../world/simulator-world.js';
import type { Reply } from './reply.js';
import { type HandlerSettings, RequestHandler, type ServerLimits } from './request-handler.js';

const NOW = new Date('2026-11-20T10:00:00Z');
const ORIGIN = 'http://127.0.0.1:4100';
const API = `${ORIGIN}/zone19/ATServicesRest/V1.0`;

type Body = Record<string, unknown>;
type Headers = Record<string, string>;

function headersOf(userName: string): Headers {
  const user = SANDBOX_API_USERS.find((candidate) => candidate.userName.startsWith(userName));
  return {
    username: user?.userName ?? userName,
    secret: user?.secret ?? '',
    apiintegrationcode: user?.integrationCode ?? '',
  };
}

const ALL_RIGHTS = headersOf('all-rights@sandbox-csp');

function outcomeOf({ status, body, headers }: Reply): unknown {
  return { status, body, realm: headers['WWW-Authenticate']?.replace(/\d*\.autotask\.net/, '') };
}

const EMPTY_401 = { status: 401, body: '', realm: 'Basic Realm="webservices"' };

describe('RequestHandler', () => {
  let world: SimulatorWorld;
  let handler: RequestHandler;
  let limits: ServerLimits;
  let now: Date;

  const settings = (changes: Partial<HandlerSettings> = {}): HandlerSettings => ({
    world,
    now: () => now,
    authFailures: 'legacy',
    limits,
    sleep: async () => Promise.resolve(),
    ...changes,
  });

  beforeEach(() => {
    now = NOW;
    limits = {
      maxThreads: 3,
      threadLimitStatus: 500,
      latencyMs: 0,
      hasThresholdLatency: false,
      slotReleaseDelayMs: 0,
    };
    world = seedCspWorld(NOW, { companies: 10 });
    handler = new RequestHandler(settings());
  });

  const send = async (method: string, url: string, headers = ALL_RIGHTS): Promise<Reply> =>
    handler.handle(
      { method, url: new URL(url.startsWith('http') ? url : `${API}/${url}`), headers, bodyText: '' },
      { concurrency: 0 },
    );
  const read = async (method: string, url: string): Promise<Body> =>
    JSON.parse((await send(method, url)).body) as Body;

  const discover = async (user: string): Promise<Reply> =>
    send('GET', `${ORIGIN}/atservicesrest/v1.0/zoneInformation?user=${encodeURIComponent(user)}`, {});

  describe('zone discovery', () => {
    it('names a zone of its own for each instance', async () => {
      const replies = await Promise.all(
        ['ALL-RIGHTS@sandbox-csp.example', 'all-rights@sandbox-single.example'].map(discover),
      );
      expect(replies.map((reply) => JSON.parse(reply.body) as Body)).toEqual([
        {
          zoneName: 'EU1 (English Europe and Asia)',
          url: `${ORIGIN}/zone19/ATServicesRest/`,
          webUrl: `${ORIGIN}/zone19/`,
          ci: 281474,
        },
        {
          zoneName: 'German (DE1)',
          url: `${ORIGIN}/zone18/ATServicesRest/`,
          webUrl: `${ORIGIN}/zone18/`,
          ci: 190233,
        },
      ]);
    });

    it('also answers for people who are no API users', async () => {
      expect((await discover('mara.lindqvist@sandbox-csp.example')).status).toBe(200);
    });

    it.each(['nobody@sandbox.example', '', ' '])('reports the unknown user %j as a 500', async (user) => {
      const reply = await discover(user);
      expect(reply.status).toBe(500);
      expect(JSON.parse(reply.body)).toEqual({ errors: ['Zone information could not be determined'] });
    });

    it('reports the versions', async () => {
      expect(await read('GET', `${ORIGIN}/ATServicesRest/versioninformation`)).toEqual({
        apiVersions: ['1.0'],
      });
    });
  });

  describe('sign-in', () => {
    it.each([
      ['no headers', {}],
      ['a wrong secret', { secret: 'wrong' }],
      ['an unknown user', { username: 'nobody@sandbox.example' }],
      ['a missing integration code', { apiintegrationcode: '' }],
    ])('answers %s with an empty 401', async (_case, change) => {
      const base = Object.keys(change).length === 0 ? {} : ALL_RIGHTS;
      expect(outcomeOf(await send('GET', 'Version', { ...base, ...change }))).toEqual(EMPTY_401);
    });

    it('answers a locked user, and a right credential on the wrong zone, the same way', async () => {
      expect(outcomeOf(await send('GET', 'Version', headersOf('locked@')))).toEqual(EMPTY_401);
      expect(outcomeOf(await send('GET', 'Version', headersOf('all-rights@sandbox-single')))).toEqual(
        EMPTY_401,
      );
      expect(outcomeOf(await send('GET', `${ORIGIN}/atservicesrest/v1.0/Version`))).toEqual(EMPTY_401);
    });

    it('names a wrong integration code, unless told to hide it', async () => {
      const headers = { ...ALL_RIGHTS, apiintegrationcode: 'wrong' };
      const reply = await send('GET', 'Version', headers);
      expect([reply.status, reply.body]).toEqual([500, '{"errors":["IntegrationCode is invalid"]}']);
      handler = new RequestHandler(settings({ authFailures: 'empty401' }));
      expect(outcomeOf(await send('GET', 'Version', headers))).toEqual(EMPTY_401);
    });

    it('locks the user after five failures', async () => {
      const wrong = { ...ALL_RIGHTS, secret: 'wrong' };
      for (let attempt = 0; attempt < 5; attempt += 1) await send('GET', 'Version', wrong);
      expect(outcomeOf(await send('GET', 'Version'))).toEqual(EMPTY_401);
    });

    it('answers the cheap probes', async () => {
      expect(await read('GET', 'version')).toHaveProperty('majorVersion');
      expect(await read('GET', 'Modules')).toHaveProperty('modules');
    });
  });

  describe('limits', () => {
    it('counts the requests of the last hour per database', async () => {
      await read('GET', 'Version');
      expect(await read('GET', 'ThresholdInformation')).toEqual({
        externalRequestThreshold: 10_000,
        requestThresholdTimeframe: 60,
        currentTimeframeRequestCount: 2,
      });
      now = new Date(NOW.getTime() + 3_600_000);
      expect(await read('GET', 'ThresholdInformation')).toMatchObject({ currentTimeframeRequestCount: 1 });
    });

    it('suspends the API over the threshold until usage falls', async () => {
      world.database(MULTI_CURRENCY_CI).requestThreshold = 1;
      await read('GET', 'Version');
      expect((await send('GET', 'Version')).status).toBe(429);
      now = new Date(NOW.getTime() + 3_600_000);
      expect((await send('GET', 'Version')).status).toBe(200);
    });

    it('slows down above half of the threshold when told to', async () => {
      const waits: number[] = [];
      const sleep = async (milliseconds: number): Promise<void> => {
        waits.push(Math.round(milliseconds / 100) * 100);
        return Promise.resolve();
      };
      limits.hasThresholdLatency = true;
      handler = new RequestHandler(settings({ sleep }));
      world.database(MULTI_CURRENCY_CI).requestThreshold = 4;
      for (let request = 0; request < 3; request += 1) await read('GET', 'Version');
      expect(waits).toEqual([500, 1000]);
    });

    it('refuses a fourth request at a time for one entity, metadata included, but not for another', async () => {
      const opened = Promise.withResolvers<undefined>();
      limits.latencyMs = 1000;
      handler = new RequestHandler(settings({ sleep: async () => opened.promise }));
      const three = ['Companies/175', 'companies/entityInformation', 'COMPANIES/0'].map(async (url) =>
        send('GET', url),
      );
      const fourth = send('GET', 'Companies/176');
      const other = send('GET', 'Contracts/1');
      opened.resolve(undefined);
      expect((await Promise.all([...three, other])).map((reply) => reply.status)).toEqual([
        200, 200, 200, 200,
      ]);
      const refused = await fourth;
      expect(refused.status).toBe(500);
      expect(refused.body).toMatch(/Itgenatr005.*thread threshold of 3 threads has been exceeded/);
      expect((await send('GET', 'Companies/176')).status).toBe(200);
    });

    it('frees a thread later than it answers when told to', async () => {
      const freed = Promise.withResolvers<undefined>();
      limits.slotReleaseDelayMs = 100;
      handler = new RequestHandler(settings({ sleep: async () => freed.promise }));
      const statuses: number[] = [];
      for (let request = 0; request < 4; request += 1) statuses.push((await send('GET', 'Version')).status);
      expect(statuses).toEqual([200, 200, 200, 500]);
      freed.resolve(undefined);
      await nextTurn();
      expect((await send('GET', 'Version')).status).toBe(200);
    });

    it('counts the requests of others against the allowance', async () => {
      const database = world.database(MULTI_CURRENCY_CI);
      handler.addUsage(database, 9_999);
      expect((await send('GET', 'Version')).status).toBe(200);
      expect((await send('GET', 'Version')).status).toBe(429);
      now = new Date(NOW.getTime() + 3_600_000);
      expect(handler.usageOf(database)).toBe(0);
    });
  });
});
