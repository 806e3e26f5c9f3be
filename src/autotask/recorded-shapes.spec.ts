import { describe, expect, it, onTestFinished } from 'vitest';
import { checkAgainst, checkOf } from '../../test/contract/scripted-access-check.js';
import {
  type Answers,
  CLOCK_AT_NOON,
  CREDENTIALS,
  optionsFor,
  startScriptedAutotask,
} from '../../test/contract/scripted-autotask.js';
import { RECORDED } from '../../test/contract/recorded-shapes.js';
import { AutotaskAdapter } from './autotask.adapter.js';
import { readAnswer } from './client/failure-table.js';
import { Redaction } from './client/redaction.js';
import { localDate } from '../kernel/local-date.js';
import { rowsOf } from './client/keyset-page.js';
import { RowReader } from './mapping/row-reader.js';
import { readPage } from '../../test/support/read-page.js';

/** A session with an Autotask that answers like this, and its writer. */
async function open(answers: Answers) {
  const server = await startScriptedAutotask(answers);
  const adapter = new AutotaskAdapter(optionsFor(server), CLOCK_AT_NOON);
  onTestFinished(async () => {
    await adapter.close();
    await server.stop();
  });
  const instance = {
    id: '1',
    zoneName: '',
    apiUrl: `${server.origin}/zone2/`,
    webUrl: '',
    internalCurrency: 'EUR',
    metadata: {},
  };
  const session = adapter.openSession({ purpose: 'interactive', credentials: CREDENTIALS, instance });
  if (session.writer === undefined) throw new Error('The session has no writer');
  return { session, writer: session.writer };
}

function read(body: string, status = 200) {
  const context = { request: 'GET x', redaction: new Redaction([]), now: CLOCK_AT_NOON.now() };
  return readAnswer({ status, headers: {}, body }, context);
}

const ON = localDate('2027-12-31');

describe('answers as they were recorded', () => {
  const [billingItem] = rowsOf('BillingItems', read(RECORDED.billingItem));
  const row = new RowReader('BillingItems', billingItem);

  it.each([
    ['extendedPrice', '386.645'],
    ['internalCurrencyRate', '100'],
    ['ourCost', '205.998'],
    ['quantity', '3.175'],
    ['taxDollars', '0'],
  ])('keep the amount %s exact', (field, digits) => {
    expect(row.decimal(field).toFixed()).toBe(digits);
  });

  it('have a day as midnight UTC, which stays that day', () => {
    expect(row.day('itemDate')).toBe('2021-12-01');
  });

  it('have times in UTC', () => {
    expect(row.optionalInstant('postedOnTime')?.toISOString()).toBe('2022-12-02T08:52:54.023Z');
  });

  it('have empty values in two forms', () => {
    expect(row.optionalText('purchaseOrderNumber')).toBeNull();
    expect(row.optionalInstant('webServiceDate')).toBeNull();
  });

  it('have an item null for an id that is missing, which is no failure', () => {
    expect(read(RECORDED.missingItem)).toEqual({ item: null });
  });

  it('have an item id null for a write that worked', async () => {
    const { writer } = await open({ 'PATCH Contracts': { body: RECORDED.writtenWithoutId } });
    expect(await writer.extendContract('1', ON)).toEqual({ externalId: null });
  });

  it('have errors on a 200 that refuses', async () => {
    const { writer } = await open({ 'PATCH Contracts': { body: RECORDED.refusedWith200 } });
    await expect(writer.extendContract('1', ON)).rejects.toMatchObject({
      code: 'psa.request_rejected',
      detail: expect.stringContaining('Reference value on field: contactID'),
    });
  });

  it('have errors over several lines', () => {
    expect(() => read(RECORDED.refusedOverLines, 500)).toThrow('First line. Second line.');
  });

  it('have a message of the web framework', () => {
    expect(() => read(RECORDED.message, 405)).toThrow(
      expect.objectContaining({
        code: 'psa.request_rejected',
        detail: expect.stringContaining('does not support http method'),
      }),
    );
  });

  it('are a page of the web server', async () => {
    const { session } = await open({ 'POST Companies/query': { status: 404, body: RECORDED.page } });
    await expect(readPage(session, 'companies', null)).rejects.toMatchObject({
      code: 'psa.unexpected_answer',
    });
  });

  it('spell names in another case', async () => {
    const { session } = await open({ 'POST Companies/query': { body: RECORDED.otherCase } });
    const { records } = await readPage(session, 'companies', null);
    expect(records).toMatchObject([
      { externalId: '174', name: 'Contoso', type: 'customer', isActive: true, currencyExternalId: '2' },
    ]);
  });

  it.each([
    ['words', RECORDED.accessInWords],
    ['numbers', RECORDED.accessInNumbers],
  ])('tell rights in %s', async (_form, body) => {
    const result = await checkAgainst({ answers: { 'GET ContractServices/entityInformation': { body } } });
    const outcomes = ['query', 'create', 'update'].map(
      (verb) => checkOf(result, `right.billing.ContractServices.${verb}`).outcome,
    );
    expect(outcomes).toEqual(['passed', 'passed', 'unknown']);
  });

  it('have pick-list values as text where rows have numbers, or letters', async () => {
    const { instance } = await checkAgainst({
      answers: { 'GET Companies/entityInformation/fields': { body: RECORDED.pickList } },
    });
    expect(instance?.metadata).toMatchObject({ pickLists: { companyType: { 1: 'Customer' } } });
    const { session } = await open({ 'POST Contracts/query': { body: RECORDED.contracts } });
    const { records } = await readPage(session, 'contracts', null);
    expect(records.map(({ periodType }) => periodType)).toEqual(['monthly', 'monthly']);
    expect(records.map(({ endsOn }) => endsOn)).toEqual(['2026-12-31', '2026-12-31']);
  });
});
