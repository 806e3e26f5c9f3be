import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuditEvent, AuditTrail } from '../../src/audit/application/audit-trail.service.js';
import {
  type AuditDetails,
  type AuditEntry,
  chainHash,
  GENESIS_HASH,
} from '../../src/audit/domain/audit-entry.js';
import { AUDIT_OPERATIONS } from '../../src/audit/domain/audit-operations.js';
import type { AuditFilter, AuditListKey } from '../../src/audit/domain/audit-store.js';
import { AuditEntryRepository } from '../../src/audit/persistence/audit-entry.repository.js';
import { type UseCaseContext, systemContext } from '../../src/core/use-case-context.js';
import { ConnectorError } from '../../src/kernel/connector-error.js';
import { newId } from '../../src/kernel/ids.js';
import { decodeCursor } from '../../src/kernel/page.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { FakeClock } from '../support/fakes/fake-clock.js';

let installation: TestInstallation;
let store: AuditEntryRepository;
const clock = new FakeClock();
let trail: AuditTrail;

beforeAll(async () => {
  installation = await openInstallation();
  store = new AuditEntryRepository(installation.dataSource);
  trail = new AuditTrail(store, clock, installation.transactions);
});

afterAll(() => installation?.close());

/** A context in a tenant no other test writes to. */
function newTenant(actor: { id?: string; name?: string } = {}): UseCaseContext {
  const context = systemContext(`tenant ${newId()}`, 'request-1');
  return { ...context, actor: { ...context.actor, ...actor } };
}

function anEvent(change: Partial<AuditEvent> = {}): AuditEvent {
  return {
    operation: AUDIT_OPERATIONS.createConnection,
    subject: { type: 'connection', id: newId(), label: 'Autotask EUR' },
    ...change,
  };
}

function append(context: UseCaseContext, change: Partial<AuditEvent> = {}): Promise<void> {
  return installation.transactions.run((tx) => trail.append(tx, context, anEvent(change)));
}

function keyOf(cursor: string | null): AuditListKey | undefined {
  const [occurredAt = '', sequence = ''] = decodeCursor(cursor ?? '', 2) ?? [];
  return cursor === null ? undefined : { occurredAt, sequence };
}

/** Every entry of the tenant, newest first, read page by page. */
async function readAll(
  { actor }: UseCaseContext,
  filter: AuditFilter = {},
  limit = 200,
): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  let before: AuditListKey | undefined;
  do {
    const { items, nextCursor } = await store.list(actor.tenantId, filter, { limit }, before);
    entries.push(...items);
    before = keyOf(nextCursor);
  } while (before !== undefined);
  return entries;
}

/** Recomputes the chain as an auditor would, from the entries alone. */
function expectIntactChain(newestFirst: AuditEntry[]): void {
  let previousHash = GENESIS_HASH;
  for (const [index, entry] of newestFirst.toReversed().entries()) {
    expect(entry.sequence).toBe(String(index + 1));
    expect(entry.previousHash).toBe(previousHash);
    expect(entry.hash).toBe(chainHash(previousHash, entry.sequence, entry));
    previousHash = entry.hash;
  }
}

