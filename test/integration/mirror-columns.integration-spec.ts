import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { localDate } from '../../src/kernel/local-date.js';
import { MoneyDecimal } from '../../src/kernel/money.js';
import type { PsaEntity, PsaRecords } from '../../src/ports/psa/psa-records.js';
import { MirrorScenario } from '../support/builders/mirror-scenario.builder.js';
import {
  aBillingCode,
  aCompany,
  aContractServiceBundle,
  aContractServiceBundleUnit,
  aPriceListService,
  aServiceBundle,
  aContract,
  aContractService,
  aContractServiceUnit,
  aCurrency,
  aService,
} from '../support/builders/psa-records.builder.js';

let mirror: MirrorScenario;

beforeAll(async () => {
  mirror = await MirrorScenario.open();
});
beforeEach(() => mirror.begin());
afterAll(() => mirror?.close());

describe('every column of a mirrored record', () => {
  const AWKWARD = `Zoë's "Büro" \\ {a,b} NULL 名 🧾\n\ttab`;
  const INSTANT = new Date('2026-03-29T01:30:00.123Z');
  const INSTANT_TEXT = '2026-03-29T01:30:00.123+00:00';
  const PRECISE = new MoneyDecimal('123456789012345678.123456789');

  it.each<[PsaEntity, string, PsaRecords[PsaEntity], Record<string, unknown>]>([
    [
      'currencies',
      'psa_currency',
      aCurrency({ externalId: '1', code: 'XXX', isActive: false, isInternal: false, exchangeRate: PRECISE }),
      { code: 'XXX', is_active: false, is_internal: false, exchange_rate: PRECISE.toFixed() },
    ],
    [
      'companies',
      'psa_company',
      aCompany({
        externalId: '1',
        name: AWKWARD,
        number: '',
        type: AWKWARD,
        isActive: false,
        webAddress: '{}',
      }),
      {
        name: AWKWARD,
        number: '',
        type: AWKWARD,
        is_active: false,
        currency_external_id: null,
        parent_external_id: null,
        web_address: '{}',
      },
    ],
    [
      'services',
      'psa_service',
      aService({
        externalId: '1',
        name: AWKWARD,
        description: AWKWARD,
        sku: 'NULL',
        periodType: 'semi_annual',
        unitPrice: new MoneyDecimal('-0.0001'),
        unitCost: null,
        billingCodeExternalId: '7',
      }),
      {
        name: AWKWARD,
        description: AWKWARD,
        sku: 'NULL',
        period_type: 'semi_annual',
        is_active: true,
        unit_price: '-0.0001',
        unit_cost: null,
        billing_code_external_id: '7',
      },
    ],
    [
      'contracts',
      'psa_contract',
      aContract({
        externalId: '1',
        name: AWKWARD,
        number: AWKWARD,
        startsOn: localDate('2024-02-29'),
        endsOn: localDate('9999-12-31'),
        periodType: 'unknown',
      }),
      {
        company_external_id: '1',
        name: AWKWARD,
        number: AWKWARD,
        type: 'recurring_service',
        is_active: true,
        period_type: 'unknown',
        starts_on: '2024-02-29',
        ends_on: '9999-12-31',
      },
    ],
    [
      'contractServices',
      'psa_contract_service',
      aContractService({
        externalId: '1',
        unitPrice: PRECISE,
        unitCost: new MoneyDecimal(0),
        internalUnitPrice: null,
      }),
      {
        contract_external_id: '1',
        service_external_id: '1',
        description: null,
        unit_price: PRECISE.toFixed(),
        unit_cost: '0',
        internal_unit_price: null,
      },
    ],
    [
      'contractServiceUnits',
      'psa_contract_service_unit',
      aContractServiceUnit({
        externalId: '1',
        startsOn: localDate('2026-03-29'),
        endsOn: localDate('2026-10-25'),
        units: new MoneyDecimal('1e15'),
        price: new MoneyDecimal('0.1').plus('0.2'),
        cost: null,
        postedAt: new Date('2026-03-29T01:30:00.123Z'),
      }),
      {
        contract_external_id: '1',
        contract_service_external_id: '1',
        service_external_id: '1',
        starts_on: '2026-03-29',
        ends_on: '2026-10-25',
        units: '1000000000000000',
        price: '0.3',
        internal_price: '62.5',
        cost: null,
        posted_at: '2026-03-29T01:30:00.123+00:00',
      },
    ],
    [
      'billingCodes',
      'psa_billing_code',
      aBillingCode({ externalId: '1', name: AWKWARD, useType: null, isActive: false, number: AWKWARD }),
      { name: AWKWARD, description: null, use_type: null, is_active: false, number: AWKWARD },
    ],
    [
      'priceListServices',
      'psa_price_list_service',
      aPriceListService({ externalId: '1', unitPrice: PRECISE, usesInternalPrice: true }),
      {
        service_external_id: '1',
        currency_external_id: '1',
        unit_price: PRECISE.toFixed(),
        uses_internal_price: true,
      },
    ],
    [
      'serviceBundles',
      'psa_service_bundle',
      aServiceBundle({ externalId: '1', name: AWKWARD, unitCost: PRECISE, billingCodeExternalId: '9' }),
      {
        name: AWKWARD,
        description: null,
        sku: null,
        period_type: 'monthly',
        is_active: true,
        unit_price: '12.5',
        unit_cost: PRECISE.toFixed(),
        billing_code_external_id: '9',
      },
    ],
    [
      'contractServiceBundles',
      'psa_contract_service_bundle',
      aContractServiceBundle({ externalId: '1', description: AWKWARD, internalUnitPrice: PRECISE }),
      {
        contract_external_id: '1',
        service_bundle_external_id: '1',
        description: AWKWARD,
        unit_price: '40',
        internal_unit_price: PRECISE.toFixed(),
      },
    ],
    [
      'contractServiceBundleUnits',
      'psa_contract_service_bundle_unit',
      aContractServiceBundleUnit({ externalId: '1', cost: null, postedAt: INSTANT }),
      {
        contract_external_id: '1',
        contract_service_bundle_external_id: '1',
        service_bundle_external_id: '1',
        starts_on: '2026-01-01',
        ends_on: '2026-01-31',
        units: '2',
        price: '80',
        internal_price: '80',
        cost: null,
        posted_at: INSTANT_TEXT,
      },
    ],
  ])('survives, for %s', async (entity, table, record, expected) => {
    await mirror.merge(entity, record);
    const values = await mirror.valuesOf(table, '1');
    expect(values).toEqual(expected);
    expect(Object.keys(values).toSorted()).toEqual(Object.keys(expected).toSorted());
    expect(await mirror.merge(entity, record)).toEqual({
      created: 0,
      updated: 0,
      unchanged: 1,
    });
  });
});
