import { BACKSLASH } from './copy-text.js';

const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const LIST = 0x5b;
const LIST_END = 0x5d;
const LETTER_A = 0x61;
const LETTER_LAST = 0x7a;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;
const BEYOND_ASCII = 0x80;
const NULL = Buffer.from('null');
/** What a word of JSON ends before. */
const END_OF_VALUE = [COMMA, OBJECT_END, LIST_END];
const LETTER_T = 0x54;
const LETTER_N = 0x4e;
const LETTER_Z = 0x5a;
/** Digits of a number that JavaScript surely writes as they stand. */
const MOST_DIGITS = 15;
/** `2026-03-01 08:15:00`. */
const SECONDS = 19;
const DAY = 10;
/** Stands for a value that is not plain. */
const NOT_PLAIN = -1;

interface Member {
  start: number;
  nameEnd: number;
  end: number;
}

/**
 * Writes values of COPY's text form as canonical JSON (RFC 8785), byte for byte as `canonicalJson` writes what they mean. It takes those
 * only that stand in JSON as they are: nothing escaped, whole numbers of up to 15 digits, names in ASCII, times in UTC.
 */
export class PlainBytes {
  readonly #to: Buffer;
  readonly #aside: Buffer;
  #from: Buffer = NULL;
  #at = 0;

  /** @param size bytes there is room for; what is written of a line must not be longer */
  constructor(readonly size: number) {
    this.#to = Buffer.allocUnsafeSlow(size);
    this.#aside = Buffer.allocUnsafeSlow(size);
  }

  get written(): Buffer {
    return this.#to.subarray(0, this.#at);
  }

  /** Begins anew, with values that stand in these bytes. */
  begin(from: Buffer): this {
    this.#from = from;
    this.#at = 0;
    return this;
  }

  /** Adds a text of ours. */
  add(text: Uint8Array): void {
    this.#to.set(text, this.#at);
    this.#at += text.length;
  }

  /** A value without quotes; false when it is not plain, as with all that follow. */
  plain(start: number, end: number): boolean {
    return this.#copy(start, end) === end;
  }