describe('the hash chain', () => {
  it.each<[string, AuditDetails]>([
    ['nothing', {}],
    ['quotes and line ends', { text: `"double" 'single' \\ back\r\n\ttab \u0001 \u007F` }],
    ['scripts and emoji', { 'näme 名': 'Ωmega – 🧾 – e\u0301 – \u2028 – \u202E' }],
    ['nested values', { b: [1, [true, null, { z: 'last', a: 'first' }]], a: { b: { c: [] } } }],
    ['numbers', { list: [0, -0, 1e21, 1e-7, 0.1, 5e-324, 1.7976931348623157e308, 2 ** 53, -12.5] }],
    ['NUL and lone surrogates', { 'key\0': 'a\0b', list: ['\uD800', 'x\uDC00y', '\uDFFF\uD800'] }],
    ['names JavaScript reserves', { ['__proto__']: 'own', constructor: 'own', '10': 'b', '9': 'a', '': '' }],
  ])('is computed by the database as the domain computes it, for %s', async (_, details) => {
    const context = newTenant({ id: 'user\0-1', name: 'Zoë "Z" O\u2019Neil \uD800' });
    await append(context, { details: { first: true } });
    await append(context, { details, subject: { type: 'connection', id: null, label: 'Ünïcode\0 "label"' } });
    const entries = await readAll(context);
    expect(entries).toHaveLength(2);
    expectIntactChain(entries);
    expect(Object.keys(entries[0]?.details ?? {})).toHaveLength(Object.keys(details).length);
  });

  it('does not depend on the case in which a caller wrote an id', async () => {
    const context = newTenant();
    const connectionId = newId();
    await append(context, { connectionId: connectionId.toUpperCase() });
    const entries = await readAll(context);
    expect(entries[0]?.connectionId).toBe(connectionId);
    expectIntactChain(entries);
  });

  it('holds refusals with their code and reason, and never the message of an unexpected error', async () => {
    const context = newTenant();
    const refusal = new ConnectorError({ code: 'area.reason', category: 'conflict', detail: 'No.' });
    const attempt = (error: Error) =>
      trail.attempt(
        context,
        () => anEvent(),
        async () => {
          throw error;
        },
      );
    await expect(attempt(refusal)).rejects.toBe(refusal);
    await expect(attempt(new Error('connection string with a password'))).rejects.toThrow('password');
    const entries = await readAll(context);
    expectIntactChain(entries);
    expect(entries.map(({ outcome, details }) => [outcome, details['code']])).toEqual([
      ['failed', 'internal.unexpected'],
      ['failed', 'area.reason'],
    ]);
    expect(JSON.stringify(entries)).not.toContain('password');
  });

  it('holds one entry for each request that the same error answers, and one for a request that meets it twice', async () => {
    const context = newTenant();
    const refusal = new ConnectorError({ code: 'area.shared', category: 'conflict', detail: 'No.' });
    const attempt = (of: typeof context, work = () => Promise.reject(refusal)) =>
      trail.attempt(of, () => anEvent(), work);
    const other = { ...context, correlationId: newId() };
    await expect(attempt(context, () => attempt(context))).rejects.toBe(refusal);
    await expect(attempt(other)).rejects.toBe(refusal);
    const entries = await readAll(context);
    expect(entries.map(({ correlationId }) => correlationId)).toEqual([
      other.correlationId,
      context.correlationId,
    ]);
  });

  it('commits the entry of a refusal with what is kept of the attempt, or neither', async () => {
    const context = newTenant();
    const refusal = new ConnectorError({ code: 'area.half', category: 'conflict', detail: 'Not yet.' });
    const lost = trail.refuseKeeping(context, anEvent(), refusal, () => Promise.reject(new Error('lost')));
    await expect(lost).rejects.toThrow('lost');
    expect(await readAll(context)).toEqual([]);
    const kept = trail.refuseKeeping(context, anEvent(), refusal, () => Promise.resolve({ kept: 'a word' }));
    await expect(kept).rejects.toBe(refusal);
    const entries = await readAll(context);
    expect(entries).toMatchObject([{ outcome: 'failed', details: { code: 'area.half', kept: 'a word' } }]);
  });

  it('has no gap and no fork after 50 appends of one tenant at the same time', async () => {
    const context = newTenant();
    await Promise.all(Array.from({ length: 50 }, (_, index) => append(context, { details: { index } })));
    const entries = await readAll(context);
    expect(entries).toHaveLength(50);
    expect(new Set(entries.map(({ details }) => details['index'])).size).toBe(50);
    expectIntactChain(entries);
  });

  it('is one per tenant when several tenants append at the same time', async () => {
    const tenants = Array.from({ length: 5 }, () => newTenant());
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => append(tenants[index % tenants.length] ?? newTenant())),
    );
    for (const tenant of tenants) {
      const entries = await readAll(tenant);
      expect(entries).toHaveLength(10);
      expectIntactChain(entries);
    }
  });

  it('forgets an append whose transaction rolls back', async () => {
    const context = newTenant();
    await append(context);
    const headOf = () =>
      installation.query('SELECT * FROM audit_chain_head WHERE tenant_id = $1', [context.actor.tenantId]);
    const before = await headOf();
    await expect(
      installation.transactions.run(async (tx) => {
        await trail.append(tx, context, anEvent());
        await trail.append(tx, context, anEvent());
        throw new Error('the change failed');
      }),
    ).rejects.toThrow('the change failed');
    expect(await headOf()).toEqual(before);
    expect(await readAll(context)).toHaveLength(1);
    await append(context);
    expectIntactChain(await readAll(context));
  });
});

