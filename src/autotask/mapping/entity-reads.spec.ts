import { describe, expect, it } from 'vitest';
import { RECORDED } from '../../../test/contract/recorded-shapes.js';
import { rowsOf } from '../client/keyset-page.js';
import { parseLosslessJson } from '../client/lossless-json.js';
import { autotaskMetadata } from './autotask-metadata.js';
import { ENTITY_READS } from './entity-reads.js';

/** Amounts and times as JSON has them. */
function plain(record: unknown): unknown {
  return JSON.parse(JSON.stringify(record));
}

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
        '"endDate":"2026-01-31T00:00:00Z","units":25,"price":465.0000,"internalCurrencyPrice":511.5,"cost":387.5000,"approveAndPostDate":"2026-02-01T03:04:05Z"}',
    );
    const record = ENTITY_READS.contractServiceUnits.fromAutotask(row, METADATA);
    expect(record).toMatchObject({
      contractServiceExternalId: '5',
      startsOn: '2026-01-01',
      endsOn: '2026-01-31',
    });
    expect(record.units.toFixed()).toBe('25');
    expect(record.cost?.toFixed()).toBe('387.5');
    expect(record.internalPrice?.toFixed()).toBe('511.5');
    expect(record.postedAt?.toISOString()).toBe('2026-02-01T03:04:05.000Z');
  });

  it('reads a service bundle', () => {
    const row = { id: 5, name: 'Workplace', periodType: 5, isActive: true, unitPrice: 40, billingCodeID: 44 };
    expect(plain(ENTITY_READS.serviceBundles.fromAutotask(row, METADATA))).toEqual({
      externalId: '5',
      name: 'Workplace',
      description: null,
      sku: null,
      periodType: 'yearly',
      isActive: true,
      unitPrice: '40',
      unitCost: null,
      billingCodeExternalId: '44',
    });
  });

  it('reads a price list, of which the own price may rule', () => {
    const row = { id: 5, serviceID: 9001, currencyID: 2, unitPrice: null, usesInternalCurrencyPrice: true };
    expect(plain(ENTITY_READS.priceListServices.fromAutotask(row, METADATA))).toEqual({
      externalId: '5',
      serviceExternalId: '9001',
      currencyExternalId: '2',
      unitPrice: null,
      usesInternalPrice: true,
    });
  });

  it('reads a billing code without a name', () => {
    const row = { id: 29683502, useType: 4, isActive: true, name: '', externalNumber: '8400' };
    expect(plain(ENTITY_READS.billingCodes.fromAutotask(row, METADATA))).toEqual({
      externalId: '29683502',
      name: '29683502',
      description: null,
      useType: '4',
      isActive: true,
      number: '8400',
    });
  });

  it.each([
    ['adjusted', '"adjustedPrice":38.5,"internalCurrencyAdjustedPrice":42.35', '38.5', '42.35'],
    ['never adjusted', '"adjustedPrice":null', '40', '44'],
  ])('reads a bundle of a contract, %s', (_name, members, unitPrice, internalUnitPrice) => {
    const row = parseLosslessJson(
      `{"id":6,"contractID":7001,"serviceBundleID":5,"unitPrice":40,"internalCurrencyUnitPrice":44,${members}}`,
    );
    expect(plain(ENTITY_READS.contractServiceBundles.fromAutotask(row, METADATA))).toEqual({
      externalId: '6',
      contractExternalId: '7001',
      serviceBundleExternalId: '5',
      description: null,
      unitPrice,
      internalUnitPrice,
    });
  });

  it('reads units of a bundle', () => {
    const row = parseLosslessJson(
      '{"id":31,"contractID":7001,"contractServiceBundleID":6,"serviceBundleID":5,"startDate":"2026-01-01T00:00:00Z",' +
        '"endDate":"2026-01-31T00:00:00Z","units":6,"price":240.0000,"internalCurrencyPrice":264.0000,"cost":180.0000,"approveAndPostDate":null}',
    );
    expect(plain(ENTITY_READS.contractServiceBundleUnits.fromAutotask(row, METADATA))).toEqual({
      externalId: '31',
      contractExternalId: '7001',
      contractServiceBundleExternalId: '6',
      serviceBundleExternalId: '5',
      startsOn: '2026-01-01',
      endsOn: '2026-01-31',
      units: '6',
      price: '240',
      internalPrice: '264',
      cost: '180',
      postedAt: null,
    });
  });

  it('reads a charge', () => {
    const row = parseLosslessJson(
      '{"id":81,"contractID":7001,"contractServiceID":0,"name":"Azure usage 2026-03","datePurchased":"2026-03-31T00:00:00Z",' +
        '"billingCodeID":29683502,"productID":null,"unitQuantity":1.0000,"unitPrice":123.4500,"unitCost":100.0000,' +
        '"billableAmount":123.4500,"internalCurrencyBillableAmount":135.7950,"extendedCost":100.0000,"isBillableToCompany":true,' +
        '"isBilled":false,"internalPurchaseOrderNumber":"c1/a1/s1/2026-03","purchaseOrderNumber":""}',
    );
    expect(plain(ENTITY_READS.contractCharges.fromAutotask(row, METADATA))).toEqual({
      externalId: '81',
      contractExternalId: '7001',
      contractServiceExternalId: null,
      contractServiceBundleExternalId: null,
      name: 'Azure usage 2026-03',
      description: null,
      chargedOn: '2026-03-31',
      billingCodeExternalId: '29683502',
      productExternalId: null,
      units: '1',
      unitPrice: '123.45',
      unitCost: '100',
      price: '123.45',
      internalPrice: '135.795',
      cost: '100',
      isBillable: true,
      isBilled: false,
      reference: 'c1/a1/s1/2026-03',
      purchaseOrderNumber: null,
    });
  });

  it('reads an invoice, and keeps the row', () => {
    const row = parseLosslessJson(
      '{"id":12,"companyID":239,"invoiceNumber":"INV-2022-12","invoiceDateTime":"2022-12-03T00:00:00Z","dueDate":"2023-01-02T00:00:00Z",' +
        '"invoiceTotal":386.6450,"isVoided":false,"voidedDate":null,"batchID":20221203,"userDefinedFields":[]}',
    );
    expect(plain(ENTITY_READS.invoices.fromAutotask(row, METADATA))).toEqual({
      externalId: '12',
      companyExternalId: '239',
      number: 'INV-2022-12',
      invoicedAt: '2022-12-03T00:00:00.000Z',
      createdAt: null,
      dueOn: '2023-01-02',
      startsOn: null,
      endsOn: null,
      total: '386.645',
      tax: null,
      paidOn: null,
      isVoided: false,
      voidedAt: null,
      raw: {
        id: 12,
        companyID: 239,
        invoiceNumber: 'INV-2022-12',
        invoiceDateTime: '2022-12-03T00:00:00Z',
        dueDate: '2023-01-02T00:00:00Z',
        invoiceTotal: 386.645,
        isVoided: false,
        voidedDate: null,
        batchID: 20221203,
      },
    });
  });

  it('reads a billing item as one was recorded', () => {
    const [row] = rowsOf('BillingItems', parseLosslessJson(RECORDED.billingItem) as Record<string, unknown>);
    const { raw, ...record } = plain(ENTITY_READS.billingItems.fromAutotask(row, METADATA)) as Record<
      string,
      unknown
    >;
    expect(record).toEqual({
      externalId: '26039',
      companyExternalId: '239',
      contractExternalId: '29683363',
      contractServiceExternalId: null,
      contractServiceUnitExternalId: null,
      contractServiceBundleExternalId: null,
      contractServiceBundleUnitExternalId: null,
      contractChargeExternalId: null,
      serviceExternalId: null,
      serviceBundleExternalId: null,
      billingCodeExternalId: '29683502',
      invoiceExternalId: null,
      name: null,
      description: null,
      itemOn: '2021-12-01',
      postedOn: null,
      postedAt: '2022-12-02T08:52:54.023Z',
      quantity: '3.175',
      unitPrice: null,
      price: '386.645',
      internalPrice: null,
      tax: '0',
      cost: '205.998',
      isBillable: true,
      purchaseOrderNumber: null,
    });
    expect(raw).toMatchObject({ id: 26039, extendedPrice: 386.645, internalCurrencyRate: 100 });
  });
});
