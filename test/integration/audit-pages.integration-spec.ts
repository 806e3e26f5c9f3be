import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/audit/domain/audit-entry.js';
import type { AuditFilter, AuditListKey } from '../../src/audit/domain/audit-store.js';
import { AuditEntryRepository } from '../../src/audit/persistence/audit-entry.repository.js';
import { decodeCursor } from '../../src/kernel/page.js';
import { makeChain, storeChain } from '../support/builders/audit-chain.builder.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';

const DAY_MS = 24 * 3_600_000;
const OPERATIONS = ['Start Sync Run', 'Update Connector Connection', 'Check Connector Connection'];
const CONNECTIONS = ['6e0f6c0a-51d5-4c0f-8c1c-8f1f3f0d2b44', '0b9f7c52-3a3e-4a53-9d8e-2f6f1c1f7a10', null];

let installation: TestInstallation;
let store: AuditEntryRepository;

beforeAll(async () => {
  installation = await openInstallation();
  store = new AuditEntryRepository(installation.dataSource);
});

afterAll(() => installation?.close());

/** Every entry, newest first, read page by page, and how many pages that took. */
async function readAll(tenantId: string, filter: AuditFilter, limit: number) {
  const entries: AuditEntry[] = [];
  let pages = 0;
  let before: AuditListKey | undefined;
  do {
    const { items, nextCursor } = await store.list(tenantId, filter, { limit }, before);
    expect(items.length).toBeLessThanOrEqual(limit);
    entries.push(...items);
    const [occurredAt = '', sequence = ''] = decodeCursor(nextCursor ?? '', 2) ?? [];
    before = nextCursor === null ? undefined : { occurredAt, sequence };
    pages += 1;
  } while (before !== undefined);
  return { entries, pages };
}

describe('pages over years', () => {
  const tenantId = 'tenant of years';
  /** Eight years, up to some months that have partitions of their own; most of it long ago. */
  const chain = makeChain(tenantId, 240, (number) => {
    const daysAgo = number <= 120 ? 3000 - number * 4 : (240 - number) * 3 - 120;
    return {
      occurredAt: new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - daysAgo * DAY_MS).toISOString(),
      operation: OPERATIONS[number % 7 === 0 ? 0 : 1 + (number % 2)] ?? '',
      outcome: number % 11 === 0 ? 'failed' : 'succeeded',
      actor: { id: `u-${number % 3}`, name: `Person ${number % 3}` },
      connectionId: CONNECTIONS[number % 3] ?? null,
    };
  });
  const at = (number: number): Date => new Date(chain[number - 1]?.occurredAt ?? 0);

  beforeAll(() => storeChain(installation, chain));

  it.each<[string, AuditFilter, (entry: AuditEntry) => boolean]>([
    ['nothing', {}, () => true],
    ['an operation', { operation: 'Start Sync Run' }, (entry) => entry.operation === 'Start Sync Run'],
    ['an outcome', { outcome: 'failed' }, (entry) => entry.outcome === 'failed'],
    ['an actor', { actor: 'u-1' }, (entry) => entry.actor.id === 'u-1'],
    ['several actors', { actor: 'person' }, () => true],
    [
      'several actors and an operation',
      { actor: 'person', operation: 'Start Sync Run' },
      (entry) => entry.operation === 'Start Sync Run',
    ],
    [
      'a connection and an outcome',
      { connectionId: CONNECTIONS[0] ?? '', outcome: 'failed' },
      (entry) => entry.connectionId === CONNECTIONS[0] && entry.outcome === 'failed',
    ],
    ['a text', { text: 'start sync' }, (entry) => entry.operation === 'Start Sync Run'],
    ['a time', { from: at(100), to: at(160) }, ({ sequence }) => +sequence >= 100 && +sequence < 160],
    ['a time in a gap', { from: at(121), to: new Date(+at(122) - 1) }, ({ sequence }) => sequence === '121'],
    ['a time to come', { to: new Date('2090-01-01T00:00:00Z') }, () => true],
  ])('give each entry once, newest first, filtered by %s', async (_, filter, isWanted) => {
    const expected = chain.filter(isWanted).toReversed();
    for (const limit of [1, 7, 50, 200]) {
      const { entries, pages } = await readAll(tenantId, filter, limit);
      expect(entries).toEqual(expected);
      // Pages may be short where a page looks at more than it shows; several actors and an operation are such a filter.
      const mostPages =
        filter.operation === undefined || filter.actor === undefined ? expected.length : chain.length;
      expect(pages).toBeLessThanOrEqual(Math.max(1, Math.ceil(mostPages / limit)));
    }
  });

  it('goes on from a place beyond the time that is asked for', async () => {
    const place = { occurredAt: at(200).toISOString(), sequence: '200' };
    const { items } = await store.list(tenantId, { to: at(150) }, { limit: 3 }, place);
    expect(items.map(({ sequence }) => sequence)).toEqual(['149', '148', '147']);
  });
});

describe('a page in the middle of a long month', () => {
  const tenantId = 'tenant of one month';
  const LENGTH = 12_000;

  beforeAll(async () => {
    const chain = makeChain(tenantId, LENGTH, (number) => ({
      operation: OPERATIONS[number % 3] ?? '',
      outcome: number % 20 === 0 ? 'failed' : 'succeeded',
      connectionId: CONNECTIONS[number % 3] ?? null,
    }));
    await storeChain(installation, chain);
    await installation.query('VACUUM (ANALYZE) audit_entry');
  });

  it.each<[string, AuditFilter]>([
    ['nothing', {}],
    ['an operation', { operation: 'Start Sync Run' }],
    ['an outcome', { outcome: 'succeeded' }],
    ['a connection', { connectionId: CONNECTIONS[0] ?? '' }],
  ])('begins to read where it begins, filtered by %s', async (_, filter) => {
    const read = { blocks: 0 };
    const counted = new AuditEntryRepository(countingBlocks(installation.dataSource, read));
    const place = { occurredAt: new Date(Date.UTC(2026, 2, 1) + 3_000_000).toISOString(), sequence: '3001' };
    const { items } = await counted.list(tenantId, filter, { limit: 50 }, place);
    expect(items).toHaveLength(50);
    // 50 entries lie in 50 blocks at most, and an index is some levels deep; the rest of the month has hundreds.
    expect(read.blocks).toBeLessThan(70);
  });
});

/** The data source, whose statements run under EXPLAIN first, to count the blocks they read. */
function countingBlocks(dataSource: DataSource, read: { blocks: number }): DataSource {
  const createQueryRunner = () => {
    const runner = dataSource.createQueryRunner();
    return {
      release: () => runner.release(),
      connect: async () => {
        const client = await runner.connect();
        return {
          query: async (statement: { text: string; values: unknown[] }) => {
            const { rows } = await client.query(
              `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement.text}`,
              statement.values,
            );
            const [{ Plan: plan }] = rows[0]['QUERY PLAN'];
            read.blocks += plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
            return client.query(statement);
          },
        };
      },
    };
  };
  return { createQueryRunner } as unknown as DataSource;
}
