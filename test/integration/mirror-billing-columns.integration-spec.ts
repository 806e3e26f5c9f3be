import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { localDate } from '../../src/kernel/local-date.js';
import { MoneyDecimal } from '../../src/kernel/money.js';
import type { PsaEntity, PsaRecords } from '../../src/ports/psa/psa-records.js';
import { MirrorScenario } from '../support/builders/mirror-scenario.builder.js';
import { aBillingItem, aContractCharge, anInvoice } from '../support/builders/psa-records.builder.js';

let mirror: MirrorScenario;

beforeAll(async () => {
  mirror = await MirrorScenario.open();
});
beforeEach(() => mirror.begin());
afterAll(() => mirror?.close());

describe('every column of what is billed', () => {
  const AWKWARD = `Zoë's "Büro" \\ {a,b} NULL 名 🧾\n\ttab`;
  const INSTANT = new Date('2026-03-29T01:30:00.123Z');
  const INSTANT_TEXT = '2026-03-29T01:30:00.123+00:00';
  const PRECISE = new MoneyDecimal('123456789012345678.123456789');

  it.each<[PsaEntity, string, PsaRecords[PsaEntity], Record<string, unknown>]>([
    [
      'contractCharges',
      'psa_contract_charge',
      aContractCharge({
        externalId: '1',
        name: AWKWARD,
        units: new MoneyDecimal('-0.5'),
        price: PRECISE,
        isBilled: true,
        reference: AWKWARD,
      }),
      {
        contract_external_id: '1',
        contract_service_external_id: null,
        contract_service_bundle_external_id: null,
        name: AWKWARD,
        description: null,
        charged_on: '2026-01-31',
        billing_code_external_id: '1',
        product_external_id: null,
        units: '-0.5',
        unit_price: '99.9',
        unit_cost: '80',
        price: PRECISE.toFixed(),
        internal_price: '99.9',
        cost: '80',
        is_billable: true,
        is_billed: true,
        reference: AWKWARD,
        purchase_order_number: null,
      },
    ],
    [
      'invoices',
      'psa_invoice',
      anInvoice({
        externalId: '1',
        invoicedAt: INSTANT,
        dueOn: localDate('2026-03-29'),
        total: PRECISE,
        isVoided: true,
        voidedAt: INSTANT,
        raw: { comments: AWKWARD, batchID: 7, paidDate: null },
      }),
      {
        company_external_id: '1',
        number: 'INV-1',
        invoiced_at: INSTANT_TEXT,
        created_at: null,
        due_on: '2026-03-29',
        starts_on: null,
        ends_on: null,
        total: PRECISE.toFixed(),
        tax: '0',
        paid_on: null,
        is_voided: true,
        voided_at: INSTANT_TEXT,
        raw: { comments: AWKWARD, batchID: 7, paidDate: null },
      },
    ],
    [
      'billingItems',
      'psa_billing_item',
      aBillingItem({
        externalId: '1',
        name: AWKWARD,
        postedAt: INSTANT,
        postedOn: localDate('2026-03-29'),
        cost: PRECISE,
        isBillable: false,
        raw: { rate: '100.0000', 'a\tb\\': 'x\ty' },
      }),
      {
        company_external_id: '1',
        contract_external_id: '1',
        contract_service_external_id: '1',
        contract_service_unit_external_id: '1',
        contract_service_bundle_external_id: null,
        contract_service_bundle_unit_external_id: null,
        contract_charge_external_id: null,
        service_external_id: '1',
        service_bundle_external_id: null,
        billing_code_external_id: null,
        invoice_external_id: null,
        name: AWKWARD,
        description: null,
        item_on: '2026-01-01',
        posted_on: '2026-03-29',
        posted_at: INSTANT_TEXT,
        quantity: '5',
        unit_price: '12.5',
        price: '62.5',
        internal_price: '62.5',
        tax: '0',
        cost: PRECISE.toFixed(),
        is_billable: false,
        purchase_order_number: null,
        raw: { rate: '100.0000', 'a\tb\\': 'x\ty' },
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
