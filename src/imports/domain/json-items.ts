import type { LineProblem } from './line-problem.js';

/** An item of a JSON file as text. */
export interface JsonItem {
  /** Its number in the file, from 1: the lines of a JSON text mean nothing. */
  line: number;
  text: string | null;
  problem: LineProblem | null;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const NEWLINE = 0x0a;

/** Members of an answer whose list holds the lines. */
const LISTS = new Set(['items', 'value', 'lineitems', 'data', 'rows', 'results']);
/** An item that is longer is no line of a bill, and must not fill the memory. */
const MOST_ITEM_LENGTH = 1_048_576;

const BROKEN: LineProblem = {
  column: null,
  code: 'import.json_invalid',
  detail: 'This item is no complete JSON object. Export the file again.',
};
const TOO_LONG: LineProblem = {
  column: null,
  code: 'import.line_too_long',
  detail: 'This item has more than a million characters, which no line of a bill has.',
};

/**
 * Cuts JSON that comes in pieces into its items: those of a list, of the list in an answer of Partner Center (`items`), or objects one
 * after the other (JSON Lines). Only one item is ever in memory.
 */
export class JsonItems {
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  /** What was read of the item that is open; null outside of one, or when it is not worth keeping. */
  #open: string | null = null;
  /** Where the open item goes on in the piece that is being read. */
  #from = 0;
  #isTooLong = false;
  /** The last text at depth 1, which may turn out to be a member's name. */
  #word: string | null = null;
  /** Where that text goes on in the piece that is being read. */
  #wordFrom = 0;
  #name = '';
  /** Depth inside the list whose elements are the items; 0 outside. */
  #listDepth = 0;
  /** Whether the object at the top held a list, and so is no item itself. */
  #hadList = false;
  /** One object a line: a line end then ends whatever is open. */
  #isLines: boolean | null = null;
  #count = 0;
  #items: JsonItem[] = [];

  push(text: string): JsonItem[] {
    this.#from = 0;
    this.#wordFrom = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (this.#isInString) this.#inString(code, text, at);
      else if (code > 0x20) this.#sign(code, text, at);
      else if (code === NEWLINE) this.#newline();
    }
    this.#keep(text, text.length);
    return this.#taken();
  }

  finish(): JsonItem[] {
    if (this.#depth > 0) this.#add(null, BROKEN);
    return this.#taken();
  }

  #taken(): JsonItem[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  /** Keeps what is open of this piece. */
  #keep(text: string, end: number): void {
    if (this.#isInString && this.#word !== null) this.#word += text.slice(this.#wordFrom, end);
    if (this.#open === null) return;
    if (this.#open.length + end - this.#from > MOST_ITEM_LENGTH) {
      this.#open = '';
      this.#isTooLong = true;
    } else if (!this.#isTooLong) this.#open += text.slice(this.#from, end);
  }

  #inString(code: number, text: string, at: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (code === BACKSLASH) this.#isEscaped = true;
    else if (code === QUOTE) {
      this.#isInString = false;
      if (this.#word !== null) this.#word += text.slice(this.#wordFrom, at);
    } else if (code === NEWLINE) this.#newline();
  }

  #sign(code: number, text: string, at: number): void {
    if (code === QUOTE) this.#openString(at);
    else if (code === OPEN_BRACE) this.#openObject(at);
    else if (code === OPEN_BRACKET) this.#openList();
    else if (code === CLOSE_BRACE) this.#close(text, at);
    else if (code === CLOSE_BRACKET) this.#closeList();
    else if (this.#depth !== 1) return;
    else if (code === COLON) this.#name = this.#word?.toLowerCase() ?? '';
    else if (code === COMMA) this.#name = '';
  }

  #openString(at: number): void {
    this.#isInString = true;
    this.#word = this.#depth === 1 ? '' : null;
    this.#wordFrom = at + 1;
  }

  #openObject(at: number): void {
    if (this.#depth === 0) this.#hadList = false;
    if (this.#depth === this.#listDepth) {
      this.#open = '';
      this.#from = at;
      this.#isTooLong = false;
    }
    this.#depth += 1;
  }

  #openList(): void {
    this.#depth += 1;
    const holdsItems = this.#depth === 1 || (this.#depth === 2 && LISTS.has(this.#name));
    if (this.#listDepth > 0 || !holdsItems) return;
    this.#listDepth = this.#depth;
    this.#hadList = true;
    this.#open = null;
  }

  #closeList(): void {
    if (this.#depth === this.#listDepth) this.#listDepth = 0;
    this.#depth = Math.max(0, this.#depth - 1);
  }

  #close(text: string, at: number): void {
    this.#depth = Math.max(0, this.#depth - 1);
    if (this.#depth !== this.#listDepth) return;
    if (this.#open !== null && (this.#listDepth > 0 || !this.#hadList)) {
      this.#keep(text, at + 1);
      if (this.#isTooLong) this.#add(null, TOO_LONG);
      else this.#add(this.#open, null);
    }
    this.#open = null;
    if (this.#depth === 0) this.#isLines ??= !this.#hadList;
  }

  #newline(): void {
    if (this.#depth === 0) return;
    // An object that goes over lines shows that they mean nothing.
    if (this.#isLines === null && this.#listDepth === 0 && this.#count === 0) this.#isLines = false;
    if (this.#isLines !== true) return;
    this.#add(null, BROKEN);
    this.#depth = 0;
    this.#isInString = false;
    this.#isEscaped = false;
    this.#open = null;
  }

  #add(text: string | null, problem: LineProblem | null): void {
    this.#count += 1;
    this.#items.push({ line: this.#count, text, problem });
  }
}

/** The third argument of a reviver (ES2026, in Node since 21); the compiler's library does not know it yet. */
type SourceReviver = (key: string, value: unknown, context: { source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown;

/**
 * Values of an item by member name, as text: numbers with the very digits they are written with, lists and objects as JSON.
 * @returns null when it is no JSON object
 */
export function itemValues(text: string): Map<string, string> | null {
  let item: unknown;
  try {
    item = parseWithSource(text, (_name, value, { source }) =>
      typeof value === 'number' ? (source ?? String(value)) : value,
    );
  } catch {
    return null;
  }
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return null;
  return new Map(Object.entries(item).map(([name, value]) => [name, valueText(value)]));
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}
