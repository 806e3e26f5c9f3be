// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest';
import { apiBaseUrl, createApiClient } from './http-client.js';
import type { ApiClient } from './http-client.js';
import { ApiProblem } from './problem.js';

interface Recorded {
  url: string;
  init: RequestInit;
}

function clientAnswering(answer: () => Response | Promise<Response>): {
  client: ApiClient;
  requests: Recorded[];
  onUnauthorized: () => void;
} {
  const requests: Recorded[] = [];
  const onUnauthorized = vi.fn<() => void>();
  const client = createApiClient({
    baseUrl: 'https://host.example/psa/api/',
    token: 'token-1',
    onUnauthorized,
    fetch: async (input, init) => {
      requests.push({ url: input instanceof Request ? input.url : input.toString(), init: init ?? {} });
      return answer();
    },
  });
  return { client, requests, onUnauthorized };
}

async function problemOf(promise: Promise<unknown>): Promise<ApiProblem> {
  const error: unknown = await promise.catch((cause: unknown) => cause);
  if (!(error instanceof ApiProblem)) throw new Error('expected an ApiProblem');
  return error;
}

describe('apiBaseUrl', () => {
  it.each([
    ['https://host.example/psa/', 'https://host.example/psa/api/'],
    ['https://host.example/deep/mount/#/connectors', 'https://host.example/deep/mount/api/'],
    ['https://host.example/psa/index.html?x=1#/a', 'https://host.example/psa/api/'],
  ])('puts the API of %s at %s', (documentUrl, expected) => {
    expect(apiBaseUrl(documentUrl)).toBe(expected);
  });
});

describe('createApiClient without a token', () => {
  it.each(['psa_csrf', '__Host-psa_csrf'])(
    'repeats the cookie %s with a change, and only then',
    async (name) => {
      vi.spyOn(document, 'cookie', 'get').mockReturnValue(`other=1; ${name}=proof`);
      const sent: Headers[] = [];
      const client = createApiClient({
        baseUrl: 'https://host.example/psa/api/',
        fetch: (_, init) => {
          sent.push(new Headers(init?.headers));
          return Promise.resolve(Response.json({}));
        },
      });
      await client.get('connections');
      await client.send('POST', 'connections', {});
      expect(sent.map((headers) => headers.get('x-csrf-token'))).toEqual([null, 'proof']);
      expect(sent.map((headers) => headers.get('authorization'))).toEqual([null, null]);
    },
  );
});

describe('createApiClient', () => {
  it('sends the token and leaves out query values that are not set', async () => {
    const { client, requests } = clientAnswering(() => Response.json({ items: [] }));
    await client.get('connections', { query: { limit: 200, cursor: undefined, text: '' } });
    expect(requests[0]?.url).toBe('https://host.example/psa/api/connections?limit=200');
    expect(new Headers(requests[0]?.init.headers).get('authorization')).toBe('Bearer token-1');
  });

  it('sends a body as JSON and gives undefined for 204', async () => {
    const { client, requests } = clientAnswering(() => new Response(null, { status: 204 }));
    await expect(client.send('PATCH', 'connections/1', { enabled: false })).resolves.toBeUndefined();
    expect(requests[0]?.init.body).toBe('{"enabled":false}');
    expect(new Headers(requests[0]?.init.headers).get('content-type')).toBe('application/json');
  });

  it('sends no content type without a body', async () => {
    const { client, requests } = clientAnswering(() => Response.json({}));
    await client.send('POST', 'connections/1/check');
    expect(new Headers(requests[0]?.init.headers).has('content-type')).toBe(false);
  });

  it('raises the members of a problem document', async () => {
    const { client } = clientAnswering(() =>
      Response.json(
        {
          code: 'request.invalid',
          detail: 'The body is invalid.',
          instance: 'req-7',
          errors: [{ pointer: '/alias', detail: 'is too long' }, 'garbage'],
        },
        { status: 422 },
      ),
    );
    const problem = await problemOf(client.send('POST', 'connections', {}));
    expect(problem).toMatchObject({
      status: 422,
      code: 'request.invalid',
      detail: 'The body is invalid.',
      instance: 'req-7',
    });
    expect(problem.errors).toEqual([{ pointer: '/alias', detail: 'is too long' }]);
  });

  it('keeps the access report of a refused connection', async () => {
    const accessReport = { outcome: 'failed', checks: [], excess: [] };
    const { client } = clientAnswering(() => Response.json({ code: 'x.y', accessReport }, { status: 422 }));
    expect((await problemOf(client.send('POST', 'connections', {}))).accessReport).toEqual(accessReport);
  });

  it('names the status when the answer is no problem document', async () => {
    const { client } = clientAnswering(() => new Response('<html>Bad gateway</html>', { status: 502 }));
    expect(await problemOf(client.get('connections'))).toMatchObject({ code: 'http.502', detail: null });
  });

  it('raises a problem when a successful answer is no JSON', async () => {
    const { client } = clientAnswering(() => new Response('<html>', { status: 200 }));
    expect((await problemOf(client.get('connections'))).code).toBe('http.200');
  });

  it('says so when the server cannot be reached', async () => {
    const { client } = clientAnswering(() => Promise.reject(new TypeError('Failed to fetch')));
    expect(await problemOf(client.get('connections'))).toMatchObject({
      status: 0,
      code: 'network.unreachable',
    });
  });

  it('reports a token that is no longer accepted, and only that', async () => {
    const refused = clientAnswering(() => new Response(null, { status: 401 }));
    await problemOf(refused.client.get('connections'));
    expect(refused.onUnauthorized).toHaveBeenCalledOnce();
    const forbidden = clientAnswering(() => new Response(null, { status: 403 }));
    await problemOf(forbidden.client.get('connections'));
    expect(forbidden.onUnauthorized).not.toHaveBeenCalled();
  });
});
