import { hash } from 'node:crypto';
import { CHAIN_FORMAT } from '../domain/audit-entry.js';
import type { ChainLink } from '../domain/chain-segment.js';
import { AUDIT_ROW_COLUMNS, type AuditRowColumn } from './audit-row.js';
import { TAB } from './copy-text.js';
import { PlainBytes } from './plain-bytes.js';

type Kind = 'plain' | 'text' | 'instant' | 'json';

/** What is hashed of an entry, in its order: a text, and then the value of a column. As `chainHash` and `canonicalParts` have it. */
const PARTS: readonly [text: string, column: AuditRowColumn, kind: Kind][] = [
  [`${CHAIN_FORMAT}\n`, 'previous_hash', 'plain'],
  ['\n', 'sequence', 'plain'],
  ['\n{"actor":{"id":', 'actor_id', 'text'],
  [',"name":', 'actor_name', 'text'],
  ['},"connectionId":', 'connection_id', 'text'],
  [',"correlationId":', 'correlation_id', 'text'],
  [',"details":', 'details', 'json'],
  [',"id":', 'id', 'text'],
  [',"occurredAt":', 'occurred_at', 'instant'],
  [',"operation":', 'operation', 'text'],
  [',"outcome":', 'outcome', 'text'],
  [',"subject":{"id":', 'subject_id', 'text'],
  [',"label":', 'subject_label', 'text'],
  [',"type":', 'subject_type', 'text'],
  ['},"tenantId":', 'tenant_id', 'text'],
];
const END = Buffer.from('}');
const COLUMNS = AUDIT_ROW_COLUMNS.length;
const placeOf = (column: AuditRowColumn): number => AUDIT_ROW_COLUMNS.indexOf(column);
const STEPS = PARTS.map(([text, column, kind]) => ({
  text: Buffer.from(text),
  place: placeOf(column),
  kind,
}));
const SEQUENCE = placeOf('sequence');
const PREVIOUS_HASH = placeOf('previous_hash');
const HASH = placeOf('hash');
/** Texts between the values, their quotes, and `null` for `\N`. */
const LONGER = PARTS.reduce((sum, [text]) => sum + text.length + 4, 0);

/**
 * Hashes entries from the bytes of their lines of COPY, without making texts and objects of them, which is most of the time it takes to
 * recompute a chain. Only lines in which nothing is escaped, which are nearly all; of any other it makes nothing.
 */
export class PlainLines {
  /** Where the values of the columns begin; the last is where one more would. */
  readonly #starts = new Int32Array(COLUMNS + 1);
  #hashed = new PlainBytes(1 << 16);

  /** What a line, without its end, says of its place in the chain, and the hash of its content; null when it is not plain. */
  linkOf(line: Buffer): ChainLink | null {
    if (this.#hashed.size < line.length + LONGER) this.#hashed = new PlainBytes(2 * line.length + LONGER);
    if (!this.#split(line) || !this.#write(line)) return null;
    return {
      sequence: this.#text(line, SEQUENCE),
      previousHash: this.#text(line, PREVIOUS_HASH),
      hash: this.#text(line, HASH),
      computed: hash('sha256', this.#hashed.written, 'hex'),
    };
  }

  #split(line: Buffer): boolean {
    let column = 1;
    for (let at = 0; at < line.length; at += 1) {
      if (line[at] !== TAB) continue;
      if (column === COLUMNS) return false;
      this.#starts[column] = at + 1;
      column += 1;
    }
    this.#starts[COLUMNS] = line.length + 1;
    return column === COLUMNS;
  }

  #write(line: Buffer): boolean {
    const hashed = this.#hashed.begin(line);
    for (const { text, place, kind } of STEPS) {
      hashed.add(text);
      if (!this.#value(hashed, kind, this.#start(place), this.#end(place))) return false;
    }
    hashed.add(END);
    return true;
  }

  #value(hashed: PlainBytes, kind: Kind, start: number, end: number): boolean {
    if (kind === 'plain') return hashed.plain(start, end);
    if (kind === 'text') return hashed.text(start, end);
    return kind === 'instant' ? hashed.instant(start, end) : hashed.json(start) === end;
  }

  #text(line: Buffer, place: number): string {
    return line.toString('latin1', this.#start(place), this.#end(place));
  }

  #start(place: number): number {
    return this.#starts[place] ?? 0;
  }

  /** One byte ends a value: a tab, or the end of the line. */
  #end(place: number): number {
    return this.#start(place + 1) - 1;
  }
}
