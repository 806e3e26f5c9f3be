import type { ClientBase } from 'pg';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditTextIndexing } from '../../src/audit/application/audit-text-indexing.service.js';
import type { AuditEntry } from '../../src/audit/domain/audit-entry.js';
import type { AuditFilter, AuditListKey } from '../../src/audit/domain/audit-store.js';
import { blockOf, entryMatchesText, TEXT_BLOCK, termsOfBlock } from '../../src/audit/domain/audit-text.js';
import { AuditChainRepository } from '../../src/audit/persistence/audit-chain.repository.js';
import { AuditEntryRepository } from '../../src/audit/persistence/audit-entry.repository.js';
import { AuditTextRepository } from '../../src/audit/persistence/audit-text.repository.js';
import { newId } from '../../src/kernel/ids.js';
import { decodeCursor } from '../../src/kernel/page.js';
import { makeChain, storeChain } from '../support/builders/audit-chain.builder.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';

const LENGTH = 5000;
const CONNECTION = newId();
let installation: TestInstallation;
let store: AuditEntryRepository;
let indexing: AuditTextIndexing;
let indexed: AuditEntry[];
let plain: AuditEntry[];

/** Rare words at few places, so that pages have to be looked for. */
function variedChain(tenantId: string): AuditEntry[] {
  return makeChain(tenantId, LENGTH, (number) => ({
    connectionId: number % 3 === 0 ? CONNECTION : null,
    outcome: number % 20 === 0 ? 'failed' : 'succeeded',
    subject: {
      type: 'subscription',
      id: null,
      label: number % 700 === 1 ? 'Zürich Insurance' : `Customer${number % 50} Microsoft 365`,
    },
    details:
      number === 77 ? { said: 'only "once" here' } : { contractId: String(29_000_000 + (number % 900)) },
  }));
}

beforeAll(async () => {
  installation = await openInstallation();
  const { dataSource } = installation;
  store = new AuditEntryRepository(dataSource);
  indexing = new AuditTextIndexing(new AuditChainRepository(dataSource), new AuditTextRepository(dataSource));
  indexed = variedChain(`indexed ${newId()}`);
  plain = variedChain(`plain ${newId()}`);
  await storeChain(installation, indexed);
  await storeChain(installation, plain);
  await indexing.indexTenant(indexed[0]?.tenantId ?? '');
});

afterAll(() => installation?.close());

/** Every entry a filter finds, and how many pages that took. */
async function readAll(
  tenantId: string,
  filter: AuditFilter,
): Promise<{ found: AuditEntry[]; pages: number }> {
  const found: AuditEntry[] = [];
  let pages = 0;
  for (let before: AuditListKey | undefined; ;) {
    const { items, nextCursor } = await store.list(tenantId, filter, { limit: 50 }, before);
    found.push(...items);
    pages += 1;
    if (nextCursor === null) return { found, pages };
    const [occurredAt = '', sequence = ''] = decodeCursor(nextCursor, 2) ?? [];
    before = { occurredAt, sequence };
  }
}

