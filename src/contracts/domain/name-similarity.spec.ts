import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NameIndex, normalName } from './name-similarity.js';

describe('normal names', () => {
  it.each([
    ['Contoso GmbH', 'contoso'],
    ['CONTOSO Ltd.', 'contoso'],
    ['Müller & Söhne GmbH & Co. KG', 'muller sohne'],
    ['Société Générale S.A.', 'societe generale'],
    ['Łódź Foods Sp. z o.o.', 'lodz foods'],
    ['Ærø-Dental A/S', 'aero dental a s'],
    ['AG Foods', 'ag foods'],
    ['Co Inc', 'co inc'],
    ['株式会社コントソ', '株式会社コントソ'],
  ])('takes %j for %j', (name, normal) => {
    expect(normalName(name)).toBe(normal);
  });

  it('stay as they are the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const once = normalName(name);
        expect(normalName(once)).toBe(once);
      }),
    );
  });
});

describe('an index of names', () => {
  const index = new NameIndex(
    ['Contoso Limited', 'Contoso Americas', 'Fabrikam', 'Northwind Traders'],
    (name) => name,
  );

  it('finds the same name with similarity 1, and alike ones below', () => {
    const found = index.similar('contoso', 0.5);
    expect(found).toContainEqual({ item: 'Contoso Limited', similarity: 1 });
    const alike = found.find(({ item }) => item === 'Contoso Americas');
    expect(alike?.similarity).toBeGreaterThan(0.5);
    expect(alike?.similarity).toBeLessThan(1);
  });

  it('finds a name with letters swapped, and nothing for another', () => {
    expect(index.similar('Nortwhind Traders', 0.5).map(({ item }) => item)).toEqual(['Northwind Traders']);
    expect(index.similar('Tailspin Toys', 0.5)).toEqual([]);
  });

  it('never gives more than 1 or less than was asked for', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 8 }), fc.string(), (names, name) => {
        for (const { similarity } of new NameIndex(names, (one) => one).similar(name, 0.5)) {
          expect(similarity).toBeGreaterThanOrEqual(0.5);
          expect(similarity).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
