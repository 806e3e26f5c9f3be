import { describe, expect, it } from 'vitest';
import { PsaRecordMalformedError, PsaUnexpectedAnswerError } from '../../ports/psa/psa.errors.js';
import { ALL_IDS, glimpseLastId, keysetPage, keysetQuery } from './keyset-page.js';

const NEXT = 'https://webservices2.autotask.net/ATServicesRest/V1.0/Companies/query/next?paging=x';
const answer = (ids: unknown[], nextPageUrl?: string | null) => ({
  items: ids.map((id) => ({ id })),
  pageDetails: { count: ids.length, requestCount: 500, prevPageUrl: null, nextPageUrl },
});
const details = (next: string | null): string =>
  `"pageDetails":{"count":2,"requestCount":500,"prevPageUrl":null,"nextPageUrl":${JSON.stringify(next)}}`;
const ids = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index);

describe('pages by id', () => {
  it('asks first for everything from id 0 on, then for what follows the cursor', () => {
    expect(JSON.stringify(keysetQuery(['id', 'name']))).toBe(
      '{"filter":[{"op":"gte","field":"id","value":0}],"includeFields":["id","name"],"maxRecords":500}',
    );
    expect(JSON.stringify(keysetQuery(['id'], { after: 12345678901234567890n, upTo: null }, [], 1))).toBe(
      '{"filter":[{"op":"gt","field":"id","value":12345678901234567890}],"includeFields":["id"],"maxRecords":1}',
    );
  });

  it('asks for a range of ids and further conditions', () => {
    const query = keysetQuery(['id'], { after: 7n, upTo: 9007199254740993n }, [
      { op: 'exist', field: 'name' },
    ]);
    expect(JSON.stringify(query)).toBe(
      '{"filter":[{"op":"gt","field":"id","value":7},{"op":"lte","field":"id","value":9007199254740993},' +
        '{"op":"exist","field":"name"}],"includeFields":["id"],"maxRecords":500}',
    );
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
  ])('knows where to go on: %s', (_name, body, nextId) => {
    const page = keysetPage('Companies', body, ALL_IDS);
    expect(page.isLast ? null : String(page.lastId)).toBe(nextId);
  });

  it.each([
    ['out of order', answer([2, 1], NEXT), null],
    ['twice the same id', answer([1, 1], null), null],
    ['before the range', answer([7, 8], null), { after: 7n, upTo: null }],
    ['beyond the range', answer([7, 8], null), { after: 0n, upTo: 7n }],
    ['no list', { items: null }, null],
    ['nothing at all', {}, null],
  ])('refuses rows that would be lost or repeated: %s', (_name, body, bounds) => {
    expect(() => keysetPage('Companies', body, bounds ?? ALL_IDS)).toThrow(PsaUnexpectedAnswerError);
  });

  it('keeps ids beyond the range of a double apart', () => {
    const page = keysetPage('Companies', answer(['9007199254740992', '9007199254740993'], NEXT), ALL_IDS);
    expect(page).toMatchObject({ firstId: 9007199254740992n, lastId: 9007199254740993n, isLast: false });
  });

  it('sorts a page that nothing follows', () => {
    expect(keysetPage('Companies', answer([10, 9, 0], null), ALL_IDS).rows).toEqual([
      { id: 0 },
      { id: 9 },
      { id: 10 },
    ]);
  });

  it('refuses a row without an id', () => {
    expect(() => keysetPage('Companies', answer([null], null), ALL_IDS)).toThrow(PsaRecordMalformedError);
  });
});

describe('a glimpse at the last id', () => {
  const rows = '"items":[{"id":7,"name":"a"},{"id":12345678901234567890,"name":"\\"id\\":99, the last"}]';

  it.each([
    [
      'sees it in front of the details',
      `{${rows},${details('https://psa.test/next')}}`,
      12345678901234567890n,
    ],
    ['sees none where nothing follows', `{${rows},${details(null)}}`, null],
    ['sees none where the details come first', `{${details('https://psa.test/next')},${rows}}`, null],
    ['sees none without details', `{${rows}}`, null],
    ['sees none without rows', `{"items":[],${details('https://psa.test/next')}}`, null],
    ['sees none where the id is no number', `{"items":[{"id":"x"}],${details('next')}}`, null],
    ['sees none in what broke off', `{${rows},"pageDetails":{"count":2`, null],
    ['sees none in nothing', '', null],
  ])('%s', (_name, body, lastId) => {
    expect(glimpseLastId(body)).toBe(lastId);
  });

  it('is the last id of the page where rows are written as the vendor does', () => {
    const body = answer([3, 4], NEXT);
    expect(glimpseLastId(JSON.stringify(body))).toBe(keysetPage('Companies', body, ALL_IDS).lastId);
  });
});
