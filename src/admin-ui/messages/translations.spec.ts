import { describe, expect, it } from 'vitest';
import { de } from './de.js';
import { en } from './en.js';
import type { Messages } from './en.js';
import { languageFor, localeFor } from './language.js';
import { pt } from './pt.js';

/** All texts as `path` and text; functions as they are. */
function texts(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, below]) => texts(below, `${path}/${key}`));
}

/** Which of its arguments a text shows; counts that take another form (1, many) and conditions are tried as well. */
function shownArguments(text: (...values: unknown[]) => string): string[] {
  const marks = Array.from({ length: text.length }, (_, index) => `‹${index}›`);
  const forms = [
    marks,
    marks.map(() => 0),
    marks.map((mark, index) => (index === marks.length - 1 ? false : mark)),
  ];
  const first = marks.filter((mark) => forms.some((form) => text(...form).includes(mark)));
  const singular = marks.filter((mark, index) =>
    marks.some(
      (_, one) => one !== index && text(...marks.map((m, at) => (at === one ? 1 : m))).includes(mark),
    ),
  );
  return [...first, 'with one:', ...singular];
}

const LANGUAGES: [string, Messages][] = [
  ['German', de],
  ['Portuguese', pt],
];

describe.each(LANGUAGES)('the texts in %s', (_name, translation) => {
  const english = new Map(texts(en));
  const translated = new Map(texts(translation));

  it('are those there are in English', () => {
    expect([...translated.keys()].toSorted()).toEqual([...english.keys()].toSorted());
  });

  it('show the same placeholders as the English ones', () => {
    const functions = [...translated].filter(([, text]) => typeof text === 'function');
    expect(functions.length).toBeGreaterThan(50);
    for (const [path, text] of functions) {
      const original = english.get(path) as (...values: unknown[]) => string;
      expect([path, shownArguments(text as typeof original)]).toEqual([path, shownArguments(original)]);
    }
  });

  it('are never empty', () => {
    expect([...translated].filter(([, text]) => text === '')).toEqual([]);
  });
});

describe('the language of the reader', () => {
  it.each([
    [['de-AT', 'en'], 'de'],
    [['pt-PT'], 'pt-BR'],
    [['fr-FR', 'de'], 'de'],
    [['fr-FR'], 'en'],
    [[], 'en'],
  ])('for %j is %s', (wanted, language) => {
    expect(languageFor(wanted)).toBe(language);
  });

  it('keeps the region, which decides how days and amounts are written', () => {
    expect(localeFor('de', ['en-GB', 'de-CH'])).toBe('de-CH');
    expect(localeFor('pt-BR', ['en-GB'])).toBe('pt-BR');
  });

  it.each(['en-US@posix', 'en_US'])(
    'writes in the language alone where the browser names %s, which is no tag',
    (tag) => {
      expect(() => new Intl.NumberFormat(tag)).toThrow(RangeError);
      expect(localeFor('en', [tag])).toBe('en');
      expect(localeFor('en', [tag, 'en-GB'])).toBe('en-GB');
    },
  );
});
