import type { Messages } from './en.js';

/**
 * Areas that may be missing in the other languages and are then shown in English. Take a name away once the area is translated:
 * from then on a missing text is an error of the compiler.
 */
type NotYetTranslated = 'charges' | 'imports' | 'reconciliation';

/** What a language file has to supply: every text of every area, except of those that are not yet translated. */
export type Translation = Omit<Messages, NotYetTranslated> & Partial<Messages>;

type Texts = Readonly<Record<string, unknown>>;

function isTexts(value: unknown): value is Texts {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merged(base: Texts, over: Texts): Texts {
  const result: Record<string, unknown> = { ...base };
  for (const [key, text] of Object.entries(over)) {
    const below = base[key];
    result[key] = isTexts(below) && isTexts(text) ? merged(below, text) : text;
  }
  return result;
}

/** The texts of a translation, and the English ones where it has none. */
export function withFallback(english: Messages, translation: Translation): Messages {
  return merged(english, translation) as Messages;
}
