import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AutotaskDatabase, MULTI_CURRENCY_CI } from '../../src/autotask-simulator/testing.js';
import { applyAdjustment } from '../../src/autotask-simulator/rules/adjustments.js';
import type { MirroredContract } from '../../src/contracts/domain/mirrored-records.js';
import { MoneyDecimal } from '../../src/kernel/money.js';
import type { Page } from '../../src/kernel/page.js';
import type { SyncRunResponse } from '../../src/sync/http/sync-run-response.js';
import { type Connector, expectProblem, startConnector } from '../support/connector.js';
import { amountText, expectedContracts } from '../support/expected-contracts.js';
import { HTTP_ADAPTERS } from '../support/test-app.js';

/** Our entity and the vendor's table it is read from. */
const TABLES = {
  currencies: 'Currencies',
  companies: 'Companies',
  services: 'Services',
  contracts: 'Contracts',
  contractServices: 'ContractServices',
  contractServiceUnits: 'ContractServiceUnits',
} as const;

const today = () => new Date().toISOString().slice(0, 10);

function vendor(connector: Connector): AutotaskDatabase {
  return connector.simulator.world.database(MULTI_CURRENCY_CI);
}

async function allContracts(connector: Connector, connectionId: string): Promise<MirroredContract[]> {
  const items: MirroredContract[] = [];
  let cursor = '';
  for (;;) {
    const path = `/connections/${connectionId}/contracts?limit=25${cursor}`;
    const { body } = await connector.api.get<Page<MirroredContract>>(path);
    items.push(...body.items);
    if (body.nextCursor === null) return items;
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
  }
}

const byId = (left: { externalId: string }, right: { externalId: string }) =>
  Number(left.externalId) - Number(right.externalId);

/** Every contract as the API tells it, compared with the simulated instance. */
async function expectMirrorsVendor(connector: Connector, connectionId: string): Promise<void> {
  const contracts = await allContracts(connector, connectionId);
  const told = contracts.map(({ externalId, name, company, services }) => ({
    externalId,
    name,
    companyId: company.externalId,
    lines: services
      .map((line) => ({
        externalId: line.externalId,
        serviceId: line.serviceId,
        units: line.units,
        unitPrice: `${amountText(line.unitPrice?.amount)} ${line.unitPrice?.currency}`,
        unitCost: `${amountText(line.unitCost?.amount)} ${line.unitCost?.currency}`,
      }))
      .toSorted((left, right) => Number(left.externalId) - Number(right.externalId)),
  }));
  const expected = [...expectedContracts(vendor(connector), today()).values()].map(
    ({ currency, lines, ...contract }) => ({
      ...contract,
      lines: lines.map((line) => ({
        ...line,
        unitPrice: `${line.unitPrice} ${currency}`,
        unitCost: `${line.unitCost} EUR`,
      })),
    }),
  );
  expect(told.toSorted(byId)).toEqual(expected.toSorted(byId));
}

function countsOf(run: SyncRunResponse, entity: keyof typeof TABLES) {
  return run.entities.find((candidate) => candidate.entity === entity);
}

/** A change of units, price and cost as of today's month on the n-th line of a recurring contract in this currency. */
function changePrice(database: AutotaskDatabase, currencyID: number): void {
  const now = new Date();
  const company = (id: unknown) => database.table('Companies').get(Number(id));
  const isRunning = (row: { [name: string]: unknown }) =>
    String(row['startDate']).slice(0, 10) < today() && String(row['endDate']).slice(0, 10) > today();
  const line = database
    .table('ContractServices')
    .all()
    .find((row) => {
      const contract = database.table('Contracts').get(Number(row['contractID']));
      return (
        contract !== undefined &&
        isRunning(contract) &&
        contract['status'] === 1 &&
        company(contract['companyID'])?.['currencyID'] === currencyID
      );
    });
  if (line === undefined) throw new Error('The world has no such contract service');
  applyAdjustment(
    database,
    {
      contractServiceID: line.id,
      effectiveDate: `${today()}T00:00:00Z`,
      unitChange: -2,
      adjustedUnitPrice: new MoneyDecimal('17.25'),
      adjustedUnitCost: new MoneyDecimal('13.3701'),
    },
    now,
  );
}

