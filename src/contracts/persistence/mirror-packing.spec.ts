import { describe, expect, it } from 'vitest';
import { highestIn } from '../domain/external-id.js';
import type { PackedRecords } from '../domain/mirror-store.js';
import { columnsOf } from './mirror-column.js';
import { closeRanges, distinctPacks, packRecords } from './mirror-packing.js';

interface Row {
  externalId: string;
  name: string;
}

const row = columnsOf<Row>();
const TABLE = { name: 'rows', columns: [row.text('externalId'), row.text('name')] };

const pack = (ids: readonly string[], name = 'a', areLikelyNew = false): PackedRecords =>
  packRecords(
    TABLE,
    ids.map((externalId) => ({ externalId, name })),
    { connectionId: 'c', areLikelyNew },
  );

const ids = (first: number, count: number, step = 1): string[] =>
  Array.from({ length: count }, (_, place) => String(first + place * step));

const linesOf = (packed: readonly PackedRecords[]): string[] =>
  packed.flatMap(({ text }) => text.toString().split('\n').slice(0, -1)).toSorted();

describe('packed records', () => {
  it('are a line each, in the text format of COPY', () => {
    expect(pack(['9', '10'], 'a\tb\nc').text.toString()).toBe('9\ta\\tb\\nc\n10\ta\\tb\\nc\n');
  });

  it('begin with their connection when they are likely new', () => {
    expect(pack(['9'], 'a', true).text.toString()).toBe('c\t9\ta\n');
  });

  it('know their ids in the order of the lines, and the least and the greatest by number', () => {
    expect(pack(['9', '10', '11'])).toMatchObject({
      externalIds: ['9', '10', '11'],
      lowestExternalId: '9',
      highestExternalId: '11',
    });
  });

  it('hold the later of two readings of a row, and know their bounds in whatever order they came', () => {
    const records = [
      { externalId: '11', name: 'first' },
      { externalId: '9', name: 'only' },
      { externalId: '11', name: 'second' },
    ];
    const packed = packRecords(TABLE, records, { connectionId: 'c', areLikelyNew: false });
    expect(packed.text.toString()).toBe('9\tonly\n11\tsecond\n');
    expect(packed).toMatchObject({ lowestExternalId: '9', highestExternalId: '11' });
  });

  it('may be none', () => {
    expect(pack([])).toMatchObject({ externalIds: [], lowestExternalId: null, highestExternalId: null });
    expect(highestIn([pack([])])).toBeNull();
  });
});

describe('packs of one batch', () => {
  it('stay as they are when their ids lie apart', () => {
    const packed = [pack(['100', '101']), pack([]), pack(['9', '10'])];
    expect(distinctPacks(packed)).toBe(packed);
    expect(highestIn(packed)).toBe('101');
  });

  it('keep all rows when their ids only lie between each other', () => {
    expect(linesOf(distinctPacks([pack(['1', '3']), pack(['2', '4'])]))).toEqual([
      '1\ta',
      '2\ta',
      '3\ta',
      '4\ta',
    ]);
  });

  it('hold a row once, as it came last', () => {
    const packed = distinctPacks([
      pack(['1', '2', '3'], 'first'),
      pack(['2', '3', '4'], 'second'),
      pack(['3'], 'third'),
    ]);
    expect(linesOf(packed)).toEqual(['1\tfirst', '2\tsecond', '3\tthird', '4\tsecond']);
    expect(packed.flatMap(({ externalIds }) => externalIds).toSorted()).toEqual(['1', '2', '3', '4']);
  });

  it('lose a row whose text has line breaks as a whole', () => {
    const packed = distinctPacks([pack(['1', '2'], 'a\nb'), pack(['1'], 'c')]);
    expect(linesOf(packed)).toEqual(['1\tc', '2\ta\\nb']);
  });
});

describe('close ranges of packs', () => {
  it('join pages that follow each other, in whatever order they came', () => {
    const packed = [pack(ids(1500, 500)), pack(ids(1000, 500)), pack([]), pack(ids(7000, 300))];
    expect(closeRanges(packed)).toEqual([
      { lowest: '1000', highest: '1999', rows: 1000 },
      { lowest: '7000', highest: '7299', rows: 300 },
    ]);
  });

  it('hold ids with gaps, and none that lie far apart', () => {
    expect(closeRanges([pack(ids(100_000, 500, 50))])).toEqual([
      { lowest: '100000', highest: '124950', rows: 500 },
    ]);
    expect(closeRanges([pack(ids(100_000, 500)), pack(ids(200_000, 500, 200))])).toBeNull();
  });

  it('hold ids of as many digits only, and only numbers', () => {
    expect(closeRanges([pack(ids(900, 500))])).toBeNull();
    expect(closeRanges([pack(['a1', 'a2'])])).toBeNull();
    expect(closeRanges([pack(ids(900, 100)), pack(ids(1000, 100))])).toEqual([
      { lowest: '900', highest: '999', rows: 100 },
      { lowest: '1000', highest: '1099', rows: 100 },
    ]);
  });
});
