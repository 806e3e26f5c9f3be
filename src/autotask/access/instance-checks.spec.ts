import { describe, expect, it } from 'vitest';
import { checkAgainst, checkOf, idsWith, ERRORS_500 } from '../../../test/contract/scripted-access-check.js';
import { keyOf, rows } from '../../../test/contract/scripted-autotask.js';

describe('the functional reads of an access check', () => {
  it('does not know what an empty page means', async () => {
    const result = await checkAgainst({ answers: { 'POST Contracts/query': rows([]) } });
    expect(checkOf(result, 'read.Contracts')).toMatchObject({
      outcome: 'unknown',
      remedy: expect.stringContaining('contract visibility'),
    });
    expect(result.report.outcome).toBe('passed');
  });

  it('asks for one row beyond the own company', async () => {
    const { server } = await checkAgainst();
    const query = server.requests.find((request) => keyOf(request) === 'POST Companies/query');
    expect(query?.body).toEqual({
      filter: [{ op: 'gt', field: 'id', value: 0 }],
      includeFields: ['id'],
      maxRecords: 1,
    });
  });

  it('fails on a refused query', async () => {
    const result = await checkAgainst({ answers: { 'POST Companies/query': ERRORS_500 } });
    expect(checkOf(result, 'read.Companies').outcome).toBe('failed');
    expect(result.interruption).toMatchObject({ code: 'psa.request_rejected' });
  });

  it('refuses on a forbidden query', async () => {
    const result = await checkAgainst({ answers: { 'POST Companies/query': { status: 403 } } });
    expect(result.refusal).toBe('access_insufficient');
  });
});

describe('the currency part of an access check', () => {
  it.each([
    ['GBP', 'not active'],
    ['CHF', 'no currency CHF; active are EUR, USD'],
  ])('refuses %s', async (currency, detail) => {
    const result = await checkAgainst({ currency });
    expect(result.refusal).toBe('currency_unavailable');
    expect(checkOf(result, 'currency')).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining(detail),
    });
    expect(idsWith(result, 'skipped')).toEqual(['pick_lists']);
    expect(result.instance?.internalCurrency).toBe('EUR');
  });

  it('accepts the internal currency of a single-currency instance, active or not', async () => {
    const only = rows([{ id: 1, name: 'CHF', isActive: false, isInternalCurrency: true, exchangeRate: 1 }]);
    const result = await checkAgainst({ currency: 'CHF', answers: { 'POST Currencies/query': only } });
    expect(result.report.outcome).toBe('passed');
    expect(result.instance?.internalCurrency).toBe('CHF');
  });

  it('refuses when no currency can be seen', async () => {
    const result = await checkAgainst({ answers: { 'POST Currencies/query': rows([]) } });
    expect(result.refusal).toBe('currency_unavailable');
    expect(result.instance?.internalCurrency).toBeNull();
  });
});
