import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ControlSession, type JsonBody } from '../../../test/support/control-session.js';
import { MULTI_CURRENCY_CI } from '../sandbox-users.js';

const NOW = new Date('2026-11-20T10:00:00Z');
const DATABASE = `/databases/${MULTI_CURRENCY_CI}`;

describe('control of records', () => {
  let session: ControlSession;

  beforeEach(async () => {
    session = await ControlSession.start(NOW);
  });

  afterEach(async () => session.simulator.stop());

  const contractOf = async (): Promise<number> => {
    const [open] = await session.items(
      'ContractServiceUnits',
      { op: 'notExist', field: 'approveAndPostDate' },
      { op: 'lte', field: 'startDate', value: '2026-11-20' },
    );
    return Number(open?.['contractID']);
  };

  describe('posting and invoicing', () => {
    it('posts the units of one contract up to a date, once', async () => {
      const contractID = await contractOf();
      const posted = await session.told('POST', `${DATABASE}/postings`, {
        until: '2026-11-30',
        contractID,
        what: 'units',
      });
      expect(posted).toMatchObject({ charges: 0 });
      expect(posted['units']).toBeGreaterThan(0);
      const unposted = await session.items(
        'ContractServiceUnits',
        { op: 'eq', field: 'contractID', value: contractID },
        { op: 'notExist', field: 'approveAndPostDate' },
        { op: 'lte', field: 'startDate', value: '2026-11-30' },
      );
      expect(unposted).toEqual([]);
      const again = await session.told('POST', `${DATABASE}/postings`, {
        until: '2026-11-30',
        contractID,
        what: 'units',
      });
      expect(again).toEqual({ units: 0, charges: 0, billingItemIDs: [] });
    });

    it('posts everything up to a date, after which charges cannot change', async () => {
      const posted = await session.told('POST', `${DATABASE}/postings`, { until: '2026-11-30' });
      expect(posted['charges']).toBeGreaterThan(0);
      expect(await session.items('ContractCharges', { op: 'eq', field: 'isBilled', value: false })).toEqual(
        [],
      );
      const [charge] = await session.items('ContractCharges');
      const change = await session.api('PATCH', `Contracts/${String(charge?.['contractID'])}/Charges`, {
        id: charge?.['id'],
        name: 'x',
      });
      expect(change.status).toBe(500);
    });

    it('invoices what is posted for a company', async () => {
      await session.told('POST', `${DATABASE}/postings`, { until: '2026-11-30' });
      const [open] = await session.items('BillingItems', { op: 'eq', field: 'invoiceID', value: 0 });
      const companyID = Number(open?.['companyID']);
      const invoice = await session.told('POST', `${DATABASE}/invoices`, { companyID });
      expect(await session.item(`BillingItems/${String(open?.['id'])}`)).toMatchObject({
        invoiceID: invoice['id'],
      });
      expect((await session.refused('POST', `${DATABASE}/invoices`, { companyID }))[0]).toBe(422);
    });
  });

  describe('records, as a person changes them', () => {
    const contracts = `${DATABASE}/records/Contracts`;

    it('lists and shows them', async () => {
      const list = await session.told<{ total: number; records: JsonBody[] }>(
        'GET',
        `${DATABASE}/records/companies?limit=2&afterID=174`,
      );
      expect([list.total, list.records.map((record) => record['id'])]).toEqual([12, [175, 176]]);
      expect(await session.told('GET', `${DATABASE}/records/Companies/175`)).toEqual(
        await session.item('Companies/175'),
      );
    });

    it('stamps the change, and lets a stamp be set to the past', async () => {
      const [first] = await session.items('Contracts', { op: 'eq', field: 'contractType', value: 7 });
      const path = `${contracts}/${String(first?.['id'])}`;
      expect(await session.told('PATCH', path, { contractName: 'Renamed' })).toMatchObject({
        contractName: 'Renamed',
        lastModifiedDateTime: '2026-11-20T10:00:00Z',
      });
      const services = `${DATABASE}/records/Services/31`;
      await session.told('PATCH', services, { lastModifiedDate: '2020-01-01T00:00:00Z', unitPrice: 7.35 });
      expect(await session.item('Services/31')).toMatchObject({
        lastModifiedDate: '2020-01-01T00:00:00Z',
        unitPrice: 7.35,
      });
    });

    it('makes further periods when a contract is extended, and refuses to cut posted ones', async () => {
      const [unit] = await session.items('ContractServiceUnits', {
        op: 'exist',
        field: 'approveAndPostDate',
      });
      const contractID = Number(unit?.['contractID']);
      const count = async (): Promise<number> =>
        (await session.items('ContractServiceUnits', { op: 'eq', field: 'contractID', value: contractID }))
          .length;
      const before = await count();
      await session.told('PATCH', `${contracts}/${contractID}`, { endDate: '2031-12-31' });
      expect(await count()).toBeGreaterThan(before);
      const startDate = String((await session.item(`Contracts/${contractID}`))['startDate']);
      const cut = new Date(Date.parse(startDate) + 86_400_000).toISOString().slice(0, 10);
      expect((await session.refused('PATCH', `${contracts}/${contractID}`, { endDate: cut }))[0]).toBe(409);
    });

    it('creates what the API cannot, and adjustments', async () => {
      const { id } = await session.told('POST', `${DATABASE}/records/BillingCodes`, {
        name: 'Own code',
        isActive: true,
        unitCost: 0,
        unitPrice: 12.5,
        useType: 4,
      });
      expect(await session.item(`BillingCodes/${String(id)}`)).toMatchObject({
        name: 'Own code',
        unitPrice: 12.5,
      });
      const [line] = await session.items('ContractServices');
      const adjustment = { contractServiceID: line?.['id'], unitChange: 3, effectiveDate: '2026-11-20' };
      const path = `${DATABASE}/records/ContractServiceAdjustments`;
      expect(await session.told('POST', path, adjustment)).toEqual({ id: null });
      expect((await session.refused('POST', path, adjustment))[1]['detail']).toContain('duplicate data');
    });

    it('deletes a contract with all that belongs to it, unless something was posted', async () => {
      const database = session.simulator.world.database(MULTI_CURRENCY_CI);
      const billed = database.table('BillingItems').all()[0]?.['contractID'];
      expect((await session.refused('DELETE', `${contracts}/${String(billed)}`))[0]).toBe(409);
      const { id } = await session.told('POST', contracts, {
        companyID: 175,
        contractName: 'Short-lived',
        contractType: 7,
        status: 1,
        startDate: '2026-11-01',
        endDate: '2027-10-31',
        timeReportingRequiresStartAndStopTimes: 0,
      });
      await session.api('POST', `Contracts/${String(id)}/ServiceAdjustments`, {
        contractID: id,
        serviceID: 33,
        unitChange: 1,
        effectiveDate: '2026-11-01',
      });
      expect(await session.told('DELETE', `${contracts}/${String(id)}`)).toEqual({ deletedRecords: 16 });
      expect(
        await session.items('ContractServiceUnits', { op: 'eq', field: 'contractID', value: id }),
      ).toEqual([]);
    });

    it('empties optional references to a deleted record, and refuses what others cannot do without', async () => {
      const { id } = await session.told('POST', `${DATABASE}/records/Contacts`, {
        companyID: 175,
        firstName: 'Ada',
        lastName: 'Vos',
        isActive: 1,
      });
      const [ticket] = await session.items('Tickets');
      const path = `${DATABASE}/records/Tickets/${String(ticket?.['id'])}`;
      expect(await session.told('PATCH', path, { contactID: id })).toMatchObject({ contactID: id });
      expect(await session.told('DELETE', `${DATABASE}/records/Contacts/${String(id)}`)).toEqual({
        deletedRecords: 1,
      });
      expect(await session.told('GET', path)).toMatchObject({ contactID: null });
      expect(
        (await session.refused('DELETE', `${DATABASE}/records/Resources/29682885`))[1]['detail'],
      ).toContain('in use');
    });
  });
});