  /** Takes what is plain up to an end; gives where that ends. Every byte goes through here, so it is written for speed. */
  #copy(start: number, end: number): number {
    const from = this.#from;
    const to = this.#to;
    let target = this.#at;
    let at = start;
    for (; at < end; at += 1) {
      const byte = from[at] ?? 0;
      if (byte < SPACE || byte === QUOTE || byte === BACKSLASH) break;
      to[target] = byte;
      target += 1;
    }
    this.#at = target;
    return at;
  }

  /** A text, or the null of COPY. */
  text(start: number, end: number): boolean {
    if (end === start + 2 && this.#byte(start) === BACKSLASH && this.#byte(start + 1) === LETTER_N) {
      this.add(NULL);
      return true;
    }
    this.#put(QUOTE);
    const isPlain = this.plain(start, end);
    this.#put(QUOTE);
    return isPlain;
  }

  /** `2026-03-01 08:15:00.12+00` as `"2026-03-01T08:15:00.120Z"`: a time with up to three places after the point, in UTC. */
  instant(start: number, end: number): boolean {
    const zone = end - 3;
    const seconds = start + SECONDS;
    const places = Math.max(zone - seconds - 1, 0);
    const isUtc = this.#byte(zone) === PLUS && this.#byte(zone + 1) === ZERO && this.#byte(zone + 2) === ZERO;
    const hasPoint = zone === seconds || (this.#byte(seconds) === POINT && places > 0 && places <= 3);
    if (!isUtc || !hasPoint || this.#byte(start + DAY) !== SPACE) return false;
    this.#put(QUOTE);
    const isPlain =
      this.plain(start, start + DAY) &&
      this.#put(LETTER_T) &&
      this.plain(start + DAY + 1, seconds) &&
      this.#put(POINT) &&
      this.plain(zone - places, zone);
    for (let place = places; place < 3; place += 1) this.#put(ZERO);
    this.#put(LETTER_Z);
    this.#put(QUOTE);
    return isPlain;
  }

  /** A value of `jsonb`, as PostgreSQL writes it; gives where it ends, or -1 when it is not plain. */
  json(at: number): number {
    switch (this.#byte(at)) {
      case QUOTE:
        return this.#jsonText(at);
      case OBJECT:
        return this.#object(at);
      case LIST:
        return this.#list(at);
      default:
        return this.#word(at);
    }
  }

  #jsonText(start: number): number {
    this.#put(QUOTE);
    const end = this.#copy(start + 1, this.#from.length);
    this.#put(QUOTE);
    return this.#byte(end) === QUOTE ? end + 1 : NOT_PLAIN;
  }

  /** A whole number, or `true`, `false`, `null`. */
  #word(start: number): number {
    const isNegative = this.#byte(start) === MINUS;
    const first = isNegative ? start + 1 : start;
    const [low, high] = isNegative || this.#byte(first) <= NINE ? [ZERO, NINE] : [LETTER_A, LETTER_LAST];
    let end = first;
    while (this.#byte(end) >= low && this.#byte(end) <= high) end += 1;
    // Whatever goes on is no whole number, and JavaScript has a -0 which it writes as 0.
    const isOther =
      END_OF_VALUE.indexOf(this.#byte(end)) === -1 || (isNegative && this.#byte(first) === ZERO);
    if (isOther || end === first || end - first > MOST_DIGITS) return NOT_PLAIN;
    return this.plain(start, end) ? end : NOT_PLAIN;
  }

  #list(start: number): number {
    this.#put(LIST);
    let at = start + 1;
    while (this.#byte(at) !== LIST_END) {
      if (at > start + 1) {
        if (!this.#isSeparator(at, COMMA)) return NOT_PLAIN;
        this.#put(COMMA);
        at += 2;
      }
      at = this.json(at);
      if (at === NOT_PLAIN) return at;
    }
    this.#put(LIST_END);
    return at + 1;
  }

  /** Members are written as they come, which is shorter names first, and put in order afterwards. */
  #object(start: number): number {
    this.#put(OBJECT);
    const members: Member[] = [];
    let at = start + 1;
    while (this.#byte(at) !== OBJECT_END) {
      if (members.length > 0) {
        if (!this.#isSeparator(at, COMMA)) return NOT_PLAIN;
        at += 2;
      }
      const member: Member = { start: this.#at, nameEnd: this.#at, end: this.#at };
      at = this.#member(at, member);
      if (at === NOT_PLAIN) return at;
      members.push(member);
    }
    if (members.length > 0) this.#sort(members);
    this.#put(OBJECT_END);
    return at + 1;
  }

  /** Writes a member and a comma. */
  #member(start: number, member: Member): number {
    const colon = this.#byte(start) === QUOTE ? this.#jsonText(start) : NOT_PLAIN;
    if (colon === NOT_PLAIN || !this.#isSeparator(colon, COLON)) return NOT_PLAIN;
    member.nameEnd = this.#at - 1;
    this.#put(COLON);
    const end = this.json(colon + 2);
    member.end = this.#at;
    this.#put(COMMA);
    return this.#isName(member) ? end : NOT_PLAIN;
  }

  /** Beyond ASCII the order of bytes is not that of UTF-16. */
  #isName({ start, nameEnd }: Member): boolean {
    for (let at = start; at < nameEnd; at += 1)
      if ((this.#to[at] ?? BEYOND_ASCII) >= BEYOND_ASCII) return false;
    return true;
  }

  /** Puts members in the order of their names; the comma after the last goes. */
  #sort(members: Member[]): void {
    const sorted = members.length === 1 ? members : members.toSorted((a, b) => this.#compare(a, b));
    if (sorted.some((member, index) => member !== members[index])) {
      const first = members[0]?.start ?? 0;
      this.#to.copy(this.#aside, first, first, this.#at);
      let at = first;
      for (const { start, end } of sorted) at += this.#aside.copy(this.#to, at, start, end + 1);
    }
    this.#at -= 1;
  }

  /** Names begin after a quote. */
  #compare(a: Member, b: Member): number {
    const length = Math.min(a.nameEnd - a.start, b.nameEnd - b.start);
    for (let index = 1; index < length; index += 1) {
      const difference = (this.#to[a.start + index] ?? 0) - (this.#to[b.start + index] ?? 0);
      if (difference !== 0) return difference;
    }
    return a.nameEnd - a.start - (b.nameEnd - b.start);
  }

  #isSeparator(at: number, byte: number): boolean {
    return this.#byte(at) === byte && this.#byte(at + 1) === SPACE;
  }

  #byte(at: number): number {
    return this.#from[at] ?? 0;
  }

  #put(byte: number): true {
    this.#to[this.#at] = byte;
    this.#at += 1;
    return true;
  }
}
