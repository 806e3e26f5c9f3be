import { describe, expect, it } from 'vitest';
import { PsaRecordMalformedError, PsaUnexpectedAnswerError } from '../../ports/psa/psa.errors.js';
import { keysetPage, keysetQuery } from './keyset-page.js';

const NEXT = 'https://webservices2.autotask.net/ATServicesRest/V1.0/Companies/query/next?paging=x';
const answer = (ids: unknown[], nextPageUrl?: string | null) => ({
  items: ids.map((id) => ({ id })),
  pageDetails: { count: ids.length, requestCount: 500, prevPageUrl: null, nextPageUrl },
});
const ids = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index);

describe('pages by id', () => {
  it('asks first for everything from id 0 on, then for what follows the cursor', () => {
    expect(JSON.stringify(keysetQuery(['id', 'name'], null))).toBe(
      '{"filter":[{"op":"gte","field":"id","value":0}],"includeFields":["id","name"],"maxRecords":500}',
    );
    expect(JSON.stringify(keysetQuery(['id'], '12345678901234567890', 1))).toBe(
      '{"filter":[{"op":"gt","field":"id","value":12345678901234567890}],"includeFields":["id"],"maxRecords":1}',
    );
  });

  it('refuses a cursor that is no id', () => {
    expect(() => keysetQuery(['id'], '1 or 1=1')).toThrow(RangeError);
  });

  it.each([
    ['a next page is announced', answer(ids(500), NEXT), '500'],
    ['a full page without successor', answer(ids(500), null), null],
    ['a full page whose details name none', answer(ids(500)), null],
    ['a short page', answer(ids(3), null), null],
    ['a short page with a successor', answer(ids(3), NEXT), '3'],
    ['an empty page', answer([], null), null],
    ['an empty page with a successor', answer([], NEXT), null],
    ['a short page without details', { items: [{ id: 4 }] }, null],
    ['a full page without details', { items: ids(500).map((id) => ({ id })) }, '500'],
  ])('knows where to go on: %s', (_name, body, nextCursor) => {
    expect(keysetPage('Companies', body, null).nextCursor).toBe(nextCursor);
  });

  it.each([
    ['out of order', answer([2, 1], NEXT), null],
    ['twice the same id', answer([1, 1], null), null],
    ['before the cursor', answer([7, 8], null), '7'],
    ['no list', { items: null }, null],
    ['nothing at all', {}, null],
  ])('refuses rows that would be lost or repeated: %s', (_name, body, cursor) => {
    expect(() => keysetPage('Companies', body, cursor)).toThrow(PsaUnexpectedAnswerError);
  });

  it('sorts a page that nothing follows', () => {
    expect(keysetPage('Companies', answer([10, 9, 0], null), null).rows).toEqual([
      { id: 0 },
      { id: 9 },
      { id: 10 },
    ]);
  });

  it('refuses a row without an id', () => {
    expect(() => keysetPage('Companies', answer([null], null), null)).toThrow(PsaRecordMalformedError);
  });
});
