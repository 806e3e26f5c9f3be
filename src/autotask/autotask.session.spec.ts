import { afterEach, describe, expect, it } from 'vitest';
import {
  type Answers,
  CLOCK_AT_NOON,
  CREDENTIALS,
  keyOf,
  optionsFor,
  rows,
  SECRET,
  startScriptedAutotask,
} from '../../test/contract/scripted-autotask.js';
import type { ReceivedRequest, Reply, ScriptedServer } from '../../test/contract/scripted-server.js';
import type { PsaSession } from '../ports/psa/psa-session.port.js';
import type { AutotaskOptions } from './autotask-options.js';
import { AutotaskAdapter } from './autotask.adapter.js';
import { readEvery, readPage } from '../../test/support/read-page.js';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function open(
  answers: Answers,
  metadata: Record<string, unknown> = {},
  options: Partial<AutotaskOptions> = {},
): Promise<{ server: ScriptedServer; session: PsaSession }> {
  const server = await startScriptedAutotask(answers);
  const adapter = new AutotaskAdapter(optionsFor(server, options), CLOCK_AT_NOON);
  const session = adapter.openSession({
    purpose: 'interactive',
    credentials: CREDENTIALS,
    instance: {
      id: '1',
      zoneName: 'z',
      apiUrl: `${server.origin}/zone2/ATServicesRest/`,
      webUrl: '',
      internalCurrency: 'EUR',
      metadata,
    },
  });
  closers.push(
    () => session.close(),
    () => adapter.close(),
    () => server.stop(),
  );
  return { server, session };
}

const company = (id: number) => ({ id, companyName: `Company ${id}`, companyType: 1, isActive: true });
const GOOD: Reply = rows([company(0)]);

/** Answers a query like the vendor does from these ids. */
function served(ids: readonly number[]): { choose: (request: ReceivedRequest) => Reply } {
  return {
    choose: (request) => {
      const { filter, maxRecords } = request.body as {
        filter: [{ op: 'gt' | 'gte'; value: number }];
        maxRecords: number;
      };
      const [{ op, value }] = filter;
      const rest = ids.filter((id) => (op === 'gt' ? id > value : id >= value));
      return rows(
        rest.slice(0, maxRecords).map(company),
        rest.length > maxRecords ? 'https://next.example/' : null,
      );
    },
  };
}

/** First these replies, one per request, then a good one. */
function inTurn(...replies: Reply[]): { choose: () => Reply } {
  const left = [...replies];
  return { choose: () => left.shift() ?? GOOD };
}

async function readAll(session: PsaSession): Promise<string[]> {
  return (await readEvery(session, 'companies')).map(({ externalId }) => externalId);
}

describe('reading pages', () => {
  it.each([
    [0, 1],
    [1, 1],
    [499, 1],
    [500, 1],
    [501, 2],
    [1000, 2],
    [1203, 3],
  ])('reads %i companies, the own one with id 0 included, in %i calls', async (count, calls) => {
    const ids = Array.from({ length: count }, (_, index) => index * 3);
    const { session } = await open({ 'POST Companies/query': served(ids) });
    expect(await readAll(session)).toEqual(ids.map(String));
    expect(session.apiCalls).toBe(calls);
  });

  it('asks for no field that the instance lacks', async () => {
    const { server, session } = await open(
      { 'POST Services/query': rows([{ id: 1, name: 'M365', periodType: 2, isActive: true }]) },
      { absentFields: { Services: ['sku'] } },
    );
    await readPage(session, 'services', null);
    expect(server.requests[0]?.body).toMatchObject({ includeFields: expect.arrayContaining(['name']) });
    expect(server.requests[0]?.body).toMatchObject({ includeFields: expect.not.arrayContaining(['sku']) });
  });

  it('asks for no metadata', async () => {
    const { server, session } = await open({ 'POST Companies/query': GOOD });
    await readPage(session, 'companies', null);
    expect(server.requests.map(keyOf)).toEqual(['POST Companies/query']);
  });

  it('names the row that cannot be read beside those that can, without repeating the call', async () => {
    const good = { id: 8, companyName: 'Contoso', companyType: 1, isActive: true };
    const { server, session } = await open({
      'POST Companies/query': rows([good, { ...good, id: 9, companyName: null }]),
    });
    const request = { scope: { kind: 'all' }, position: null, setsAside: true } as const;
    const batches = [];
    for await (const batch of session.readBatches('companies', request)) batches.push(batch);
    expect(batches.flatMap(({ records }) => records)).toMatchObject([{ externalId: '8' }]);
    expect(batches.flatMap(({ rejected }) => rejected)).toMatchObject([
      {
        code: 'psa.record_malformed',
        externalId: '9',
        context: { entity: 'Companies', id: '9', field: 'companyName' },
      },
    ]);
    expect(server.requests).toHaveLength(1);
  });

  it('raises a row that cannot be read where rows are not to be set aside, or are asked for by id', async () => {
    const { session } = await open({ 'POST Companies/query': rows([{ id: 9, companyName: null }]) });
    await expect(readPage(session, 'companies')).rejects.toMatchObject({ code: 'psa.record_malformed' });
    await expect(session.readByIds('companies', ['9'])).rejects.toMatchObject({
      code: 'psa.record_malformed',
    });
  });
});

