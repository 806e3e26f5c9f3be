import { describe, expect, it } from 'vitest';
import { ENTITY_CATALOGUE, entityBySingular } from './entity-catalogue.js';
import { parseFields } from './field-notation.js';

describe('parseFields', () => {
  it('reads type, length, flags, reference and picklist', () => {
    const [name, period] = parseFields('name string(50) R; period integer RO pick >Period;', {
      period: '2=Monthly; 5=Yearly',
    });
    expect(name).toMatchObject({
      name: 'name',
      type: 'string',
      length: 50,
      isRequired: true,
      isReadOnly: false,
    });
    expect(period).toMatchObject({ isReadOnly: true, reference: 'Period' });
    expect(period?.picklist).toEqual([
      { value: '2', label: 'Monthly' },
      { value: '5', label: 'Yearly' },
    ]);
  });

  it('refuses an unknown type or flag', () => {
    expect(() => parseFields('name text;')).toThrow(RangeError);
    expect(() => parseFields('name string X;')).toThrow(RangeError);
  });
});

describe('ENTITY_CATALOGUE', () => {
  it('gives every entity an id and unique field names', () => {
    for (const entity of ENTITY_CATALOGUE.values()) {
      expect(entity.fieldByKey.get('id')?.type).toBe('long');
      expect(entity.fieldByKey.size).toBe(entity.fields.length);
    }
  });

  it('points every parent route at a simulated entity', () => {
    const parents = [...ENTITY_CATALOGUE.values()].flatMap(({ parentRoute }) => parentRoute?.parent ?? []);
    expect(parents.filter((parent) => !ENTITY_CATALOGUE.has(parent.toLowerCase()))).toEqual([]);
    expect(entityBySingular('ContractService')?.name).toBe('ContractServices');
  });
});