describe('a search for text', () => {
  const searches: AuditFilter[] = [
    { text: 'zürich' },
    { text: 'ZÜRICH INS' },
    { text: 'only "once"' },
    { text: '29000123' },
    { text: 'microsoft', outcome: 'failed' },
    { text: 'customer7', connectionId: CONNECTION },
    { text: 'nowhere to be found' },
    { text: 'urich' },
    { text: '5' },
    { text: 'zürich', from: new Date(Date.UTC(2026, 2, 1, 0, 20)), to: new Date(Date.UTC(2026, 2, 1, 1)) },
  ];
  it.each(searches)('finds the same with and without the index: %j', async (filter) => {
    const expected = plain
      .filter(
        (entry) =>
          entryMatchesText(entry, filter.text ?? '') &&
          (filter.outcome ?? entry.outcome) === entry.outcome &&
          (filter.connectionId ?? entry.connectionId) === entry.connectionId &&
          (filter.from === undefined || entry.occurredAt >= filter.from.toISOString()) &&
          (filter.to === undefined || entry.occurredAt < filter.to.toISOString()),
      )
      .map(({ sequence }) => sequence)
      .toReversed();
    for (const [entry] of [indexed, plain]) {
      const { found } = await readAll(entry?.tenantId ?? '', filter);
      expect(found.map(({ sequence }) => sequence)).toEqual(expected);
    }
  });

  it('takes one page for a word that stands nowhere, and a page after another without the index', async () => {
    const filter = { text: 'nowhere to be found' };
    expect((await readAll(indexed[0]?.tenantId ?? '', filter)).pages).toBe(1);
    expect((await readAll(plain[0]?.tenantId ?? '', filter)).pages).toBeGreaterThan(5);
  });

  it('indexes whole blocks once, and what came since the next time', async () => {
    const tenantId = indexed[0]?.tenantId ?? '';
    const count = async () =>
      (await installation.query('SELECT FROM audit_text_block WHERE tenant_id = $1', [tenantId])).length;
    expect(await count()).toBe(Math.floor(LENGTH / 32));
    await indexing.indexAll();
    expect(await count()).toBe(Math.floor(LENGTH / 32));
    await indexing.indexTenant(plain[0]?.tenantId ?? '');
  });

  it('goes through a log of a thousand million entries in one page, whatever the size of the groups between', async () => {
    const tenantId = `long ${newId()}`;
    const rare = [3, 20, 90, 150, 203, 210];
    const entries = makeChain(tenantId, 300, (number) => ({
      subject: { type: 'subscription', id: null, label: rare.includes(number) ? 'Zürich' : 'Customer' },
    })).map((entry, index) => ({ ...entry, sequence: String((index ** 3 + 1) * TEXT_BLOCK) }));
    await storeChain(installation, entries);
    const blocks = entries.map((entry) => {
      const block = blockOf(Number(entry.sequence));
      const terms = termsOfBlock(tenantId, block, [entry]);
      return { block, firstAt: entry.occurredAt, lastAt: entry.occurredAt, terms };
    });
    await new AuditTextRepository(installation.dataSource).add(tenantId, blocks);
    const { found, pages } = await readAll(tenantId, { text: 'zürich' });
    expect(found.map(({ sequence }) => sequence)).toEqual(
      rare.toReversed().map((number) => entries[number - 1]?.sequence),
    );
    expect(pages).toBe(1);
  });

  it('asks the index of terms, by the very expression it is of', async () => {
    const plans: string[] = [];
    const explained = new AuditEntryRepository(explaining(installation.dataSource, plans));
    const tenantId = indexed[0]?.tenantId ?? '';
    const place = { occurredAt: new Date(Date.UTC(2026, 2, 1, 1)).toISOString(), sequence: '3601' };
    await explained.list(tenantId, { text: 'zürich' }, { limit: 50 }, place);
    expect(plans.filter((plan) => plan.includes('audit_text_block_terms_idx'))).toHaveLength(1);
  });
});

/** The data source, whose statements in a transaction are explained before they run, as if the tables were large. */
function explaining(dataSource: DataSource, plans: string[]): DataSource {
  const createQueryRunner = () => {
    const runner = dataSource.createQueryRunner();
    return {
      release: () => runner.release(),
      connect: async () => {
        const client = (await runner.connect()) as ClientBase;
        let isInTransaction = false;
        return {
          query: async (statement: string | { text: string; values: unknown[] }) => {
            if (typeof statement === 'string') {
              isInTransaction = statement.startsWith('BEGIN');
              return client.query(
                isInTransaction ? `${statement}; SET LOCAL enable_seqscan = off` : statement,
              );
            }
            if (isInTransaction) {
              const { rows } = await client.query(
                `EXPLAIN (FORMAT JSON) ${statement.text}`,
                statement.values,
              );
              plans.push(JSON.stringify(rows));
            }
            return client.query(statement);
          },
        };
      },
    };
  };
  return { createQueryRunner } as unknown as DataSource;
}
