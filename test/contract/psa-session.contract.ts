import { expect, it } from 'vitest';
import { localDate } from '../../src/kernel/local-date.js';
import type { PsaEntity } from '../../src/ports/psa/psa-records.js';
import type { PsaSession } from '../../src/ports/psa/psa-session.port.js';
import type { PsaAdapterHarness } from './psa-adapter-harness.js';
import { openSession, sessionUnderTest } from './session-under-test.js';
import { readEvery, readPage } from '../support/read-page.js';

const LONG_AGO = new Date('2001-01-01T00:00:00Z');
const ON = localDate('2026-05-04');

const ENTITIES: PsaEntity[] = [
  'currencies',
  'companies',
  'services',
  'contracts',
  'contractServices',
  'contractServiceUnits',
  'billingCodes',
  'serviceBundles',
  'priceListServices',
  'contractServiceBundles',
  'contractServiceBundleUnits',
  'contractCharges',
  'invoices',
  'billingItems',
];

async function readIds(session: PsaSession, entity: PsaEntity, between?: () => void): Promise<string[]> {
  const ids: string[] = [];
  for await (const batch of session.readBatches(entity, { scope: { kind: 'all' }, position: null })) {
    ids.push(...batch.records.map(({ externalId }) => externalId));
    between?.();
  }
  return ids;
}

function idsIn(records: readonly { externalId: string }[]): string[] {
  return records.map(({ externalId }) => externalId).toSorted();
}

