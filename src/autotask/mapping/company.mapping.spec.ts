import { describe, expect, it } from 'vitest';
import { autotaskMetadata } from './autotask-metadata.js';
import { fromAutotaskCompany } from './company.mapping.js';

const metadata = (companyType: Record<string, string> = {}) =>
  autotaskMetadata({ pickLists: { companyType } });
const ROW = {
  id: 174,
  companyName: ' Contoso ',
  companyNumber: 'C-1',
  companyType: 1,
  isActive: true,
  currencyID: 2,
  parentCompanyID: 0,
  webAddress: '',
  userDefinedFields: [],
};

describe('companies', () => {
  it('reads a row', () => {
    expect(fromAutotaskCompany(ROW, metadata({ 1: 'Customer' }))).toEqual({
      externalId: '174',
      name: 'Contoso',
      number: 'C-1',
      type: 'customer',
      isActive: true,
      currencyExternalId: '2',
      parentExternalId: '0',
      webAddress: null,
    });
  });

  it('reads the own company, which has the id 0', () => {
    expect(fromAutotaskCompany({ ...ROW, id: 0 }, metadata()).externalId).toBe('0');
  });

  it.each([null, 0, undefined])('takes the currency %j for the internal one', (currencyID) => {
    expect(fromAutotaskCompany({ ...ROW, currencyID }, metadata()).currencyExternalId).toBeNull();
  });

  it.each([
    [1, {}, 'customer'],
    [2, {}, 'lead'],
    [3, {}, 'prospect'],
    [4, {}, 'dead'],
    [7, {}, '7'],
    [7, { 7: 'Vendor' }, 'vendor'],
    [6, { 6: 'Vendor' }, 'vendor'],
    [7, { 7: 'Lieferant' }, 'lieferant'],
    [1, { 1: 'Kunde' }, 'customer'],
    [null, {}, 'unknown'],
  ])('puts the type %j with the labels %j in words as %s', (companyType, labels, word) => {
    expect(fromAutotaskCompany({ ...ROW, companyType }, metadata(labels)).type).toBe(word);
  });

  it('refuses a row without a name', () => {
    expect(() => fromAutotaskCompany({ ...ROW, companyName: null }, metadata())).toThrow(
      'Companies 174: companyName is missing.',
    );
  });
});
