import { en } from './en.js';
import type { Messages } from './en.js';

/** The languages there are, each under its own name. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', 'pt-BR': 'Português (Brasil)' } as const;
export type Language = keyof typeof LANGUAGES;

const STORAGE_KEY = 'psa-connector-language';

const LOADERS: Record<Exclude<Language, 'en'>, () => Promise<Messages>> = {
  de: async () => (await import('./de.js')).de,
  'pt-BR': async () => (await import('./pt.js')).pt,
};

function isLanguage(value: string | null): value is Language {
  return value !== null && Object.hasOwn(LANGUAGES, value);
}

function primary(tag: string): string {
  return tag.toLowerCase().split('-')[0] ?? '';
}

/** The first language of the reader that we have, whatever the region; English without one. */
export function languageFor(wanted: readonly string[]): Language {
  const known = Object.keys(LANGUAGES).filter(isLanguage);
  for (const tag of wanted) {
    const found = known.find((language) => primary(language) === primary(tag));
    if (found !== undefined) return found;
  }
  return 'en';
}

/** Whether dates and numbers can be written in it: a browser may name a locale of its system that is no language tag, such as `en-US@posix`. */
function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}

/** The reader's own regional form of the language (`de-AT`), because it decides how days and amounts are written. */
export function localeFor(language: Language, wanted: readonly string[]): string {
  return wanted.find((tag) => primary(tag) === primary(language) && isLocale(tag)) ?? language;
}

/** What was chosen with the switch, else what the browser asks for. */
export function chosenLanguage(): Language {
  let stored: string | null = null;
  try {
    stored = window.localStorage.getItem(STORAGE_KEY);
  } catch {
    // A browser may refuse storage to a page inside a frame; then each visit begins with the browser's language.
  }
  return isLanguage(stored) ? stored : languageFor(navigator.languages);
}

/** Keeps the choice in this browser, where it may be kept. */
export function keepLanguage(language: Language): void {
  try {
    window.localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // See chosenLanguage.
  }
}

/** Loads the texts of a language. Rejects when the server cannot be reached. */
export async function loadMessages(language: Language): Promise<Messages> {
  return language === 'en' ? en : await LOADERS[language]();
}
