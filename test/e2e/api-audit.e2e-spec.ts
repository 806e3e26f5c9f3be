import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntryResponse } from '../../src/audit/http/audit-entries.controller.js';
import type { Page } from '../../src/kernel/page.js';
import {
  ALL_RIGHTS,
  type Connector,
  credentialsOf,
  expectProblem,
  newConnection,
  startConnector,
} from '../support/connector.js';

const ODD_ALIAS = 'Ünïcode 🔑 "quoted" \\ back / \u2028 100%_';

let connector: Connector;
let connectionId: string;

/** Leaves entries of several operations, outcomes and actors, with texts that are hard to hash the same way twice. */
beforeAll(async () => {
  connector = await startConnector();
  const wrong = newConnection({ credentials: { ...credentialsOf(ALL_RIGHTS), secret: 'wrong' } });
  await connector.api.post('/connections', wrong);
  connectionId = (await connector.connect()).id;
  await connector.api.patch(`/connections/${connectionId}`, { alias: ODD_ALIAS });
  await connector.api.post(`/connections/${connectionId}/check`);
  await connector.as('customer').delete(`/connections/${connectionId}`);
  await connector.as('reader').post('/connections', newConnection());
  await connector.as('reseller').post('/connections', newConnection({ alias: 'Of tenant B' }));
  // Attempts at the same time must not fork the chain.
  const attempts = Array.from({ length: 12 }, () => connector.api.post('/connections', { alias: 'no body' }));
  await Promise.all(attempts);
  await connector.api.post(`/connections/${connectionId}/sync-runs`);
});

afterAll(async () => {
  await connector?.stop();
});

/** The whole log, oldest first, read in small pages. */
async function wholeLog(actor: 'admin' | 'reseller' = 'admin', limit = 5): Promise<AuditEntryResponse[]> {
  const entries: AuditEntryResponse[] = [];
  let cursor = '';
  for (;;) {
    const path = `/audit-entries?limit=${limit}${cursor}`;
    const { body } = await connector.as(actor).get<Page<AuditEntryResponse>>(path);
    entries.push(...body.items);
    if (body.nextCursor === null) return entries.toReversed();
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
  }
}

/** JSON with sorted members and no spaces: RFC 8785 for the values that occur here, written anew for this test. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`).join(',')}}`;
}

/** The hash an entry must have, from nothing but its own JSON. */
function expectedHash(entry: AuditEntryResponse): string {
  const { sequence, previousHash, hash, ...body } = entry;
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  const lines = ['psa-connector audit entry v1', previousHash, String(sequence), canonicalJson(body)];
  return createHash('sha256').update(lines.join('\n'), 'utf8').digest('hex');
}

describe('the audit log over HTTP', () => {
  it('gives entries with exactly the documented members', async () => {
    const [entry] = await connector.audit('&operation=Create+Connector+Connection&outcome=succeeded');
    expect(entry).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      sequence: 2,
      occurredAt: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/),
      operation: 'Create Connector Connection',
      outcome: 'succeeded',
      actor: { id: 'admin', name: 'Ada Administrator' },
      tenantId: 'tenant-a',
      connectionId,
      subject: { type: 'connection', id: connectionId, label: 'Main' },
      details: expect.objectContaining({ instanceId: '281474' }),
      correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      previousHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('lists newest first, pages without gap or repetition, and ends', async () => {
    const inOne = await connector.audit();
    const paged = await wholeLog();
    expect(paged.toReversed()).toEqual(inOne);
    expect(inOne.map(({ sequence }) => sequence)).toEqual(inOne.map((_, index) => inOne.length - index));
  });

  it.each(['admin', 'reseller'] as const)(
    'forms a chain per tenant that recomputes from the JSON (%s)',
    async (actor) => {
      const entries = await wholeLog(actor);
      expect(entries.length).toBeGreaterThan(0);
      let previousHash = '0'.repeat(64);
      for (const entry of entries) {
        expect(entry.previousHash).toBe(previousHash);
        expect(entry.hash).toBe(expectedHash(entry));
        previousHash = entry.hash;
      }
    },
  );

  it('gives the request id of the answer as correlation id', async () => {
    const answer = await connector.api.send(
      'POST',
      '/connections',
      {},
      { 'x-request-id': 'given-by-caller' },
    );
    expect(answer.headers.get('x-request-id')).toBe('given-by-caller');
    expect((await connector.newestAuditEntry()).correlationId).toBe('given-by-caller');
  });

  it.each([
    'UPDATE psa_connector.audit_entry SET outcome = outcome',
    'DELETE FROM psa_connector.audit_entry',
  ])('cannot be changed in the database: %s', async (statement) => {
    await expect(connector.rows(statement)).rejects.toThrow(/audit/i);
  });
});

describe('filters of the audit log', () => {
  const matching: readonly [string, (entry: AuditEntryResponse) => boolean][] = [
    ['operation=Check+Connector+Connection', ({ operation }) => operation === 'Check Connector Connection'],
    ['outcome=failed', ({ outcome }) => outcome === 'failed'],
    ['outcome=succeeded', ({ outcome }) => outcome === 'succeeded'],
    ['actor=customer', ({ actor }) => actor.id === 'customer'],
    ['actor=rene+READ', ({ actor }) => actor.name === 'Rene Reader'],
    ['text=request.invalid', ({ details }) => details['code'] === 'request.invalid'],
    ['text=100%25_', (entry) => JSON.stringify(entry).includes('100%_')],
    ['outcome=failed&actor=reader', ({ actor }) => actor.id === 'reader'],
  ];

  it.each(matching)('keeps exactly what matches %s', async (query, matches) => {
    const expected = (await connector.audit()).filter(matches);
    expect(expected.length).toBeGreaterThan(0);
    expect(await connector.audit(`&${query}`)).toEqual(expected);
  });

  it('keeps the entries of one connection', async () => {
    const expected = (await connector.audit()).filter((entry) => entry.connectionId === connectionId);
    expect(expected.length).toBeGreaterThan(2);
    expect(await connector.audit(`&connectionId=${connectionId}`)).toEqual(expected);
  });

  it('keeps a span of time, its start included and its end not', async () => {
    const all = await connector.audit();
    const from = all.at(-2)?.occurredAt ?? '';
    const to = all.at(1)?.occurredAt ?? '';
    const expected = all.filter(({ occurredAt }) => occurredAt >= from && occurredAt < to);
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThan(all.length);
    expect(await connector.audit(`&from=${from}&to=${to}`)).toEqual(expected);
  });

  it('finds nothing rather than everything where nothing matches', async () => {
    expect(await connector.audit('&operation=Export+Audit+Log')).toEqual([]);
    expect(await connector.audit('&text=%27%3B+DROP+TABLE')).toEqual([]);
  });

  it('pages through filtered entries', async () => {
    const expected = await connector.audit('&outcome=failed');
    const path = '/audit-entries?outcome=failed&limit=1';
    const first = await connector.api.get<Page<AuditEntryResponse>>(path);
    const cursor = encodeURIComponent(first.body.nextCursor ?? '');
    const second = await connector.api.get<Page<AuditEntryResponse>>(`${path}&cursor=${cursor}`);
    expect([...first.body.items, ...second.body.items]).toEqual(expected.slice(0, 2));
  });

  it.each([
    'outcome=maybe',
    'from=yesterday',
    'to=2026-13-01',
    'connectionId=1',
    'text=%00',
    'tenantId=tenant-b',
  ])('refuses %s', async (query) => {
    expectProblem(await connector.api.get(`/audit-entries?${query}`), 422, 'request.invalid');
  });
});