describe.each(HTTP_ADAPTERS)('a sync run under %s', (adapter) => {
  let connector: Connector;
  let connectionId: string;
  let first: SyncRunResponse;

  beforeAll(async () => {
    connector = await startConnector({ adapter });
    connectionId = (await connector.connect()).id;
  });

  afterAll(async () => {
    await connector?.stop();
  });

  it('is accepted at once, once at a time, and followed to its end by events', async () => {
    connector.simulator.journal.clear();
    connector.simulator.faults.add({
      path: /Companies\/query$/,
      times: 1,
      fault: { kind: 'delay', ms: 1_200 },
    });
    const started = await connector.api.post<{ id: string; state: string }>(
      `/connections/${connectionId}/sync-runs`,
    );
    expect(started.status).toBe(202);
    expect(started.body).toEqual({ id: expect.any(String), state: 'queued', mode: 'full' });
    const stream = connector.api.events(`/sync-runs/${started.body.id}/events`);
    expectProblem(
      await connector.api.post(`/connections/${connectionId}/sync-runs`),
      409,
      'sync.already_active',
    );
    const { contentType, messages } = await stream;
    expect(contentType).toMatch(/^text\/event-stream/);
    expect(new Set(messages.map(({ type }) => type))).toEqual(new Set(['run']));
    const runs = messages.map(({ data }) => JSON.parse(data) as SyncRunResponse);
    expect(runs.length).toBeGreaterThan(1);
    expect(runs.map(({ state }) => state).at(-1)).toBe('succeeded');
    expect(runs.slice(0, -1).map(({ state }) => state)).not.toContain('succeeded');
    first = (await connector.api.get<SyncRunResponse>(`/sync-runs/${started.body.id}`)).body;
    // Nothing was ever counted, but how far it is can be told.
    const progress = { entitiesComplete: 2, entitiesTotal: first.entities.length, rowsExpected: null };
    expect(runs.map((run) => run.progress)).toContainEqual(
      expect.objectContaining({
        ...progress,
        current: { entity: 'companies', rowsRead: 0, rowsExpected: null },
      }),
    );
    expect(first.progress).toMatchObject({ entitiesComplete: first.entities.length, current: null });
    expect(runs.at(-1)).toEqual(first);
  });

  it('audits its start and the refusal of the second', async () => {
    expect(await connector.audit('&operation=Start+Sync+Run')).toMatchObject([
      { outcome: 'failed', connectionId, details: { code: 'sync.already_active' } },
      { outcome: 'succeeded', connectionId, details: { syncRunId: first.id, trigger: 'manual' } },
    ]);
  });

  it('counts what it read and every request it sent', () => {
    expect(first).toMatchObject({
      connectionId,
      trigger: 'manual',
      mode: 'full',
      state: 'succeeded',
      startedAt: expect.any(String),
      finishedAt: expect.any(String),
      error: null,
    });
    for (const [entity, table] of Object.entries(TABLES)) {
      const read = vendor(connector).table(table).size;
      expect(read).toBeGreaterThan(0);
      const counts = { entity, read, created: read, updated: 0, deleted: 0, unchanged: 0 };
      expect(countsOf(first, entity as keyof typeof TABLES)).toMatchObject({ ...counts, complete: true });
    }
    const sent = connector.simulator.journal.entries().filter(({ userName }) => userName !== null).length;
    expect(first.apiCalls).toBe(sent);
  });

  it('mirrors units, price and cost in force', async () => {
    await expectMirrorsVendor(connector, connectionId);
  });

  it('lists companies with their currency', async () => {
    const { body } = await connector.api.get<Page<{ externalId: string; currency: string }>>(
      `/connections/${connectionId}/companies?limit=200`,
    );
    const companies = vendor(connector).table('Companies').all();
    expect(new Map(body.items.map((item) => [item.externalId, item.currency]))).toEqual(
      new Map(companies.map((row) => [String(row.id), row['currencyID'] === 2 ? 'USD' : 'EUR'])),
    );
  });

  it('shows one contract as it shows it in the list', async () => {
    const [contract] = await allContracts(connector, connectionId);
    const path = `/connections/${connectionId}/contracts`;
    expect((await connector.api.get(`${path}/${contract?.externalId}`)).body).toEqual(contract);
    expectProblem(await connector.api.get(`${path}/1`), 404, 'contract.not_found');
  });

  it('finds nothing changed when nothing was, with one call for each entity', async () => {
    const run = await connector.sync(connectionId);
    expect(run).toMatchObject({ state: 'succeeded', mode: 'incremental', apiCalls: run.entities.length });
    for (const { read, unchanged, created, updated, deleted } of run.entities) {
      expect({ unchanged, created, updated, deleted }).toEqual({
        unchanged: read,
        created: 0,
        updated: 0,
        deleted: 0,
      });
    }
  });

  it('takes over what a person edits, deletes and adds in Autotask', async () => {
    const database = vendor(connector);
    const companies = database.table('Companies');
    // Leads have no contracts, so one of them may be deleted.
    const [edited, removed] = companies.where('companyType', 2);
    companies.update(edited?.id ?? 0, { companyName: 'Renamed by a person' });
    companies.remove(removed?.id ?? 0);
    const template = database.table('Contracts').all()[0];
    if (template === undefined) throw new Error('The world has no contract');
    const { id: _, ...values } = template;
    database.table('Contracts').insert({ ...values, contractName: 'Added by a person' });
    const run = await connector.sync(connectionId, 'full');
    expect(countsOf(run, 'companies')).toMatchObject({ updated: 1, deleted: 1, created: 0 });
    expect(countsOf(run, 'contracts')).toMatchObject({ updated: 0, deleted: 0, created: 1 });
    await expectMirrorsVendor(connector, connectionId);
  });

  it.each([
    ['internal', 1],
    ['foreign', 2],
  ])('takes over a change of units, price and cost in %s currency', async (_, currencyID) => {
    changePrice(vendor(connector), currencyID);
    const run = await connector.sync(connectionId);
    expect(countsOf(run, 'contractServices')?.updated).toBeGreaterThan(0);
    await expectMirrorsVendor(connector, connectionId);
  });

  it('lists the runs of a connection, newest first', async () => {
    const path = `/connections/${connectionId}/sync-runs`;
    const { body } = await connector.api.get<Page<SyncRunResponse>>(path);
    const starts = body.items.map(({ createdAt }) => createdAt);
    expect(starts).toEqual(starts.toSorted().toReversed());
    expect(body.items.at(-1)).toEqual(first);
    const page = await connector.api.get<Page<SyncRunResponse>>(`${path}?limit=1`);
    expect(page.body).toEqual({ items: [body.items[0]], nextCursor: expect.any(String) });
  });

  it('is refused on a connection that is disabled, and audited', async () => {
    await connector.api.patch(`/connections/${connectionId}`, { enabled: false });
    const answer = await connector.api.post(`/connections/${connectionId}/sync-runs`);
    expectProblem(answer, 409, 'connection.not_active');
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Start Sync Run',
      outcome: 'failed',
      details: { code: 'connection.not_active' },
    });
  });
});
