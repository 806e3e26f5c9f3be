import { beforeEach, describe, expect, it } from 'vitest';
import { MoneyDecimal } from '../../kernel/money.js';
import { entityNamed } from '../metadata/entity-catalogue.js';
import { MULTI_CURRENCY_CI } from '../sandbox-users.js';
import { seedCspWorld } from '../seed/seed-csp-world.js';
import type { AutotaskDatabase } from '../world/simulator-world.js';
import type { Row } from '../world/table.js';
import { postCharge } from './posting.js';
import { createRecord, deleteRecord, updateRecord } from './record-writer.js';
import type { WriteContext } from './write-context.js';

const NOW = new Date('2026-11-20T10:00:00Z');
const COMPANY = {
  companyName: 'Nova Foods',
  companyType: 1,
  phone: '+31 20 555 0199',
  ownerResourceID: 29_682_885,
};

describe('record writer', () => {
  let database: AutotaskDatabase;
  let context: WriteContext;

  beforeEach(() => {
    database = seedCspWorld(NOW).database(MULTI_CURRENCY_CI);
    const [user] = database.users;
    if (user === undefined) throw new Error('the seeded database has no user');
    context = { database, user, now: NOW };
  });

  const row = (entity: string, id: number | null): Row => {
    const found = id === null ? undefined : database.table(entity).get(id);
    if (found === undefined) throw new Error(`no ${entity} ${id}`);
    return found;
  };
  const create = (entity: string, body: Record<string, unknown>, parentId?: number): number | null =>
    createRecord(context, entityNamed(entity), body, parentId);
  const update = (entity: string, body: Record<string, unknown>, isReplacement = false): number =>
    updateRecord(context, entityNamed(entity), body, { isReplacement });
  const firstOf = (entity: string, field: string, value: string | number | boolean): Row =>
    row(entity, database.table(entity).where(field, value)[0]?.id ?? null);
  const foreignContract = (): Row => {
    const usd = new Set(
      database
        .table('Companies')
        .where('currencyID', 2)
        .map(({ id }) => id),
    );
    const found = database
      .table('Contracts')
      .where('contractType', 7)
      .find((contract) => usd.has(Number(contract['companyID'])));
    return row('Contracts', found?.id ?? null);
  };

  describe('companies', () => {
    it('creates with defaults: active, internal currency, stamps of the server', () => {
      const created = row('Companies', create('Companies', { ...COMPANY, CITY: 'Porto', unheardOf: 1 }));
      expect(created).toMatchObject({
        city: 'Porto',
        isActive: true,
        currencyID: 1,
        createDate: '2026-11-20T10:00:00Z',
      });
      expect(created['unheardOf']).toBeUndefined();
    });

    it.each([
      ['a missing required field', { phone: undefined }, 'Missing Required Field: phone'],
      [
        'an unknown picklist value',
        { companyType: 99 },
        'Picklist value [99] does not exist for companyType.',
      ],
      ['text beyond its length', { city: 'x'.repeat(31) }, 'maximum length of 30'],
      ['a number as text', { companyType: '1' }, 'companyType'],
      [
        'a reference that does not exist',
        { ownerResourceID: 5 },
        'Reference value on field: ownerResourceID of type: Resource does not exist or is invalid',
      ],
      ['an inactive reference', { ownerResourceID: 29_682_890 }, 'does not exist or is invalid'],
      ['an inactive currency', { currencyID: 3 }, 'currencyID'],
      ['an id', { id: 5 }, 'id must be omitted or 0'],
      ['an id as text', { id: '0' }, 'id must be omitted or 0'],
    ])('refuses %s', (_case, change, text) => {
      const body = Object.fromEntries(
        Object.entries({ ...COMPANY, ...change }).filter(([, value]) => value !== undefined),
      );
      expect(() => create('Companies', body)).toThrow(text);
    });

    it('changes only what a PATCH names, and empties what a PUT leaves out', () => {
      const id = create('Companies', { ...COMPANY, city: 'Porto', webAddress: 'https://nova.example' });
      update('Companies', { id, city: 'Lyon' });
      expect(row('Companies', id)).toMatchObject({ city: 'Lyon', webAddress: 'https://nova.example' });
      update('Companies', { ...COMPANY, id, city: 'Lyon' }, true);
      expect(row('Companies', id)).toMatchObject({
        city: 'Lyon',
        webAddress: null,
        createDate: '2026-11-20T10:00:00Z',
      });
    });

    it('keeps user-defined values a PATCH does not name', () => {
      const fields = [{ name: 'Cloud Onboarding', value: 'done' }];
      const id = create('Companies', { ...COMPANY, userDefinedFields: fields });
      update('Companies', { id, userDefinedFields: [{ name: 'microsoft tenant id', value: 'abc' }] });
      expect(row('Companies', id)['userDefinedFields']).toEqual([
        ...fields,
        { name: 'Microsoft Tenant ID', value: 'abc' },
      ]);
      expect(() => update('Companies', { id, userDefinedFields: [{ name: 'Nope', value: 'x' }] })).toThrow(
        /user-defined/,
      );
    });

    it('changes the currency only while nothing was posted', () => {
      const id = create('Companies', COMPANY);
      update('Companies', { id, currencyID: 2 });
      expect(row('Companies', id)['currencyID']).toBe(2);
      const billed = row('BillingItems', database.table('BillingItems').all()[0]?.id ?? null);
      const company = row('Companies', Number(billed['companyID']));
      const other = company['currencyID'] === 1 ? 2 : 1;
      expect(() => update('Companies', { id: company.id, currencyID: other })).toThrow(/posted/);
    });
  });

  describe('contacts', () => {
    const contact = { firstName: 'Ada', lastName: 'Vos', isActive: 1 };

    it('takes the company from the address and keeps it', () => {
      const id = create('Contacts', contact, 175);
      expect(row('Contacts', id)['companyID']).toBe(175);
      expect(() => update('Contacts', { id, companyID: 176 })).toThrow(/cannot be changed/);
      update('Contacts', { id, companyID: 175, firstName: 'Eva' });
      expect(row('Contacts', id)['firstName']).toBe('Eva');
    });

    it('refuses another company in the body than in the address, and a missing one', () => {
      expect(() => create('Contacts', { ...contact, companyID: 176 }, 175)).toThrow(/companyID/);
      expect(() => create('Contacts', contact, 99_999)).toThrow(/companyID/);
    });

    it('deletes once, and names missing rights for what is not there', () => {
      const id = Number(create('Contacts', contact, 175));
      expect(deleteRecord(context, entityNamed('Contacts'), id, 175)).toBe(id);
      expect(() => deleteRecord(context, entityNamed('Contacts'), id, 175)).toThrow(
        /^No message. No matching records found/,
      );
    });
  });

  describe('contracts', () => {
    const contract = {
      companyID: 175,
      contractName: 'New cloud contract',
      contractType: 7,
      status: 1,
      startDate: '2026-11-01',
      endDate: '2027-10-31T00:00:00Z',
      contractPeriodType: 2,
      timeReportingRequiresStartAndStopTimes: 0,
      setupFee: 10,
    };

    it('accepts a billing period on create although the metadata flags it read-only', () => {
      const id = create('Contracts', { ...contract, contractPeriodType: 5 });
      expect(row('Contracts', id)).toMatchObject({
        contractPeriodType: 5,
        startDate: '2026-11-01T00:00:00Z',
      });
    });

    it('refuses an end before the start, and estimates on a recurring contract', () => {
      expect(() => create('Contracts', { ...contract, endDate: '2026-10-31' })).toThrow(/endDate/);
      expect(() => create('Contracts', { ...contract, estimatedCost: 5 })).toThrow(/estimatedCost/);
    });

    it('makes further periods when the end moves out and drops them when it moves in', () => {
      const id = create('Contracts', contract);
      create('ContractServiceAdjustments', {
        contractID: id,
        serviceID: 33,
        unitChange: 2,
        effectiveDate: '2026-11-01',
      });
      const periods = (): number => database.table('ContractServiceUnits').where('contractID', id).length;
      expect(periods()).toBe(12);
      update('Contracts', { id, endDate: '2028-10-31' });
      expect(periods()).toBe(24);
      update('Contracts', { id, endDate: '2027-01-15' });
      expect(periods()).toBe(3);
    });

    it('does not shorten a contract into a posted period', () => {
      const posted = database
        .table('ContractServiceUnits')
        .all()
        .find((unit) => unit['approveAndPostDate'] !== null);
      const id = Number(posted?.['contractID']);
      const endDate = String(posted?.['startDate']);
      const startsEarlier = String(row('Contracts', id)['startDate']) < endDate;
      expect(() => update('Contracts', { id, endDate: startsEarlier ? endDate : '2026-01-01' })).toThrow(
        /approved and posted|endDate/,
      );
    });

    it('refuses to change the type', () => {
      expect(() => update('Contracts', { id: create('Contracts', contract), contractType: 1 })).toThrow(
        /cannot be changed/,
      );
    });

    it('adds a service once, at the list price in the customer’s currency', () => {
      const target = create('Contracts', { ...contract, companyID: Number(foreignContract()['companyID']) });
      const id = create('ContractServices', { serviceID: 32, internalDescription: 'for us' }, Number(target));
      const line = row('ContractServices', id);
      expect(String(line['unitPrice'])).toBe('16.413');
      expect(String(line['internalCurrencyUnitPrice'])).toBe('15.1');
      expect(line['internalDescription']).toBe('for us');
      expect(() => create('ContractServices', { serviceID: 32 }, Number(target))).toThrow(/already/);
      const priced = row('ContractServices', create('ContractServices', { serviceID: 33 }, Number(target)));
      expect(String(priced['unitPrice'])).toBe('29.9');
    });

    it('refuses an inactive service and a contract of another type', () => {
      const id = create('Contracts', contract);
      expect(() => create('ContractServices', { serviceID: 43 }, Number(id))).toThrow(/serviceID/);
      const other = firstOf('Contracts', 'contractType', 1);
      expect(() => create('ContractServices', { serviceID: 33 }, other.id)).toThrow(/Recurring Service/);
    });
  });

  describe('charges', () => {
    const charge = {
      name: 'Azure usage 2026-11',
      datePurchased: '2026-11-30',
      chargeType: 1,
      billingCodeID: 29_682_805,
      unitQuantity: 2,
      unitPrice: new MoneyDecimal('10.00005'),
      unitCost: new MoneyDecimal('8'),
    };

    it('works out amounts in both currencies and rounds to four decimals', () => {
      const created = row('ContractCharges', create('ContractCharges', charge, foreignContract().id));
      expect(String(created['unitPrice'])).toBe('10.0001');
      expect(String(created['billableAmount'])).toBe('20.0002');
      expect(String(created['internalCurrencyBillableAmount'])).toBe('18.4002');
      expect(String(created['extendedCost'])).toBe('16');
      expect(created['isBilled']).toBe(false);
    });

    it('wants a product or a material code', () => {
      expect(() =>
        create('ContractCharges', { ...charge, billingCodeID: null }, foreignContract().id),
      ).toThrow(/billingCodeID/);
      expect(() =>
        create('ContractCharges', { ...charge, billingCodeID: 29_682_804 }, foreignContract().id),
      ).toThrow(/billingCodeID/);
      expect(() => create('ContractCharges', charge, firstOf('Contracts', 'contractType', 4).id)).toThrow(
        /type/,
      );
    });

    it('can be changed and deleted until it is billed', () => {
      const contractId = foreignContract().id;
      const id = Number(create('ContractCharges', charge, contractId));
      update('ContractCharges', { id, unitQuantity: 3 });
      expect(String(row('ContractCharges', id)['billableAmount'])).toBe('30.0003');
      const item = postCharge(database, id, NOW);
      expect(item).toMatchObject({ contractChargeID: id, invoiceID: 0 });
      expect(() => update('ContractCharges', { id, unitQuantity: 4 })).toThrow(/billed/);
      expect(() => deleteRecord(context, entityNamed('ContractCharges'), id)).toThrow(/billed/);
    });
  });

  it('lets only the exchange rate of a foreign currency change', () => {
    update('Currencies', { id: 2, exchangeRate: new MoneyDecimal('0.912345'), isActive: true });
    expect(String(row('Currencies', 2)['exchangeRate'])).toBe('0.91235');
    expect(() => update('Currencies', { id: 2, exchangeRate: 0 })).toThrow(/positive/);
    expect(() => update('Currencies', { id: 1, exchangeRate: 2 })).toThrow(/internal/);
  });

  it('lets only the export mark of a billing item change', () => {
    const { id } = row('BillingItems', database.table('BillingItems').all()[0]?.id ?? null);
    update('BillingItems', { id, webServiceDate: '2026-11-20', postedDate: '2020-01-01' });
    const after = row('BillingItems', id);
    expect(after['webServiceDate']).toBe('2026-11-20T00:00:00Z');
    expect(after['postedDate']).not.toBe('2020-01-01T00:00:00Z');
  });

  it('refuses a second service of one name', () => {
    const service = { name: 'AZURE PLAN', billingCodeID: 29_682_804, periodType: 2, unitPrice: 0 };
    expect(() => create('Services', service)).toThrow(/IX_service/);
    expect(row('Services', create('Services', { ...service, name: 'Copilot' }))['isActive']).toBe(true);
  });

  it('numbers tickets by day', () => {
    const ticket = {
      title: 'Help',
      companyID: 175,
      status: 1,
      priority: 1,
      dueDateTime: '2026-11-21T10:00:00Z',
    };
    const first = row('Tickets', create('Tickets', ticket))['ticketNumber'];
    const second = row('Tickets', create('Tickets', ticket))['ticketNumber'];
    expect([first, second]).toEqual(['T20261120.0001', 'T20261120.0002']);
  });

  it('refuses an opportunity that closes before it starts', () => {
    const opportunity = {
      title: 'Move',
      companyID: 175,
      ownerResourceID: 29_682_885,
      amount: 1,
      cost: 1,
      probability: 10,
      stage: 1,
      status: 1,
      useQuoteTotals: false,
      startDate: '2026-11-20',
      projectedCloseDate: '2026-11-19',
    };
    expect(() => create('Opportunities', opportunity)).toThrow(/projectedCloseDate/);
  });
});