export function sessionContract(start: () => Promise<PsaAdapterHarness>): void {
  it.each(ENTITIES)(
    'reads every row of %s once, in ascending order, in one call per started page',
    async (entity) => {
      const { started, session } = await sessionUnderTest(start);
      const ids = started.idsOf(entity);
      expect(ids.length).toBeGreaterThan(0);
      expect(await readIds(session, entity)).toEqual(ids);
      expect(session.apiCalls).toBe(Math.ceil(ids.length / started.pageSize));
      expect(started.requests()).toBe(session.apiCalls);
    },
  );

  it.each([
    [1, 0],
    [2, 0],
    [2, 1],
  ])('reads %i full pages and %i more rows without an extra call', async (pages, more) => {
    const { started, session } = await sessionUnderTest(start);
    started.growTo('companies', pages * started.pageSize + more);
    expect(await readIds(session, 'companies')).toEqual(started.idsOf('companies'));
    expect(session.apiCalls).toBe(pages + more);
  });

  it('reads the rows that stay throughout exactly once while others come and go', async () => {
    const { started, session } = await sessionUnderTest(start);
    started.growTo('companies', 2 * started.pageSize);
    const before = started.idsOf('companies');
    const removed = [before[0], before[started.pageSize - 1], before[started.pageSize]].map(String);
    let isFirstPage = true;
    const read = await readIds(session, 'companies', () => {
      if (isFirstPage) for (const id of removed) started.remove('companies', id);
      if (isFirstPage) started.growTo('companies', 2 * started.pageSize + 1);
      isFirstPage = false;
    });
    const stayed = before.filter((id) => !removed.includes(id));
    expect(new Set(read).size).toBe(read.length);
    expect(read).toEqual(expect.arrayContaining(stayed));
  });

  it('reads several pages at once within the calls a pull may cost, each row once', async () => {
    const { started, session } = await sessionUnderTest(start);
    started.growTo('companies', 10 * started.pageSize + 1);
    const records = await readEvery(session, 'companies', { maxPages: 6 });
    const ids = started.idsOf('companies');
    expect(new Set(records.map(({ externalId }) => externalId))).toEqual(new Set(ids));
    expect(records).toHaveLength(ids.length);
    expect(session.apiCalls).toBeGreaterThanOrEqual(11);
    expect(session.apiCalls).toBeLessThanOrEqual(13);
    expect(started.requests()).toBe(session.apiCalls);
  });

  it('needs no call to find out where to read where ids of known rows are given', async () => {
    const { started, session } = await sessionUnderTest(start);
    started.growTo('companies', 30 * started.pageSize);
    const ids = started.idsOf('companies');
    const knownSplits = [1, 2, 3, 4, 5, 6, 7].map(
      (eighth) => ids[Math.floor((ids.length * eighth) / 8)] ?? '',
    );
    const records = await readEvery(session, 'companies', { maxPages: 6, knownSplits });
    expect(new Set(records.map(({ externalId }) => externalId))).toEqual(new Set(ids));
    expect(records).toHaveLength(ids.length);
    expect(session.apiCalls).toBeLessThanOrEqual(32);
  });

  it('goes on from every position in another session', async () => {
    const { started, session } = await sessionUnderTest(start);
    started.growTo('companies', 8 * started.pageSize + 3);
    const ids = started.idsOf('companies');
    const request = { scope: { kind: 'all' }, maxPages: 3 } as const;
    const before: string[] = [];
    for await (const batch of session.readBatches('companies', { ...request, position: null })) {
      before.push(...batch.records.map(({ externalId }) => externalId));
      if (batch.position === null) break;
      const second = await openSession(started);
      const after = await readEvery(second, 'companies', { ...request, position: batch.position });
      const all = [...before, ...after.map(({ externalId }) => externalId)];
      expect(all).toHaveLength(ids.length);
      expect(new Set(all)).toEqual(new Set(ids));
    }
    expect(before).toHaveLength(ids.length);
  });

  it('refuses to go on from what is no position of the scope', async () => {
    const { started, session } = await sessionUnderTest(start);
    const refused = { code: 'psa.position_unreadable' };
    await expect(readPage(session, 'companies', '12')).rejects.toMatchObject(refused);
    started.growTo('companies', started.pageSize + 1);
    const { position } = await readPage(session, 'companies');
    const scope = { kind: 'changes', since: LONG_AGO, afterExternalId: '1' } as const;
    started.forgetRequests();
    await expect(readEvery(session, 'companies', { scope, position })).rejects.toMatchObject(refused);
    expect(started.requests()).toBe(0);
  });

  it('asks each entity once in a cycle without changes, and nothing else', async () => {
    const { started, session } = await sessionUnderTest(start);
    for (const entity of ENTITIES) {
      const afterExternalId = started.idsOf(entity).at(-1) ?? null;
      const scope = { kind: 'changes', since: new Date('2099-01-01'), afterExternalId } as const;
      expect(await readEvery(session, entity, { scope, maxPages: 6 })).toEqual([]);
    }
    expect(session.apiCalls).toBe(ENTITIES.length);
    expect(started.requests()).toBe(ENTITIES.length);
  });

  it.each(ENTITIES)('reads of %s what has changed and what is new', async (entity) => {
    const { started, session } = await sessionUnderTest(start);
    const ids = started.idsOf(entity);
    started.growTo(entity, ids.length + 2);
    const added = started.idsOf(entity).slice(-2);
    const soon = new Date('2099-01-01');
    const scope = { kind: 'changes', since: soon, afterExternalId: ids.at(-1) ?? null } as const;
    const read = await readEvery(session, entity, { scope });
    expect(read.map(({ externalId }) => externalId)).toEqual(added);
    const everything = { kind: 'changes', since: soon, afterExternalId: null } as const;
    expect(await readEvery(session, entity, { scope: everything })).toHaveLength(ids.length + 2);
  });

  it('finds edits of an entity whose edits the vendor tells', async () => {
    const { started, session } = await sessionUnderTest(start);
    expect(session.changeTracking('services')).toBe('edits');
    expect(session.changeTracking('contractServices')).toBe('new rows');
    expect(session.changeTracking('contractServiceUnits')).toBe('some edits');
    const [id = ''] = started.idsOf('services');
    const since = started.edit('services', id);
    const scope = {
      kind: 'changes',
      since,
      afterExternalId: started.idsOf('services').at(-1) ?? null,
    } as const;
    const read = await readEvery(session, 'services', { scope });
    expect(read.map(({ externalId }) => externalId)).toEqual([id]);
  });

  it('reads rows of many contracts in one call per 500 of them and started page', async () => {
    const { started, session } = await sessionUnderTest(start);
    started.growTo('contracts', started.pageSize + 20);
    const contractExternalIds = started.idsOf('contracts');
    const scope = { kind: 'ofContracts', contractExternalIds } as const;
    const read = await readEvery(session, 'contractServices', { scope, maxPages: 3 });
    const all = await readEvery(session, 'contractServices');
    expect(idsIn(read)).toEqual(idsIn(all));
    const pages = Math.ceil(all.length / started.pageSize);
    expect(session.apiCalls - pages).toBeLessThanOrEqual(1 + pages);
    started.forgetRequests();
    const none = { kind: 'ofContracts', contractExternalIds: [] } as const;
    expect(await readEvery(session, 'contractServices', { scope: none })).toEqual([]);
    await expect(readEvery(session, 'companies', { scope })).rejects.toThrow(RangeError);
    expect(started.requests()).toBe(0);
  });

  it('reads rows by their ids, 500 in a call, leaving out what is not there', async () => {
    const { started, session } = await sessionUnderTest(start);
    started.growTo('companies', 700);
    const ids = started.idsOf('companies');
    const read = await session.readByIds('companies', [...ids, ...ids.slice(0, 3), '999999999']);
    expect(read.map(({ externalId }) => externalId).toSorted()).toEqual(ids.toSorted());
    expect(session.apiCalls).toBe(2);
    expect(await session.readByIds('companies', [])).toEqual([]);
    expect(session.apiCalls).toBe(2);
  });

  it('finds a service by its exact name', async () => {
    const { session } = await sessionUnderTest(start);
    const [service] = await readEvery(session, 'services');
    const name = service?.name ?? '';
    expect(await session.findByReference('services', name)).toEqual(service);
    expect(await session.findByReference('services', name.toUpperCase())).toBeNull();
    expect(await session.findByReference('contracts', 'no such number')).toBeNull();
  });

  it('reads the units of contract services that end on or after a day', async () => {
    const { started, session } = await sessionUnderTest(start);
    const wanted = started.idsOf('contractServices').slice(0, 12);
    const units = await session.readUnits(wanted, { from: ON, to: null });
    expect(session.apiCalls).toBe(1);
    const expected = (await readEvery(session, 'contractServiceUnits')).filter(
      ({ contractServiceExternalId, endsOn }) => wanted.includes(contractServiceExternalId) && endsOn >= ON,
    );
    expect(expected.length).toBeGreaterThan(0);
    expect(new Set(units)).toEqual(new Set(expected));
    expect(units).toHaveLength(expected.length);
  });

  it('reads the units of contract services that are in force within some days', async () => {
    const { started, session } = await sessionUnderTest(start);
    const wanted = started.idsOf('contractServices').slice(0, 12);
    const units = await session.readUnits(wanted, { from: ON, to: ON });
    const expected = (await readEvery(session, 'contractServiceUnits')).filter(
      ({ contractServiceExternalId, startsOn, endsOn }) =>
        wanted.includes(contractServiceExternalId) && startsOn <= ON && ON <= endsOn,
    );
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThan((await session.readUnits(wanted, { from: ON, to: null })).length);
    expect(new Set(units)).toEqual(new Set(expected));
    expect(units).toHaveLength(expected.length);
  });

  it('tells how many rows a large walk will bring, once it has counted', async () => {
    const { started, session } = await sessionUnderTest(start);
    started.growTo('companies', 40 * started.pageSize);
    const expected: (number | null)[] = [];
    for await (const batch of session.readBatches('companies', {
      scope: { kind: 'all' },
      position: null,
      maxPages: 6,
    })) {
      expected.push(batch.expectedRows);
    }
    expect(expected.at(-1)).toBe(40 * started.pageSize);
  });

  it('asks for nothing more once its batches are no longer taken', async () => {
    const { started, session } = await sessionUnderTest(start);
    started.growTo('companies', 40 * started.pageSize);
    const maxPages = 6;
    let pages = 0;
    for await (const batch of session.readBatches('companies', {
      scope: { kind: 'all' },
      position: null,
      maxPages,
    })) {
      pages += batch.pages;
      if (pages > 0) break;
    }
    const calls = session.apiCalls;
    // What was handed out, what was read ahead, and a count.
    expect(calls).toBeLessThanOrEqual(pages + maxPages + 1);
    await session.readApiUsage();
    expect(session.apiCalls).toBe(calls + 1);
  });

  it('tells how much of the request allowance is used', async () => {
    const { session } = await sessionUnderTest(start);
    const usage = await session.readApiUsage();
    expect(usage.limit).toBeGreaterThan(0);
    expect(usage.used).toBeGreaterThan(0);
    expect(usage.windowMinutes).toBeGreaterThan(0);
  });

  it('ends with the reason of the abort signal', async () => {
    const { started, session } = await sessionUnderTest(start);
    const signal = AbortSignal.abort(new Error('shutting down'));
    await expect(readPage(session, 'companies', null, signal)).rejects.toThrow('shutting down');
    await expect(session.readApiUsage(signal)).rejects.toThrow('shutting down');
    expect(started.requests()).toBe(0);
  });

  it('reads no more once closed', async () => {
    const { started, session } = await sessionUnderTest(start);
    await session.close();
    await expect(readPage(session, 'companies', null)).rejects.toMatchObject({ name: 'AbortError' });
    expect(started.requests()).toBe(0);
  });
}
