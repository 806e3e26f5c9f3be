import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GeneratedTable } from './generated-table.js';
import { Table } from './table.js';

const FIRST = 10;
const COUNT = 12;

/** Three rows to a contract: 10, 11 and 12 on contract 100, the next three on 101, and so on. */
function generated(): GeneratedTable {
  const shared = { status: 1 };
  return new GeneratedTable({
    firstId: FIRST,
    count: COUNT,
    shared: () => shared,
    own: (id) => ({ contractID: 100 + Math.floor((id - FIRST) / 3), name: `row ${id}` }),
    lookups: {
      contractID: (value) => {
        const contract = Number(value) - 100;
        if (!Number.isInteger(contract) || contract < 0 || contract >= COUNT / 3) return undefined;
        return { firstId: FIRST + contract * 3, lastId: FIRST + contract * 3 + 2 };
      },
    },
  });
}

function ordinary(): Table {
  const table = new Table(FIRST);
  for (const row of generated().all()) table.insert(row);
  return table;
}

type Step = (table: Table) => unknown;

/** The outcome of a step, its refusal included, in a form that compares. */
function outcomeOf(step: Step, table: Table): unknown {
  try {
    return step(table);
  } catch (error) {
    return error instanceof RangeError ? error.message : 'another error';
  }
}

const id = fc.integer({ min: FIRST - 3, max: FIRST + COUNT + 3 });
const contract = fc.integer({ min: 99, max: 104 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(id, contract).map(
    ([at, contractID]): Step =>
      (table) =>
        table.update(at, { contractID }),
  ),
  id.map(
    (at): Step =>
      (table) =>
        table.remove(at),
  ),
  contract.map(
    (contractID): Step =>
      (table) =>
        table.insert({ contractID }),
  ),
  fc.tuple(id, contract).map(
    ([at, contractID]): Step =>
      (table) =>
        table.insert({ id: at, contractID }),
  ),
);

function viewsOf(table: Table): unknown {
  const ids = Array.from({ length: COUNT + 8 }, (_, position) => FIRST - 4 + position);
  const contracts = [99, 100, 101, 102, 103, 104];
  return {
    size: table.size,
    all: table.all(),
    byId: ids.map((at) => table.get(at)),
    from: ids.map((at) => [...table.rowsFrom(at)].map((row) => row.id)),
    counts: ids.map((at) => [table.countBetween(at, at + 4), table.countBetween(-Infinity, at)]),
    byContract: contracts.map((contractID) => table.where('contractID', contractID)),
    byStatus: table.where('status', 1),
    byNoStatus: table.where('status', null),
  };
}

describe('GeneratedTable', () => {
  it('answers as an ordinary table after any inserts, updates and removals', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const [left, right] = [generated(), ordinary()];
        expect(steps.map((each) => outcomeOf(each, left))).toEqual(
          steps.map((each) => outcomeOf(each, right)),
        );
        expect(viewsOf(left)).toEqual(viewsOf(right));
      }),
    );
  });

  it('looks up in ascending order every row that holds one of some values', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 10 }),
        fc.uniqueArray(contract),
        id,
        (steps, contracts, from) => {
          const table = generated();
          for (const each of steps) outcomeOf(each, table);
          const found = [...table.rowsWhereIn('contractID', new Set(contracts), from)];
          const ids = found.map((row) => row.id);
          expect(ids).toEqual([...new Set(ids)].toSorted((left, right) => left - right));
          const wanted = table
            .all()
            .filter((row) => row.id >= from && contracts.includes(Number(row['contractID'])));
          expect(ids).toEqual(expect.arrayContaining(wanted.map((row) => row.id)));
        },
      ),
    );
  });

  it('keeps no row that was only read', () => {
    const table = generated();
    table.update(11, { name: 'changed' });
    expect([...table.rowsFrom(0)]).toHaveLength(COUNT);
    expect(table.ownRows().map((row) => row.id)).toEqual([11]);
    expect([table.sharedValues(10), table.sharedValues(11)]).toEqual([{ status: 1 }, undefined]);
  });
});
