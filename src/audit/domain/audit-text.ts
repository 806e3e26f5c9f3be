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
