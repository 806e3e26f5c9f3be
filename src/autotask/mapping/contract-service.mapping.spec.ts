import { describe, expect, it } from 'vitest';
import { parseLosslessJson } from '../client/lossless-json.js';
import { fromAutotaskContractService } from './contract-service.mapping.js';

function service(prices: string) {
  return fromAutotaskContractService(
    parseLosslessJson(`{"id":5,"contractID":7001,"serviceID":9001,"unitCost":10.0000,${prices}}`),
  );
}

describe('contract services', () => {
  it('reads a row', () => {
    const record = service(
      '"invoiceDescription":"M365","internalDescription":"x","unitPrice":18.60,"internalCurrencyUnitPrice":18.60,"internalCurrencyAdjustedPrice":17.5',
    );
    expect(record).toMatchObject({
      externalId: '5',
      contractExternalId: '7001',
      serviceExternalId: '9001',
      description: 'M365',
    });
    expect(record.unitCost?.toFixed()).toBe('10');
    expect(record.internalUnitPrice?.toFixed()).toBe('17.5');
  });

  it('falls back to the internal description', () => {
    expect(service('"invoiceDescription":"","internalDescription":"x"').description).toBe('x');
  });

  it.each([
    ['no price at all', '"unitPrice":null', null],
    [
      'never adjusted',
      '"unitPrice":18.6,"internalCurrencyUnitPrice":18.6,"internalCurrencyAdjustedPrice":null',
      '18.6',
    ],
    [
      'adjusted, same currency',
      '"unitPrice":18.6,"internalCurrencyUnitPrice":18.6,"internalCurrencyAdjustedPrice":20',
      '20',
    ],
    [
      'adjusted to zero',
      '"unitPrice":18.6,"internalCurrencyUnitPrice":18.6,"internalCurrencyAdjustedPrice":0',
      '0',
    ],
    [
      'adjusted, other currency',
      '"unitPrice":22,"internalCurrencyUnitPrice":20,"internalCurrencyAdjustedPrice":30',
      '33',
    ],
    [
      'rounded to four decimals',
      '"unitPrice":1,"internalCurrencyUnitPrice":3,"internalCurrencyAdjustedPrice":5',
      '1.6667',
    ],
    [
      'other currency, to zero',
      '"unitPrice":22,"internalCurrencyUnitPrice":20,"internalCurrencyAdjustedPrice":0',
      '0',
    ],
    [
      'free service priced later',
      '"unitPrice":0,"internalCurrencyUnitPrice":0,"internalCurrencyAdjustedPrice":120.5',
      '120.5',
    ],
    ['no quotient', '"unitPrice":22,"internalCurrencyUnitPrice":0,"internalCurrencyAdjustedPrice":30', '22'],
    [
      'no internal price',
      '"unitPrice":22,"internalCurrencyUnitPrice":null,"internalCurrencyAdjustedPrice":30',
      '22',
    ],
  ])('finds the price in force: %s', (_name, prices, expected) => {
    expect(service(prices).unitPrice?.toFixed() ?? null).toBe(expected);
  });
});