describe('the database', () => {
  it.each([
    ['UPDATE', `UPDATE audit_entry SET operation = 'Nothing happened'`],
    ['UPDATE of nothing new', 'UPDATE audit_entry SET outcome = outcome'],
    ['DELETE', 'DELETE FROM audit_entry'],
    ['TRUNCATE', 'TRUNCATE audit_entry'],
    ['TRUNCATE with others', 'TRUNCATE audit_entry, audit_chain_head CASCADE'],
  ])('refuses %s, also to the owner of the table', async (_, statement) => {
    const context = newTenant();
    await append(context);
    const before = await readAll(context);
    await expect(installation.query(statement)).rejects.toThrow('append-only');
    expect(await readAll(context)).toEqual(before);
  });

  it('refuses a second entry at the same place of a chain', async () => {
    const context = newTenant();
    await append(context);
    await installation.query('DELETE FROM audit_chain_head WHERE tenant_id = $1', [context.actor.tenantId]);
    await expect(append(context)).rejects.toThrow(/audit_entry_.*_(uq|pkey)/);
  });
});

describe('the list', () => {
  it('gives each of 250 entries once, newest first, page by page', async () => {
    const context = newTenant();
    for (let index = 0; index < 250; index += 1) await append(context, { details: { index } });
    const indexes = Array.from({ length: 250 }, (_, index) => 249 - index);
    for (const limit of [7, 50, 200]) {
      const entries = await readAll(context, {}, limit);
      expect(entries.map(({ details }) => details['index'])).toEqual(indexes);
    }
    const place = (await readAll(context)).find(({ sequence }) => sequence === '126');
    const exact = await store.list(context.actor.tenantId, {}, { limit: 125 }, place);
    expect(exact.items).toHaveLength(125);
    expect(exact.nextCursor).toBeNull();
  });

  it('keeps its place while entries are appended', async () => {
    const context = newTenant();
    for (let index = 0; index < 4; index += 1) await append(context, { details: { index } });
    const first = await store.list(context.actor.tenantId, {}, { limit: 2 }, undefined);
    await append(context, { details: { index: 4 } });
    const second = await store.list(context.actor.tenantId, {}, { limit: 2 }, keyOf(first.nextCursor));
    expect([...first.items, ...second.items].map(({ details }) => details['index'])).toEqual([3, 2, 1, 0]);
  });

  it('never shows an entry of another tenant, whatever the filter or cursor', async () => {
    const [mine, theirs] = [newTenant(), newTenant()];
    const connectionId = newId();
    await append(theirs, { connectionId, details: { secretish: 'theirs' } });
    await append(theirs, { connectionId });
    for (const filter of [{}, { connectionId }, { text: 'theirs' }, { outcome: 'succeeded' as const }]) {
      expect(await readAll(mine, filter)).toEqual([]);
    }
    const place = { occurredAt: '2027-01-01T00:00:00.000Z', sequence: '999' };
    expect((await store.list(mine.actor.tenantId, {}, { limit: 10 }, place)).items).toEqual([]);
  });
});

