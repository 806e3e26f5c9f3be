import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MoneyDecimal } from '../../src/kernel/money.js';
import { PsaRequestRejectedError } from '../../src/ports/psa/psa.errors.js';
import type { SyncRun } from '../../src/sync/domain/sync-run.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import {
  aBillingItem,
  aCompany,
  aContract,
  aContractService,
  aContractServiceUnit,
  anInvoice,
} from '../support/builders/psa-records.builder.js';
import { buildSyncScenario, type SyncScenario } from '../support/builders/sync-scenario.builder.js';
import type { FakePsaAdapter } from '../support/fakes/fake-psa-adapter.js';
import { PsaPerson } from '../support/psa-person.js';

const MINUTE = 60_000;

let installation: TestInstallation;
let scenario: SyncScenario;
let psa: FakePsaAdapter;

beforeAll(async () => {
  Logger.overrideLogger(false);
  installation = await openInstallation();
});

afterAll(() => installation?.close());

beforeEach(async () => {
  scenario = await buildSyncScenario(installation);
  ({ psa } = scenario.services);
  // As Autotask: no change field below contracts.
  psa.tracking.contractServices = 'new rows';
  psa.tracking.contractServiceUnits = 'some edits';
});

function now(): Date {
  return scenario.services.clock.now();
}

async function incremental(): Promise<SyncRun> {
  scenario.services.clock.advance(15 * MINUTE);
  psa.reads.length = 0;
  return scenario.execute(await scenario.queuedRun({ mode: 'incremental' }));
}

/** What a connection that is pulled for the first time mirrors of the same PSA. */
async function freshlyMirrored(): Promise<Record<string, unknown[]>> {
  const fresh = await buildSyncScenario(installation);
  Object.assign(fresh.services.psa.records, structuredCloneOf(psa));
  await fresh.execute();
  return fresh.mirrored();
}

function structuredCloneOf({ records }: FakePsaAdapter): FakePsaAdapter['records'] {
  return Object.fromEntries(
    Object.entries(records).map(([entity, rows]) => [entity, [...rows]]),
  ) as unknown as FakePsaAdapter['records'];
}

function readOf(run: SyncRun): Record<string, number> {
  return Object.fromEntries(run.entities.map(({ entity, read }) => [entity, read]));
}

