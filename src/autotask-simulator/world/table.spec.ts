import { describe, expect, it } from 'vitest';
import { compileFilter } from '../rules/query-filter.js';
import { readRows } from '../rules/query-request.js';
import { entityNamed } from '../metadata/entity-catalogue.js';
import { Table } from './table.js';

describe('Table', () => {
  it('keeps rows in id order whatever order they come in', () => {
    const table = new Table();
    for (const id of [7, 3, 9, 0]) table.insert({ id });
    expect(table.all().map((row) => row.id)).toEqual([0, 3, 7, 9]);
    expect(table.insert({}).id).toBe(10);
  });

  it('refuses an id that is taken and an update of a missing one', () => {
    const table = new Table();
    table.insert({ id: 4 });
    expect(() => table.insert({ id: 4 })).toThrow(RangeError);
    expect(() => table.update(5, {})).toThrow(RangeError);
  });

  it('finds rows by field after inserts, updates and removals', () => {
    const table = new Table();
    for (const contractID of [1, 2, 1]) table.insert({ contractID });
    expect(table.where('contractID', 1).map((row) => row.id)).toEqual([1, 3]);
    table.update(1, { contractID: 2 });
    table.remove(3);
    table.insert({ contractID: 1 });
    expect(table.where('contractID', 1).map((row) => row.id)).toEqual([4]);
    expect(table.where('contractID', 2).map((row) => row.id)).toEqual([1, 2]);
  });

  it('reads a late page of 100,000 rows without testing the rows before it', () => {
    const table = new Table();
    for (let id = 1; id <= 100_000; id += 1) table.insert({ id });
    const filter = compileFilter(entityNamed('ContractServiceUnits'), [
      { op: 'gt', field: 'id', value: 99_000 },
    ]);
    let tested = 0;
    const counting = {
      ...filter,
      matches: (row: Parameters<typeof filter.matches>[0]) => {
        tested += 1;
        return filter.matches(row);
      },
    };
    const page = readRows(table, { filter: counting, pageSize: 500 }, () => true);
    expect(page.rows.at(0)?.id).toBe(99_001);
    expect(page.rows).toHaveLength(500);
    expect(page.hasMore).toBe(true);
    expect(tested).toBeLessThanOrEqual(501);
  });
});
