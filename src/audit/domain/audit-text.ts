import type { AuditDetail, AuditEntry } from './audit-entry.js';

/** A word: letters and digits of any script. */
const WORD = /[\p{L}\p{N}]+/gu;
const IS_WORD = /[\p{L}\p{N}]/u;

/** The texts of an entry that a search looks into: its operation, its subject's label, and names and values of its details. */
export function searchedTexts({ operation, subject, details }: AuditEntry): string[] {
  const texts = [operation, subject.label];
  collect(details, texts);
  return texts;
}

function collect(value: AuditDetail, texts: string[]): void {
  if (typeof value === 'string') texts.push(value);
  else if (typeof value === 'number' || typeof value === 'boolean') texts.push(String(value));
  else if (Array.isArray(value)) for (const inner of value) collect(inner, texts);
  else if (value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      texts.push(name);
      collect(inner, texts);
    }
  }
}

/** Words of a text in lower case. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

/**
 * Whether a search finds the entry: the searched text stands in one of its texts as it is, whatever the case, and begins there at
 * the beginning of a word (`example` finds `an Example`, `xample` does not), so that an index of words can find it.
 */
export function entryMatchesText(entry: AuditEntry, search: string): boolean {
  const wanted = search.toLowerCase();
  return searchedTexts(entry).some((text) => standsIn(text.toLowerCase(), wanted));
}

function standsIn(text: string, wanted: string): boolean {
  const beginsWithWord = IS_WORD.test(first(wanted));
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
    if (!beginsWithWord || at === 0 || !IS_WORD.test(last(text.slice(Math.max(0, at - 2), at)))) return true;
  }
  return false;
}

/** First and last character; some take two code units. */
const first = (text: string): string => String.fromCodePoint(text.codePointAt(0) ?? 0);
const last = (text: string): string => Array.from(text).at(-1) ?? '';

/** Entries that share a row of the text index. */
export const TEXT_BLOCK = 32;
/** Blocks of the smallest groups; a search goes group by group, so that a word that stands everywhere costs no more than one group. */
const SMALLEST_GROUP = 1024;
/** Groups of one size that are one of the next; the further back, the larger the groups that a rare word is looked for in. */
const GROUPS_IN_NEXT = 8;
/** How many sizes of groups there are. */
const SIZES = 5;
/** Groups lie beyond the terms of words. */
const BEYOND_WORDS = 2 ** 32;
/** Beginnings of words that are indexed; a search uses the longest that fits. */
const PREFIXES = [8, 5, 3] as const;

/** The block an entry belongs to, counted from 0. */
export const blockOf = (sequence: number): number => Math.floor((sequence - 1) / TEXT_BLOCK);

/** Terms of a block: every indexed beginning of every word of its entries. */
export function termsOfBlock(tenantId: string, block: number, entries: readonly AuditEntry[]): number[] {
  // Entries beside each other have many texts in common, and taking texts apart is most of the work.
  const words = new Set([...new Set(entries.flatMap(searchedTexts))].flatMap(wordsOf));
  const prefixes = new Set<string>();
  for (const word of words) {
    for (const length of PREFIXES) if (word.length >= length) prefixes.add(word.slice(0, length));
  }
  const terms = new Set([...prefixes].map((prefix) => termOf(tenantId, prefix)));
  // The release before searches by it.
  return [...terms, termOf(tenantId, `#${Math.floor(block / 4096)}`)];
}

/** More terms than that narrow a search down less than each costs. */
const MOST_TERMS = 2;

/**
 * Terms a block must have to hold what is searched for; empty when no word of the search is long enough to be indexed. Those of the
 * longest beginnings only: short ones stand in most blocks.
 */
export function termsOfSearch(tenantId: string, search: string): number[] {
  const words = wordsOf(search);
  const length = PREFIXES.find((candidate) => words.some((word) => word.length >= candidate));
  if (length === undefined) return [];
  const long = words.filter((word) => word.length >= length).map((word) => word.slice(0, length));
  return [...new Set(long)].slice(0, MOST_TERMS).map((prefix) => termOf(tenantId, prefix));
}

/**
 * Groups that have every block up to one and none twice, newest first: small ones to where a larger one ends, and so on. Of each the term
 * that the index of the blocks has: its number among those of its size times five, plus the size counted from 0, beyond 32 bits.
 */
export function groupTermsUpTo(block: number): number[] {
  const groups: number[] = [];
  let newest = Math.floor(block / SMALLEST_GROUP);
  for (let size = 0; size < SIZES && newest >= 0; size += 1) {
    const oldest = size === SIZES - 1 ? 0 : newest - (newest % GROUPS_IN_NEXT);
    for (let group = newest; group >= oldest; group -= 1) groups.push(group * SIZES + size + BEYOND_WORDS);
    newest = Math.floor(newest / GROUPS_IN_NEXT) - 1;
  }
  return groups;
}

/** 32 bits of FNV-1a over tenant and word; two words that share them cost a look in vain, never a wrong result. */
function termOf(tenantId: string, word: string): number {
  let hash = 0x811c9dc5;
  for (const text of [tenantId, '\n', word]) {
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash | 0;
}
