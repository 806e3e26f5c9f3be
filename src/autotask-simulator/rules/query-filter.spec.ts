import { describe, expect, it } from 'vitest';
import { MoneyDecimal } from '../../kernel/money.js';
import { entityNamed } from '../metadata/entity-catalogue.js';
import type { Row } from '../world/table.js';
import { AutotaskRefusal } from './autotask-refusal.js';
import { compileFilter } from './query-filter.js';
import { readQuery } from './query-request.js';

const COMPANIES = entityNamed('Companies');
const UNITS = entityNamed('ContractServiceUnits');

const COMPANY: Row = {
  id: 175,
  companyName: 'Alder Logistics',
  companyType: 1,
  isActive: true,
  parentCompanyID: null,
  createDate: '2026-01-31T09:00:00Z',
  userDefinedFields: [{ name: 'Microsoft Tenant ID', value: 'abc' }],
};

function matches(condition: unknown, row: Row = COMPANY): boolean {
  return compileFilter(COMPANIES, [condition]).matches(row);
}

function listOf(count: number): unknown {
  return [{ op: 'in', field: 'id', value: Array.from({ length: count }, (_value, position) => position) }];
}

describe('compileFilter', () => {
  it.each([
    ['eq', 'companyName', 'alder logistics', true],
    ['noteq', 'companyName', 'ALDER LOGISTICS', false],
    ['beginsWith', 'CompanyName', 'alder', true],
    ['endsWith', 'companyName', 'LOGISTICS', true],
    ['contains', 'companyName', 'er lo', true],
    ['gt', 'companyName', 'aaa', true],
    ['gte', 'id', 175, true],
    ['gt', 'id', 175, false],
    ['lt', 'id', 176, true],
    ['lte', 'id', 174, false],
    ['in', 'companyType', [2, 1], true],
    ['notIn', 'companyType', [2, 1], false],
    ['in', 'companyName', ['ALDER LOGISTICS'], true],
    ['eq', 'isActive', true, true],
    ['gte', 'createDate', '2026-01-31', true],
    ['lt', 'createDate', '2026-01-31T09:00:00', false],
    ['lte', 'createDate', '2026-01-31T10:00:00+01:00', true],
  ])('%s on %s with %j answers %s', (op, field, value, expected) => {
    expect(matches({ op, field, value })).toBe(expected);
  });

  it('tells empty fields by exist and notExist, and matches them with nothing else', () => {
    expect(matches({ op: 'exist', field: 'companyName' })).toBe(true);
    expect(matches({ op: 'notExist', field: 'parentCompanyID' })).toBe(true);
    expect(matches({ op: 'noteq', field: 'parentCompanyID', value: 3 })).toBe(false);
    expect(matches({ op: 'notIn', field: 'parentCompanyID', value: [3] })).toBe(false);
  });

  it('matches nothing, without an error, when a number field is compared with a string', () => {
    expect(matches({ op: 'eq', field: 'id', value: '175' })).toBe(false);
    expect(matches({ op: 'in', field: 'id', value: ['175'] })).toBe(false);
  });

  it('nests groups and reads member names in any casing', () => {
    const group = {
      Op: 'OR',
      Items: [
        { op: 'eq', field: 'id', value: 1 },
        {
          OP: 'and',
          items: [
            { op: 'eq', FIELD: 'ID', Value: 175 },
            { op: 'exist', field: 'companyName' },
          ],
        },
      ],
    };
    expect(matches(group)).toBe(true);
    expect(matches({ op: 'and', items: [group, { op: 'eq', field: 'id', value: 2 }] })).toBe(false);
  });

  it('compares amounts as decimals', () => {
    const filter = compileFilter(UNITS, [{ op: 'gte', field: 'price', value: new MoneyDecimal('369.6000') }]);
    expect(filter.matches({ id: 1, price: new MoneyDecimal('369.6') })).toBe(true);
    expect(filter.matches({ id: 1, price: new MoneyDecimal('369.5999') })).toBe(false);
  });

  it('reads a user-defined field only when told so, and one at most', () => {
    const condition = { op: 'eq', field: 'microsoft tenant id', value: 'ABC', udf: true };
    expect(matches(condition)).toBe(true);
    expect(() => matches({ ...condition, udf: false })).toThrow(AutotaskRefusal);
    expect(() => compileFilter(COMPANIES, [condition, condition])).toThrow(/one user-defined field/i);
  });

  it.each([
    ['no filter', []],
    ['an unknown field', [{ op: 'eq', field: 'nope', value: 1 }]],
    ['an unknown operator', [{ op: 'like', field: 'id', value: 1 }]],
    ['no operator', [{ field: 'id', value: 1 }]],
    ['an empty group', [{ op: 'or', items: [] }]],
    ['a null value', [{ op: 'eq', field: 'id', value: null }]],
    ['text for a boolean', [{ op: 'eq', field: 'isActive', value: 'true' }]],
    ['a boolean for a number', [{ op: 'eq', field: 'id', value: true }]],
    ['an array for eq', [{ op: 'eq', field: 'id', value: [1] }]],
    ['no array for in', [{ op: 'in', field: 'id', value: 1 }]],
    ['an array of mixed types', [{ op: 'in', field: 'id', value: [1, '2'] }]],
    ['a date that is none', [{ op: 'gt', field: 'createDate', value: 'yesterday' }]],
    ['contains on a number', [{ op: 'contains', field: 'id', value: '1' }]],
  ])('refuses %s', (_case, filter) => {
    expect(() => compileFilter(COMPANIES, filter)).toThrow(AutotaskRefusal);
  });

  it('takes 500 OR conditions and refuses 501, list values counted', () => {
    expect(compileFilter(COMPANIES, listOf(500)).matches(COMPANY)).toBe(true);
    expect(() => compileFilter(COMPANIES, listOf(501))).toThrow(/500 or fewer 'OR' conditions/);
  });

  it('narrows the id range only by conditions that every match must meet', () => {
    const filter = [
      { op: 'gt', field: 'id', value: 10 },
      { op: 'lte', field: 'ID', value: 20 },
      { op: 'or', items: [{ op: 'eq', field: 'id', value: 1 }] },
    ];
    expect(compileFilter(COMPANIES, filter)).toMatchObject({ firstId: 11, lastId: 20 });
  });
});

describe('readQuery', () => {
  const filter = [{ op: 'exist', field: 'id' }];

  it('reads page size and fields in any casing', () => {
    const query = readQuery(COMPANIES, { Filter: filter, MaxRecords: 25, IncludeFields: ['COMPANYNAME'] });
    expect(query).toMatchObject({ pageSize: 25, includeFields: ['companyName'] });
    expect(readQuery(COMPANIES, { filter }).pageSize).toBe(500);
  });

  it.each([0, 501, 1.5, '10'])('refuses a page size of %j', (maxRecords) => {
    expect(() => readQuery(COMPANIES, { filter, maxRecords })).toThrow(AutotaskRefusal);
  });

  it('refuses a field the entity does not have', () => {
    expect(() => readQuery(COMPANIES, { filter, includeFields: ['nope'] })).toThrow(AutotaskRefusal);
  });
});
