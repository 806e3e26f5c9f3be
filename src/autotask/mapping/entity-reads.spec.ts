import { describe, expect, it } from 'vitest';
import { parseLosslessJson } from '../client/lossless-json.js';
import { autotaskMetadata } from './autotask-metadata.js';
import { ENTITY_READS } from './entity-reads.js';

const METADATA = autotaskMetadata({ pickLists: { servicePeriodType: { 5: 'Yearly' } } });

describe('the entities read', () => {
  it.each(Object.values(ENTITY_READS).map((read) => [read.entity, read.fields] as const))(
    'asks for the id of %s, without which there is no paging',
    (_entity, fields) => {
      expect(fields).toContain('id');
      expect(new Set(fields).size).toBe(fields.length);
    },
  );

  it('reads a currency', () => {
    const row = parseLosslessJson(
      '{"id":2,"name":"usd","isActive":1,"isInternalCurrency":false,"exchangeRate":1.10253,"displaySymbol":1}',
    );
    const record = ENTITY_READS.currencies.fromAutotask(row, METADATA);
    expect(record).toMatchObject({ externalId: '2', code: 'USD', isActive: true, isInternal: false });
    expect(record.exchangeRate?.toFixed()).toBe('1.10253');
  });

  it('reads a service, of an older version without sku', () => {
    const row = { id: 9001, name: 'M365', periodType: 5, isActive: true, unitPrice: 12, billingCodeID: 44 };
    expect(ENTITY_READS.services.fromAutotask(row, METADATA)).toMatchObject({
      externalId: '9001',
      description: null,
      sku: null,
      periodType: 'yearly',
      unitCost: null,
      billingCodeExternalId: '44',
    });
  });

  it('reads units of a contract service', () => {
    const row = parseLosslessJson(
      '{"id":31,"contractID":7001,"contractServiceID":5,"serviceID":9001,"startDate":"2026-01-01T00:00:00Z",' +
        '"endDate":"2026-01-31T00:00:00Z","units":25,"price":465.0000,"cost":387.5000,"approveAndPostDate":"2026-02-01T03:04:05Z"}',
    );
    const record = ENTITY_READS.contractServiceUnits.fromAutotask(row, METADATA);
    expect(record).toMatchObject({
      contractServiceExternalId: '5',
      startsOn: '2026-01-01',
      endsOn: '2026-01-31',
    });
    expect(record.units.toFixed()).toBe('25');
    expect(record.cost?.toFixed()).toBe('387.5');
    expect(record.postedAt?.toISOString()).toBe('2026-02-01T03:04:05.000Z');
  });
});
