import { isHigherId } from '../domain/external-id.js';
import type { PackedRecords, PackingFacts } from '../domain/mirror-store.js';
import type { MirrorTable } from './mirror-tables.js';

/** Records as lines in the text format of `COPY`; those that are likely new begin with their connection. */
export function packRecords<Row extends { externalId: string }>(
  table: MirrorTable<Row>,
  records: readonly Row[],
  { connectionId, areLikelyNew }: PackingFacts,
): PackedRecords {
  const rows = isAscending(records) ? records : withoutRepeated(records);
  const [first, ...others] = table.columns;
  const prefix = areLikelyNew ? `${connectionId}\t` : '';
  let text = '';
  for (const row of rows) {
    text += prefix + (first?.copyText(row) ?? '');
    for (const column of others) text += `\t${column.copyText(row)}`;
    text += '\n';
  }
  return {
    externalIds: rows.map(({ externalId }) => externalId),
    lowestExternalId: rows[0]?.externalId ?? null,
    highestExternalId: rows.at(-1)?.externalId ?? null,
    areLikelyNew,
    text: Buffer.from(text),
  };
}

/** Packs of which no row stands in two: of a row that came twice, as the later one has it. */
export function distinctPacks(packed: readonly PackedRecords[]): readonly PackedRecords[] {
  if (areApart(packed)) return packed;
  const seen = new Set<string>();
  return packed.toReversed().map((pack) => {
    const isNew = pack.externalIds.map((id) => !seen.has(id));
    for (const id of pack.externalIds) seen.add(id);
    return isNew.every(Boolean) ? pack : onlyRows(pack, isNew);
  });
}

/** Ids there may be for each row, on average: others of them belong to other tenants, or are gone. */
const WIDEST_GAP = 64;

/** Ids, all of as many digits, between which the rows lie with little else among them. */
export interface CloseRange {
  readonly lowest: string;
  readonly highest: string;
  readonly rows: number;
}

/** The rows of all packs in as few such ranges as there are; null when some lie far apart, or have ids that are no numbers. */
export function closeRanges(packed: readonly PackedRecords[]): readonly CloseRange[] | null {
  const ranges: CloseRange[] = [];
  for (const { lowestExternalId, highestExternalId, externalIds } of inOrder(packed)) {
    const range = {
      lowest: lowestExternalId ?? '',
      highest: highestExternalId ?? '',
      rows: externalIds.length,
    };
    if (!isClose(range)) return null;
    const last = ranges.at(-1);
    if (last !== undefined && isNext(range, last))
      ranges.splice(-1, 1, { ...range, lowest: last.lowest, rows: last.rows + range.rows });
    else ranges.push(range);
  }
  return ranges;
}

function isClose({ lowest, highest, rows }: CloseRange): boolean {
  return lowest.length === highest.length && Number(highest) - Number(lowest) < rows * WIDEST_GAP;
}

/** Whether a range begins about where the one before ends. */
function isNext({ lowest, rows }: CloseRange, before: CloseRange): boolean {
  return lowest.length === before.highest.length && Number(lowest) - Number(before.highest) <= rows;
}

/** A vendor's page comes in the order of its ids; what comes from elsewhere may not. */
function isAscending(records: readonly { externalId: string }[]): boolean {
  let last: string | undefined;
  for (const { externalId } of records) {
    if (last !== undefined && !isHigherId(externalId, last)) return false;
    last = externalId;
  }
  return true;
}

function withoutRepeated<Row extends { externalId: string }>(records: readonly Row[]): Row[] {
  const rows = [...new Map(records.map((record) => [record.externalId, record])).values()];
  return rows.toSorted((left, right) => (isHigherId(left.externalId, right.externalId) ? 1 : -1));
}

/** Whether the ids of each lie between those of others. */
function areApart(packed: readonly PackedRecords[]): boolean {
  return inOrder(packed).every(
    ({ lowestExternalId }, place, all) =>
      place === 0 || isHigherId(lowestExternalId ?? '', all[place - 1]?.highestExternalId ?? ''),
  );
}

/** Those that hold rows, by their lowest id. */
function inOrder(packed: readonly PackedRecords[]): PackedRecords[] {
  const filled = packed.filter(({ lowestExternalId }) => lowestExternalId !== null);
  return filled.toSorted((left, right) =>
    isHigherId(left.lowestExternalId ?? '', right.lowestExternalId ?? '') ? 1 : -1,
  );
}

function onlyRows(pack: PackedRecords, isWanted: readonly boolean[]): PackedRecords {
  const lines = pack.text.toString().split('\n');
  const externalIds = pack.externalIds.filter((_id, place) => isWanted[place]);
  const text = lines.filter((_line, place) => isWanted[place]).map((line) => `${line}\n`);
  return {
    ...pack,
    externalIds,
    lowestExternalId: externalIds[0] ?? null,
    highestExternalId: externalIds.at(-1) ?? null,
    text: Buffer.from(text.join('')),
  };
}
