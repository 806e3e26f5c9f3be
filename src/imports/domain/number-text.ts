import { MoneyDecimal } from '../../kernel/money.js';

export type DecimalMark = '.' | ',';

const PLAIN = /^-?\d{1,25}(\.\d{1,25})?$/;
const SCIENTIFIC = /^-?\d{1,25}(\.\d{1,25})?[eE][+-]?\d{1,2}$/;
/** Spaces of all kinds and the Swiss apostrophes, which only ever group digits. */
const GROUPING = /[\s\u00A0\u2007\u202F'\u2019]/g;
const CURRENCY_SIGNS = /^(-?)\p{Sc}\s*|\s*\p{Sc}$/gu;
const MINUS = /[\u2212\u2013]/g;
const GROUPED_BY: Readonly<Record<DecimalMark, RegExp>> = {
  '.': /^-?\d{1,3}(,\d{2,3})*,\d{3}(\.\d*)?$/,
  ',': /^-?\d{1,3}(\.\d{2,3})*\.\d{3}(,\d*)?$/,
};

/**
 * The number a text stands for, as a plain decimal such as `-1209.6`: digits may be grouped; a minus may be before, behind or a pair
 * of brackets; an exponent is resolved. Null when it is no number in this notation. No digit is lost.
 */
export function decimalText(text: string, mark: DecimalMark): string | null {
  // The common case; with the other mark a point would group, so it has to be looked at.
  if (PLAIN.test(text) && (mark === '.' || !text.includes('.'))) return text;
  const bare = bareNumber(text);
  const ungrouped = GROUPED_BY[mark].test(bare) ? bare.replaceAll(mark === '.' ? ',' : '.', '') : bare;
  if (ungrouped.includes(mark === '.' ? ',' : '.')) return null;
  const pointed = ungrouped
    .replace(mark, '.')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.$/, '');
  if (PLAIN.test(pointed)) return pointed;
  return SCIENTIFIC.test(pointed) ? new MoneyDecimal(pointed).toFixed() : null;
}

/** Without what only surrounds or groups the digits; the minus in front. */
function bareNumber(text: string): string {
  let bare = text.trim().replaceAll(MINUS, '-').replaceAll(CURRENCY_SIGNS, '$1').replaceAll(GROUPING, '');
  const bracketed = /^\((.+)\)$/.exec(bare);
  if (bracketed?.[1] !== undefined) bare = `-${bracketed[1]}`;
  if (/^[^-]+-$/.test(bare)) bare = `-${bare.slice(0, -1)}`;
  return bare.replace(/^\+/, '');
}

/** What the numbers of a file say about its decimal mark. */
export class MarkEvidence {
  #points = 0;
  #commas = 0;

  /** Takes note of a text of a number column. */
  observe(text: string): void {
    const bare = bareNumber(text);
    const last = Math.max(bare.lastIndexOf('.'), bare.lastIndexOf(','));
    if (last < 0 || !/^-?[\d.,]+([eE][+-]?\d+)?$/.test(bare)) return;
    const mark = bare[last];
    const other = mark === '.' ? ',' : '.';
    const isRepeated = bare.indexOf(mark ?? '') !== last;
    if (isRepeated) this.#count(other);
    else if (bare.includes(other)) this.#count(mark);
    else if (this.#isFraction(bare, last)) this.#count(mark);
  }

  /** The mark, or null where nothing tells `1,234` from `1.234`. */
  get mark(): DecimalMark | null {
    if (this.#points === this.#commas) return null;
    return this.#points > this.#commas ? '.' : ',';
  }

  /** A single mark parts a fraction when what surrounds it cannot be groups of three. */
  #isFraction(bare: string, at: number): boolean {
    const whole = bare.slice(0, at).replace('-', '');
    const rest = /^\d*/.exec(bare.slice(at + 1))?.[0] ?? '';
    return rest.length !== 3 || whole.length > 3 || whole === '' || whole === '0';
  }

  #count(mark: string | undefined): void {
    if (mark === '.') this.#points += 1;
    else this.#commas += 1;
  }
}