describe('a filter', () => {
  const context = newTenant({ id: 'user-1', name: 'Ada Example' });
  const connectionId = newId();

  const labels = async (filter: AuditFilter) =>
    (await readAll(context, filter)).map(({ subject }) => subject.label);

  beforeAll(async () => {
    const filterClock = new FakeClock('2026-03-01T00:00:00.000Z');
    const events: [string, Partial<AuditEvent>, { id: string; name: string }, 'append' | 'appendFailed'][] = [
      ['first', { connectionId }, { id: 'user-1', name: 'Ada Example' }, 'append'],
      ['second', { operation: AUDIT_OPERATIONS.startSyncRun }, { id: 'user-2', name: 'Bob 100%' }, 'append'],
      [
        'third 50%_off',
        { details: { path: 'C:\\temp', said: 'a "quoted" word', list: [{ deep: 'Zürich' }] } },
        { id: 'user-1', name: 'Ada Example' },
        'appendFailed',
      ],
      ['fourth 50x off', { connectionId }, { id: 'user-20', name: 'Cy_d' }, 'appendFailed'],
    ];
    for (const [label, event, actor, method] of events) {
      const recorder = new AuditTrail(store, filterClock, installation.transactions);
      const by = { ...context, actor: { ...context.actor, ...actor } };
      const subject = { type: 'connection', id: null, label };
      await installation.transactions.run((tx) => recorder[method](tx, by, anEvent({ ...event, subject })));
      filterClock.advance(1000);
    }
  });

  it('by time includes from and excludes to', async () => {
    const [second, fourth, later] = [1, 3, 9].map((at) => new Date(Date.UTC(2026, 2, 1, 0, 0, at)));
    expect(await labels({ from: second })).toEqual(['fourth 50x off', 'third 50%_off', 'second']);
    expect(await labels({ to: second })).toEqual(['first']);
    expect(await labels({ from: second, to: fourth })).toEqual(['third 50%_off', 'second']);
    expect(await labels({ from: later })).toEqual([]);
  });

  it('by operation, outcome, connection and actor keeps what matches', async () => {
    expect(await labels({ operation: 'Start Sync Run' })).toEqual(['second']);
    expect(await labels({ operation: 'Start' })).toEqual([]);
    expect(await labels({ outcome: 'failed' })).toEqual(['fourth 50x off', 'third 50%_off']);
    expect(await labels({ outcome: 'succeeded' })).toEqual(['second', 'first']);
    expect(await labels({ connectionId })).toEqual(['fourth 50x off', 'first']);
    expect(await labels({ connectionId: connectionId.toUpperCase() })).toEqual(['fourth 50x off', 'first']);
    expect(await labels({ actor: 'user-2' })).toEqual(['second']);
    expect(await labels({ actor: 'ada ex' })).toEqual(['third 50%_off', 'first']);
    expect(await labels({ outcome: 'failed', connectionId, actor: 'user-20' })).toEqual(['fourth 50x off']);
  });

  it('by text looks into operation, label and details, whatever the case', async () => {
    expect(await labels({ text: 'SYNC RUN' })).toEqual(['second']);
    expect(await labels({ text: 'FIRST' })).toEqual(['first']);
    expect(await labels({ text: 'zürich' })).toEqual(['third 50%_off']);
    expect(await labels({ text: 'nowhere' })).toEqual([]);
  });

  it('takes the signs that mean something to LIKE, JSON or SQL for themselves', async () => {
    expect(await labels({ text: '50%' })).toEqual(['third 50%_off']);
    expect(await labels({ text: '%_' })).toEqual(['third 50%_off']);
    expect(await labels({ text: '50_' })).toEqual([]);
    expect(await labels({ text: String.raw`C:\temp` })).toEqual(['third 50%_off']);
    expect(await labels({ text: String.raw`\\` })).toEqual([]);
    expect(await labels({ text: 'a "quoted" word' })).toEqual(['third 50%_off']);
    expect(await labels({ text: `' OR true --` })).toEqual([]);
    expect(await labels({ text: 'emp' })).toEqual([]);
    expect(await labels({ actor: '100%' })).toEqual(['second']);
    expect(await labels({ actor: '_' })).toEqual(['fourth 50x off']);
    expect(await labels({ actor: String.raw`\_` })).toEqual([]);
  });
});