describe('an incremental run', () => {
  it('with nothing changed costs one call per entity and writes nothing', async () => {
    await scenario.execute();
    const before = await scenario.mirrored();
    const run = await incremental();
    expect(run).toMatchObject({ state: 'succeeded', mode: 'incremental', apiCalls: 6 });
    expect(psa.reads).toHaveLength(6);
    expect(run.entities.every(({ isComplete }) => isComplete)).toBe(true);
    expect(await scenario.mirrored()).toEqual(before);
    expect(await scenario.leftOvers(run)).toEqual({ seenPages: 0, openSessions: 0 });
  });

  it('reads what a change field shows, and reads it again within the overlap only', async () => {
    await scenario.execute();
    scenario.services.clock.advance(MINUTE);
    psa.put('companies', aCompany({ externalId: '3', name: 'Renamed' }), now());
    expect(readOf(await incremental())).toMatchObject({ companies: 1, contracts: 0 });
    expect(readOf(await incremental())).toMatchObject({ companies: 0 });
    expect(await scenario.mirrored()).toEqual(await freshlyMirrored());
  });

  it('reads the lines of a contract again when a unit row or the contract itself came in', async () => {
    await scenario.execute();
    // An adjustment: a new unit row, one cut short, and a new price on the line; only the new row can be seen.
    psa.put(
      'contractServiceUnits',
      aContractServiceUnit({ externalId: '9', contractExternalId: '2' }),
      now(),
    );
    psa.put(
      'contractServices',
      aContractService({ externalId: '2', contractExternalId: '2', unitPrice: new MoneyDecimal('99') }),
      now(),
    );
    const run = await incremental();
    const scopes = psa.reads.filter(({ scope }) => scope.kind === 'ofContracts');
    expect(scopes.map(({ entity }) => entity)).toEqual(['contractServices', 'contractServiceUnits']);
    expect(run.entities.find(({ entity }) => entity === 'contractServices')).toMatchObject({ updated: 1 });
    expect(await scenario.mirrored()).toEqual(await freshlyMirrored());
  });

  it('deletes lines that are gone from a contract that came in', async () => {
    psa.put('contractServices', aContractService({ externalId: '6', contractExternalId: '1' }), now());
    await scenario.execute();
    psa.put('contracts', aContract({ externalId: '1', name: 'Renamed' }), now());
    psa.remove('contractServices', '1');
    const run = await incremental();
    expect(run.entities.find(({ entity }) => entity === 'contractServices')).toMatchObject({ deleted: 1 });
    expect((await scenario.mirrored())['psa_contract_service']).toHaveLength(5);
  });

  it('reads the unit rows of a contract again that changed where contracts, or lines, are read in full', async () => {
    psa.pageSize = 50;
    psa.tracking.contracts = 'new rows';
    await scenario.execute();
    const units = psa.records.contractServiceUnits;
    const editUnit = () => {
      const [unit] = units;
      if (unit !== undefined) units[0] = { ...unit, units: unit.units.plus(1) };
    };
    const scopes = () => psa.reads.filter(({ scope }) => scope.kind === 'ofContracts');
    await installation.query(
      "UPDATE sync_watermark SET full_pages = 2 WHERE entity = 'contractServiceUnits'",
    );
    await incremental();
    expect(scopes()).toEqual([]);

    editUnit();
    psa.put('contracts', { ...first(psa.records.contracts), name: 'Renamed' }, now());
    await incremental();
    expect(scopes()).toMatchObject([{ scope: { contractExternalIds: ['1'] } }]);
    expect(await scenario.mirrored()).toEqual(await freshlyMirrored());

    editUnit();
    psa.put('contractServices', { ...first(psa.records.contractServices), description: 'Edited' }, now());
    await incremental();
    expect(scopes()).toMatchObject([{ scope: { contractExternalIds: ['1'] } }]);
    expect(await scenario.mirrored()).toEqual(await freshlyMirrored());
  });

  it('reads billing items again that were put on an invoice, or taken off one', async () => {
    for (const entity of ['invoices', 'billingItems'] as const) {
      psa.unreadable.delete(entity);
      psa.tracking[entity] = 'new rows';
    }
    psa.records.invoices = ['1', '2', '3'].map((externalId) => anInvoice({ externalId }));
    psa.records.billingItems = ['1', '2', '3', '4', '5'].map((externalId) =>
      aBillingItem({ externalId, invoiceExternalId: externalId === '1' ? '1' : null }),
    );
    await scenario.execute();
    const invoiceOf = async () => {
      const rows = await installation.query<{ invoice: string | null }>(
        'SELECT invoice_external_id AS invoice FROM psa_billing_item WHERE connection_id = $1 ORDER BY external_id',
        [scenario.connection.id],
      );
      return rows.map(({ invoice }) => invoice);
    };
    // No change field moves when an item is invoiced.
    psa.put('invoices', anInvoice({ externalId: '4' }), now());
    psa.put('billingItems', aBillingItem({ externalId: '3', invoiceExternalId: '4' }), now());
    const run = await incremental();
    expect(run).toMatchObject({ state: 'succeeded' });
    expect(await invoiceOf()).toEqual(['1', null, '4', null, null]);
    const asked = psa.reads.filter(({ entity }) => entity === 'billingItems').map(({ scope }) => scope.kind);
    expect(asked).toEqual(['changes', 'ofInvoices']);

    // Voided: the invoice shows it, the item is free again.
    psa.tracking.invoices = 'edits';
    psa.put('invoices', anInvoice({ externalId: '1', isVoided: true }), now());
    psa.put('billingItems', aBillingItem({ externalId: '1', invoiceExternalId: null }), now());
    await incremental();
    expect(await invoiceOf()).toEqual([null, null, '4', null, null]);

    await incremental();
    expect(psa.reads.filter(({ entity }) => entity === 'billingItems')).toHaveLength(1);
  });

  it('keeps the lines of a contract that came in and shows none of them any more', async () => {
    await scenario.execute();
    const before = await scenario.mirrored();
    psa.put('contracts', first(psa.records.contracts), now());
    psa.records.contractServices = [];
    psa.records.contractServiceUnits = [];
    expect(await incremental()).toMatchObject({ state: 'succeeded' });
    expect(await scenario.mirrored()).toEqual(before);
  });

  it('leaves for the full run what nothing shows: an edited line of an untouched contract, and deletions', async () => {
    await scenario.execute();
    psa.put(
      'contractServices',
      aContractService({ externalId: '3', contractExternalId: '3', description: 'Edited' }),
      now(),
    );
    psa.remove('companies', '7');
    const before = await scenario.mirrored();
    await incremental();
    expect(await scenario.mirrored()).toEqual(before);
    await scenario.execute();
    expect(await scenario.mirrored()).toEqual(await freshlyMirrored());
  });

  it('forgets no contract that came in when a run fails before its lines are read again', async () => {
    await scenario.execute();
    psa.put(
      'contractServiceUnits',
      aContractServiceUnit({ externalId: '9', contractExternalId: '2' }),
      now(),
    );
    psa.put(
      'contractServices',
      aContractService({ externalId: '2', contractExternalId: '2', description: 'New' }),
      now(),
    );
    psa.beforeRead = ({ scope }) => {
      if (scope.kind === 'ofContracts') throw new PsaRequestRejectedError('Not now.');
    };
    expect(await incremental()).toMatchObject({ state: 'failed' });
    psa.beforeRead = () => undefined;
    expect(await incremental()).toMatchObject({ state: 'succeeded' });
    expect(await scenario.mirrored()).toEqual(await freshlyMirrored());
  });

  it('misses no new row that a failed full run had not come to', async () => {
    await scenario.execute();
    psa.put('companies', aCompany({ externalId: '8' }), now());
    psa.put('services', { ...first(psa.records.services), externalId: '4' }, now());
    psa.changedAt.clear();
    psa.beforeRead = ({ entity }) => {
      if (entity === 'services') throw new PsaRequestRejectedError('Not now.');
    };
    expect(await scenario.execute()).toMatchObject({ state: 'failed' });
    psa.beforeRead = () => undefined;
    await incremental();
    expect(await scenario.mirrored()).toEqual(await freshlyMirrored());
  });

  it('reads an entity in full while its change field is not usable, and one it never read', async () => {
    await scenario.execute();
    psa.tracking.companies = 'new rows';
    psa.put('companies', aCompany({ externalId: '3', name: 'Renamed' }), now());
    const run = await incremental();
    expect(run).toMatchObject({ state: 'succeeded', mode: 'incremental' });
    expect(readOf(run)).toMatchObject({ companies: 7, contracts: 0 });
    psa.tracking.companies = 'edits';
    await installation.query("DELETE FROM sync_watermark WHERE connection_id = $1 AND entity = 'services'", [
      scenario.connection.id,
    ]);
    expect(readOf(await incremental())).toMatchObject({ companies: 0, services: 3 });
  });
});

describe('random edits', () => {
  it.each([1, 2, 3, 4, 5, 6])('of a person end as a fresh full pull shows them (seed %i)', async (seed) => {
    await scenario.execute();
    const person = new PsaPerson(psa, seed);
    for (let round = 0; round < 5; round += 1) {
      scenario.services.clock.advance(MINUTE);
      for (let edit = 0; edit < 6; edit += 1) person.editVisibly(now());
      expect(await incremental()).toMatchObject({ state: 'succeeded' });
      expect(await scenario.mirrored()).toEqual(await freshlyMirrored());
    }
    for (let edit = 0; edit < 6; edit += 1) {
      person.editVisibly(now());
      person.editInvisibly(now());
    }
    await incremental();
    await scenario.execute();
    expect(await scenario.mirrored()).toEqual(await freshlyMirrored());
  });
});

function first<T>([row]: readonly T[]): T {
  if (row === undefined) throw new Error('There is no row');
  return row;
}
