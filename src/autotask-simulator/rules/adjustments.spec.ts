import { beforeEach, describe, expect, it } from 'vitest';
import { MoneyDecimal } from '../../kernel/money.js';
import { MULTI_CURRENCY_CI } from '../sandbox-users.js';
import { seedCspWorld } from '../seed/seed-csp-world.js';
import type { AutotaskDatabase } from '../world/simulator-world.js';
import type { Row, RowChanges } from '../world/table.js';
import { applyAdjustment } from './adjustments.js';
import { createLine, settlePrices } from './contract-lines.js';
import { postUnits } from './posting.js';

const NOW = new Date('2026-11-20T10:00:00Z');

describe('applyAdjustment', () => {
  let database: AutotaskDatabase;
  let contract: Row;

  beforeEach(() => {
    database = seedCspWorld(NOW).database(MULTI_CURRENCY_CI);
    contract = database.table('Contracts').insert({
      companyID: 176,
      contractName: 'Test',
      contractType: 7,
      contractPeriodType: 2,
      status: 1,
      startDate: '2026-11-01T00:00:00Z',
      endDate: '2027-01-31T00:00:00Z',
    });
  });

  const adjust = (values: RowChanges): Row =>
    applyAdjustment(database, { contractID: contract.id, serviceID: 32, unitChange: 0, ...values }, NOW);
  const line = (): Row => {
    const found = database.table('ContractServices').where('contractID', contract.id).at(-1);
    if (found === undefined) throw new Error('the contract has no service');
    return found;
  };
  const units = (): string[] =>
    database
      .table('ContractServiceUnits')
      .where('contractID', contract.id)
      .toSorted((left, right) => (String(left['startDate']) < String(right['startDate']) ? -1 : 1))
      .map(
        (row) =>
          `${String(row['startDate']).slice(5, 10)} ${String(row['endDate']).slice(5, 10)} ${String(row['units'])} ${String(row['price'])}`,
      );

  it('creates the contract service at the list price when there is none', () => {
    expect(database.table('Companies').get(176)?.['currencyID']).toBe(2);
    adjust({ unitChange: 10, effectiveDate: '2026-11-01T00:00:00Z' });
    expect(String(line()['unitPrice'])).toBe('16.413');
    expect(units()).toEqual(['11-01 11-30 10 164.13', '12-01 12-31 10 164.13', '01-01 01-31 10 164.13']);
    const [first] = database.table('ContractServiceUnits').where('contractID', contract.id);
    expect(String(first?.['internalCurrencyPrice'])).toBe('150.9996');
    expect(String(first?.['cost'])).toBe('124.8');
  });

  it('adds the signed change to the units in force and to every later period', () => {
    adjust({
      unitChange: 10,
      effectiveDate: '2026-11-01T00:00:00Z',
      adjustedUnitPrice: new MoneyDecimal(30),
    });
    adjust({ unitChange: 2, effectiveDate: '2026-12-01T00:00:00Z' });
    adjust({ unitChange: -3, effectiveDate: '2026-11-16T00:00:00Z' });
    expect(units()).toEqual([
      '11-01 11-15 10 150',
      '11-16 11-30 7 105',
      '12-01 12-31 9 270',
      '01-01 01-31 9 270',
    ]);
  });

  it('takes a price-only change and a price in force that is later changed', () => {
    adjust({ unitChange: 10, effectiveDate: '2026-11-01T00:00:00Z' });
    adjust({ effectiveDate: '2026-12-01T00:00:00Z', adjustedUnitPrice: new MoneyDecimal('-2.5') });
    expect(units().slice(1)).toEqual(['12-01 12-31 10 -25', '01-01 01-31 10 -25']);
  });

  it('answers a contract service by its own id without naming the contract', () => {
    const { id } = createLine(database, contract, database.table('Services').get(33) ?? { id: 0 });
    applyAdjustment(
      database,
      { contractServiceID: id, unitChange: 1, effectiveDate: '2026-11-01T00:00:00Z' },
      NOW,
    );
    expect(units()).toHaveLength(3);
  });

  it('adds the same service as a line of its own only when asked to', () => {
    adjust({ unitChange: 1, effectiveDate: '2026-11-01T00:00:00Z' });
    adjust({ unitChange: 1, effectiveDate: '2026-11-01T00:00:00Z', allowRepeatService: true });
    expect(database.table('ContractServices').where('contractID', contract.id)).toHaveLength(2);
  });

  it('shows the price and cost in force on the contract service as days pass', () => {
    adjust({ unitChange: 1, effectiveDate: '2026-11-01T00:00:00Z', adjustedUnitPrice: new MoneyDecimal(20) });
    adjust({
      effectiveDate: '2026-12-01T00:00:00Z',
      adjustedUnitPrice: new MoneyDecimal(40),
      adjustedUnitCost: new MoneyDecimal(9),
    });
    expect(String(line()['internalCurrencyAdjustedPrice'])).toBe('18.4');
    settlePrices(database, new Date('2026-12-01T00:00:00Z'));
    expect(String(line()['internalCurrencyAdjustedPrice'])).toBe('36.8');
    expect(String(line()['unitCost'])).toBe('9');
    expect(String(line()['unitPrice'])).toBe('16.413');
  });

  it('leaves a posted period alone and adds a row for the difference', () => {
    adjust({
      unitChange: 10,
      effectiveDate: '2026-11-01T00:00:00Z',
      adjustedUnitPrice: new MoneyDecimal(30),
    });
    const [first] = database.table('ContractServiceUnits').where('contractID', contract.id);
    postUnits(database, first?.id ?? 0, NOW);
    adjust({ unitChange: 5, effectiveDate: '2026-11-21T00:00:00Z' });
    expect(units().slice(0, 3)).toEqual(['11-01 11-30 10 300', '11-21 11-30 15 50', '12-01 12-31 15 450']);
  });

  it('keeps internal amounts saved at the old rate when the rate changes', () => {
    adjust({
      unitChange: 1,
      effectiveDate: '2026-11-01T00:00:00Z',
      adjustedUnitPrice: new MoneyDecimal(100),
    });
    database.table('Currencies').update(2, { exchangeRate: new MoneyDecimal('0.5') });
    adjust({ unitChange: 1, effectiveDate: '2026-12-01T00:00:00Z' });
    const rows = database.table('ContractServiceUnits').where('contractID', contract.id);
    expect(rows.map((row) => String(row['internalCurrencyPrice']))).toEqual(['92', '184', '184']);
  });

  it.each([
    [
      'a date before the contract',
      { effectiveDate: '2026-10-31T00:00:00Z' },
      'effectiveDate must be between the start date and end date',
    ],
    [
      'a date after the contract',
      { effectiveDate: '2027-02-01T00:00:00Z' },
      'effectiveDate must be between the start date and end date',
    ],
    ['units below 0', { unitChange: -11, effectiveDate: '2026-12-01T00:00:00Z' }, 'below 0'],
    [
      'a second change on one day',
      { unitChange: 1, effectiveDate: '2026-11-01T00:00:00Z' },
      'duplicate data into contract_service_period',
    ],
    ['no unit change', { unitChange: null, effectiveDate: '2026-12-01T00:00:00Z' }, 'unitChange'],
    [
      'a contract service of another contract',
      { contractServiceID: 5_001, effectiveDate: '2026-12-01T00:00:00Z' },
      'contractServiceID',
    ],
  ])('refuses %s and changes nothing', (_case, values, text) => {
    adjust({ unitChange: 10, effectiveDate: '2026-11-01T00:00:00Z' });
    const before = units();
    expect(() => adjust(values)).toThrow(text);
    expect(units()).toEqual(before);
  });

  it('changes a line whose service was retired, but adds no line for it', () => {
    adjust({ unitChange: 4, effectiveDate: '2026-11-01T00:00:00Z' });
    database.table('Services').update(32, { isActive: false });
    adjust({ unitChange: -4, effectiveDate: '2026-12-01T00:00:00Z' });
    expect(units().slice(1)).toEqual(['12-01 12-31 0 0', '01-01 01-31 0 0']);
    const again = { unitChange: 1, effectiveDate: '2026-11-01T00:00:00Z', allowRepeatService: true };
    expect(() => adjust(again)).toThrow(/serviceID/);
  });

  it('refuses a decrease that an earlier planned one leaves no units for', () => {
    adjust({ unitChange: 10, effectiveDate: '2026-11-01T00:00:00Z' });
    adjust({ unitChange: -8, effectiveDate: '2027-01-01T00:00:00Z' });
    expect(() => adjust({ unitChange: -5, effectiveDate: '2026-12-01T00:00:00Z' })).toThrow('below 0');
  });

  it('refuses a contract of another type and a target that is not named', () => {
    const other = database.table('Contracts').where('contractType', 1)[0];
    expect(() => adjust({ contractID: other?.id ?? 0, effectiveDate: other?.['startDate'] ?? null })).toThrow(
      /Recurring Service/,
    );
    expect(() => adjust({ serviceID: null, effectiveDate: '2026-11-01T00:00:00Z' })).toThrow(/required/);
  });
});
