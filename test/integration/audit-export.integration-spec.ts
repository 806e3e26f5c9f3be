import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuditExport } from '../../src/audit/application/audit-export.service.js';
import { AuditTrail } from '../../src/audit/application/audit-trail.service.js';
import type { AuditEntry } from '../../src/audit/domain/audit-entry.js';
import type { AuditFilter } from '../../src/audit/domain/audit-store.js';
import { AuditChainRepository } from '../../src/audit/persistence/audit-chain.repository.js';
import { AuditEntryRepository } from '../../src/audit/persistence/audit-entry.repository.js';
import { systemContext } from '../../src/core/use-case-context.js';
import { makeChain, storeChain } from '../support/builders/audit-chain.builder.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { FakeClock } from '../support/fakes/fake-clock.js';

const MOST_AT_ONCE = 50_000;
/** Far apart, so that a log of few rows is a long one. */
const PLACES = ['1', '49999', '50000', '50001', '125000'];

let installation: TestInstallation;
let chain: AuditChainRepository;
let exports: AuditExport;

beforeEach(async () => {
  installation = await openInstallation();
  const { dataSource, transactions } = installation;
  const entries = makeChain('one', PLACES.length).map((entry, index) => ({
    ...entry,
    sequence: PLACES[index] ?? '',
  }));
  await storeChain(installation, entries);
  chain = new AuditChainRepository(dataSource);
  const trail = new AuditTrail(new AuditEntryRepository(dataSource), new FakeClock(), transactions);
  exports = new AuditExport(chain, trail, transactions);
});

afterEach(() => installation?.close());

const start = (filter: AuditFilter, { signal } = new AbortController()) =>
  exports.start(systemContext('one', 'request-1'), 'jsonl', filter, signal);

async function placesOf(pages: AsyncIterable<AuditEntry[]>): Promise<string[]> {
  const places: string[] = [];
  for await (const page of pages) places.push(...page.map(({ sequence }) => sequence));
  return places;
}

describe('an export', () => {
  it('looks at a bounded number of entries at a time, and at each', async () => {
    const read = vi.spyOn(chain, 'read');
    expect(await placesOf(await start({}))).toEqual([...PLACES, '125001']);
    expect(await placesOf(await start({ actor: 'u-1' }))).toEqual(PLACES);
    expect(await placesOf(await start({ outcome: 'failed' }))).toEqual([]);
    for (const [, after, through] of read.mock.calls) {
      expect(Number(through) - Number(after)).toBeLessThanOrEqual(MOST_AT_ONCE);
    }
  });

  it('ends when nobody takes it any more, also where it finds nothing', async () => {
    const client = new AbortController();
    const pages = await start({ outcome: 'failed' }, client);
    const real = chain.read.bind(chain);
    const read = vi.spyOn(chain, 'read').mockImplementation((...parameters) => {
      client.abort(new Error('gone'));
      return real(...parameters);
    });
    expect(await placesOf(pages)).toEqual([]);
    expect(read).toHaveBeenCalledTimes(1);
  });
});
