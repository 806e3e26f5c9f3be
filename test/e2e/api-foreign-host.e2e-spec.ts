import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connector, newConnection, startConnector } from '../support/connector.js';
import { HTTP_ADAPTERS } from '../support/test-app.js';

describe.each(HTTP_ADAPTERS)('a foreign host with a global prefix under %s', (adapter) => {
  let connector: Connector;
  let origin: string;

  beforeAll(async () => {
    connector = await startConnector({ adapter, globalPrefix: 'api/v2' });
    origin = connector.app.origin;
  });

  afterAll(async () => {
    await connector?.stop();
  });

  const call = async (path: string, init?: RequestInit) => {
    const response = await fetch(origin + path, init);
    return { response, body: (await response.json()) as Record<string, unknown> };
  };

  it('has the API below its prefix and nowhere else', async () => {
    expect(connector.app.apiUrl).toBe(`${origin}/api/v2/psa/api`);
    const { id } = await connector.connect();
    expect(await connector.connection(id)).toMatchObject({ id, state: 'active' });
    expect((await connector.sync(id)).state).toBe('succeeded');
    expect((await fetch(`${origin}/psa/api/health/live`)).status).toBe(404);
  });

  it('keeps its own bodies: nothing validates, strips or converts them', async () => {
    const sent = { alias: 5, unknown: { nested: ['1'] }, limit: '10' };
    const { response, body } = await call('/api/v2/host/echo', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(sent),
    });
    expect(response.status).toBe(201);
    expect(body).toEqual({ received: sent });
    expect(response.headers.get('x-request-id')).toBeNull();
  });

  it('needs no sign-in of ours for its own routes', async () => {
    const response = await fetch(`${origin}/api/v2/host/echo`, { method: 'POST' });
    expect(response.status).toBe(201);
  });

  it('keeps its own way to fail', async () => {
    const { response, body } = await call('/api/v2/host/failure');
    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(body).toEqual({ statusCode: 500, message: 'Internal server error' });
  });

  it('keeps its own answer to unknown routes', async () => {
    const { response, body } = await call('/api/v2/nowhere');
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(body).toEqual({ statusCode: 404, message: 'Cannot GET /api/v2/nowhere', error: 'Not Found' });
  });

  it('has its audit log of what was done through it', async () => {
    await connector.as('customer').post('/connections', newConnection());
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Create Connector Connection',
      outcome: 'failed',
    });
  });
});
