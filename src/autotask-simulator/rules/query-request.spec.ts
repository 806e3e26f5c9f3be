import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entityNamed } from '../metadata/entity-catalogue.js';
import { GeneratedTable } from '../world/generated-table.js';
import { type CompiledFilter, compileFilter } from './query-filter.js';
import { readRows } from './query-request.js';

const UNITS = entityNamed('ContractServiceUnits');
const FIRST = 100;
const COUNT = 24;
const DATES = ['2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z', null] as const;
const KINDS = DATES.map((approveAndPostDate) => ({ approveAndPostDate, units: 5 }));

function unitTable(): GeneratedTable {
  return new GeneratedTable({
    firstId: FIRST,
    count: COUNT,
    shared: (id) => KINDS[id % KINDS.length] ?? {},
    kinds: KINDS,
    own: (id) => ({ contractID: 1 + (id % 4) }),
    lookups: {},
  });
}

const postedSince = (value: string) => ({ op: 'gte', field: 'approveAndPostDate', value });
const newer = (value: number) => ({ op: 'gt', field: 'id', value });
const either = (...items: object[]) => compileFilter(UNITS, [newer(0), { op: 'or', items }]);

/** Rows looked at to find the first page. */
function lookedAt(table: GeneratedTable, filter: CompiledFilter): number {
  let rows = 0;
  const counting = {
    ...filter,
    matches: (row: Parameters<CompiledFilter['matches']>[0]) => {
      rows += 1;
      return filter.matches(row);
    },
  };
  readRows(table, { filter: counting, pageSize: 500 }, () => true);
  return rows;
}

describe('a search for changed or new rows', () => {
  it('looks at the new ones alone where no row can have been changed', () => {
    const filter = either(postedSince('2026-03-01T00:00:00Z'), newer(FIRST + COUNT - 3));
    expect(lookedAt(unitTable(), filter)).toBe(2);
    expect(lookedAt(unitTable(), either(postedSince('2026-02-01T00:00:00Z'), newer(900)))).toBe(COUNT);
  });

  it("looks at all of them where one was changed, or what is asked for is a row's own", () => {
    const table = unitTable();
    table.update(110, { approveAndPostDate: '2026-04-01T00:00:00Z' });
    const filter = either(postedSince('2026-03-01T00:00:00Z'), newer(900));
    expect(readRows(table, { filter, pageSize: 500 }, () => true).rows.map(({ id }) => id)).toEqual([110]);
    expect(lookedAt(unitTable(), either({ op: 'eq', field: 'contractID', value: 9 }, newer(900)))).toBe(
      COUNT,
    );
  });

  it('finds what looking at every row finds', () => {
    const condition = fc.oneof(
      fc
        .constantFrom('2025-12-31T00:00:00Z', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z')
        .map(postedSince),
      fc.integer({ min: FIRST - 2, max: FIRST + COUNT + 6 }).map(newer),
      fc.integer({ min: 1, max: 5 }).map((value) => ({ op: 'eq', field: 'contractID', value })),
      fc.constantFrom(4, 5).map((value) => ({ op: 'eq', field: 'units', value })),
    );
    const edit = fc.record({
      id: fc.integer({ min: FIRST, max: FIRST + COUNT - 1 }),
      approveAndPostDate: fc.constantFrom(null, '2026-03-05T00:00:00Z'),
    });
    fc.assert(
      fc.property(
        fc.array(condition, { minLength: 1, maxLength: 3 }),
        fc.array(edit, { maxLength: 3 }),
        (conditions, edits) => {
          const table = unitTable();
          for (const { id, ...changes } of edits) table.update(id, changes);
          const filter = either(...conditions);
          const { rows } = readRows(table, { filter, pageSize: 500 }, () => true);
          const wanted = table.all().filter((row) => filter.matches(row));
          expect(rows.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
        },
      ),
    );
  });
});