describe('failures in passing', () => {
  it.each<[string, Reply]>([
    ['503', { status: 503 }],
    ['an HTML page', { body: '<html></html>' }],
    ['broken JSON', { body: '{"items":[' }],
    ['429', { status: 429, headers: { 'retry-after': '0' } }],
    [
      'the thread limit',
      { status: 500, body: { errors: ['thread threshold of 3 threads has been exceeded'] } },
    ],
    ['a dropped connection', (response) => response.destroy()],
    [
      'a body that breaks off',
      (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{', () => response.destroy());
      },
    ],
  ])('are repeated and counted: %s', async (_name, reply) => {
    const { session } = await open({ 'POST Companies/query': inTurn(reply, reply) });
    const page = await readPage(session, 'companies', null);
    expect(page.records).toHaveLength(1);
    expect(session.apiCalls).toBe(3);
  });

  it('are repeated after a time-out', async () => {
    const { session } = await open(
      { 'POST Companies/query': inTurn(() => {}) },
      {},
      { requestTimeoutMs: 200 },
    );
    await readPage(session, 'companies', null);
    expect(session.apiCalls).toBe(2);
  });

  it('become an error after the last attempt', async () => {
    const { session } = await open({ 'POST Companies/query': { status: 503 } });
    await expect(readPage(session, 'companies', null)).rejects.toMatchObject({ code: 'psa.unreachable' });
    expect(session.apiCalls).toBe(3);
  });
});

describe('failures for good', () => {
  it.each<[string, Reply, string]>([
    ['401', { status: 401 }, 'psa.credentials_rejected'],
    ['403', { status: 403 }, 'psa.access_denied'],
    ['500 with errors', { status: 500, body: { errors: [`Secret ${SECRET}`] } }, 'psa.request_rejected'],
    ['a long wait', { status: 429, headers: { 'retry-after': '3600' } }, 'psa.rate_limited'],
  ])('are not repeated: %s', async (_name, reply, code) => {
    const { session } = await open({ 'POST Companies/query': reply });
    const error: unknown = await readPage(session, 'companies', null).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code });
    expect(JSON.stringify(error)).not.toContain(SECRET);
    expect(session.apiCalls).toBe(1);
  });
});

describe('a session', () => {
  it('reads the use of the request allowance', async () => {
    const { session } = await open({});
    expect(await session.readApiUsage()).toEqual({ used: 124, limit: 10_000, windowMinutes: 60 });
  });

  it('says when the use of the allowance cannot be read', async () => {
    const { session } = await open({
      'GET ThresholdInformation': { body: { externalRequestThreshold: 'many' } },
    });
    await expect(session.readApiUsage()).rejects.toMatchObject({ code: 'psa.unexpected_answer' });
  });

  it('ends with the reason of the abort signal, also between attempts', async () => {
    const controller = new AbortController();
    const { session } = await open({
      'POST Companies/query': (response) => {
        response.writeHead(429, { 'retry-after': '60' });
        response.end();
        setImmediate(() => controller.abort(new Error('shutting down')));
      },
    });
    await expect(readPage(session, 'companies', null, controller.signal)).rejects.toThrow('shutting down');
    expect(session.apiCalls).toBe(1);
  });

  it('ends what is under way when closed, and reads no more', async () => {
    const arrived = Promise.withResolvers<void>();
    const { session } = await open({ 'POST Companies/query': () => arrived.resolve() });
    const reading = readPage(session, 'companies', null);
    await Promise.all([
      expect(reading).rejects.toMatchObject({ name: 'AbortError' }),
      arrived.promise.then(() => session.close()),
    ]);
    await expect(readPage(session, 'companies', null)).rejects.toMatchObject({ name: 'AbortError' });
    expect(session.apiCalls).toBe(1);
  });

  it('is not opened without a tracking identifier', async () => {
    const server = await startScriptedAutotask();
    const adapter = new AutotaskAdapter(optionsFor(server), CLOCK_AT_NOON);
    closers.push(
      () => adapter.close(),
      () => server.stop(),
    );
    const instance = {
      id: '1',
      zoneName: '',
      apiUrl: `${server.origin}/`,
      webUrl: '',
      internalCurrency: null,
      metadata: {},
    };
    const { username, secret } = CREDENTIALS;
    expect(() =>
      adapter.openSession({ purpose: 'interactive', credentials: { username, secret }, instance }),
    ).toThrow(expect.objectContaining({ code: 'psa.credentials_rejected' }));
  });
});
