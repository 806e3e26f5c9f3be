import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BillTotal } from '../../src/imports/domain/bill-totals.js';
import { PostgresBillTotals } from '../../src/imports/persistence/bill-totals.repository.js';
import { localDate } from '../../src/kernel/local-date.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';

const IMPORT = '00000000-0000-4000-8000-000000000001';
const MONTH = localDate('2026-11-01');

let installation: TestInstallation;
let lineNumber = 0;

/** One line: subscription, type, first day, seats, subtotal. */
type Row = [subscription: string | null, type: string, day: string, seats: string, subtotal: string];

async function add(
  tenantId: string,
  rows: readonly Row[],
  change: Record<string, string> = {},
): Promise<void> {
  for (const [subscription, type, day, seats, subtotal] of rows) {
    lineNumber += 1;
    await installation.dataSource.query(
      `INSERT INTO imported_line (tenant_id, import_id, line_number, line_key, content_digest, source, billing_month, customer_id,
         customer_name, subscription_id, charge_type, charge_start, charge_end, order_date, quantity, unit_price, subtotal, total, currency)
       VALUES ($1, $2, $3, $4, 'd', $5, $6, 'contoso', 'Contoso', $7, $8, $9, '2026-11-30', $10, $11, 7, $12, $12, $13)`,
      [
        tenantId,
        IMPORT,
        lineNumber,
        String(lineNumber),
        change['source'] ?? 'nceReconciliation',
        change['month'] ?? MONTH,
        subscription,
        type,
        day,
        change['orderDate'] ?? day,
        seats,
        subtotal,
        change['currency'] ?? 'EUR',
      ],
    );
  }
}

async function totals(tenantId: string): Promise<BillTotal[]> {
  const all: BillTotal[] = [];
  for await (const total of new PostgresBillTotals(installation.dataSource).ofMonth(tenantId, MONTH))
    all.push(total);
  return all;
}

async function seatsOf(tenantId: string, rows: readonly Row[]) {
  await add(tenantId, rows);
  const [total] = await totals(tenantId);
  return [total?.lastSeats?.quantity.toFixed(), total?.lastSeats?.from, total?.isAmbiguous];
}

beforeAll(async () => {
  installation = await openInstallation();
  await installation.dataSource.query(
    `INSERT INTO billing_import (id, tenant_id, content_sha256, content_bytes, format, options, detected, state, correlation_id,
       created_by_id, created_by_name, created_at, touched_at)
     VALUES ($1, 'tenant', 'x', 1, 'nceReconciliation', '{}', '{}', 'queued', 'c', 'a', 'A', now(), now())`,
    [IMPORT],
  );
});

afterAll(() => installation?.close());

describe('what was billed in a month', () => {
  it.each<[string, Row[], unknown[]]>([
    [
      'a refund and a charge, in no order',
      [
        ['s', 'addQuantity', '2026-11-10', '8', '39.20'],
        ['s', 'addQuantity', '2026-11-10', '5', '-24.50'],
        ['s', 'cycleCharge', '2026-11-01', '5', '35.00'],
      ],
      ['8', '2026-11-10', false],
    ],
    [
      'a cancellation',
      [
        ['s', 'new', '2026-11-02', '3', '20.00'],
        ['s', 'cancelImmediate', '2026-11-02', '3', '-20.00'],
      ],
      ['0', '2026-11-02', false],
    ],
    [
      'a refund without a charge after it',
      [
        ['s', 'cycleCharge', '2026-11-01', '3', '21.00'],
        ['s', 'convert', '2026-11-15', '3', '-10.00'],
      ],
      ['0', '2026-11-15', false],
    ],
    [
      'two charges of one day that nothing tells apart',
      [
        ['s', 'addQuantity', '2026-11-10', '8', '39.20'],
        ['s', 'addQuantity', '2026-11-10', '9', '44.10'],
      ],
      ['9', '2026-11-10', true],
    ],
  ])('ends with the seats after %s', async (name, rows, seats) => {
    expect(await seatsOf(name, rows)).toEqual(seats);
  });

  it('is added up by subscription, class, source and currency, in the order of the bytes of ids', async () => {
    const tenant = 'sums';
    await add(tenant, [
      ['b', 'usage', '2026-11-01', '1', '1.005'],
      ['b', 'usage', '2026-11-02', '1', '2.005'],
      ['B', 'customerCredit', '2026-11-01', '1', '-3'],
      [null, 'fee', '2026-11-01', '1', '4'],
      ['a', 'unknown:thing', '2026-11-01', '1', '5'],
    ]);
    await add(tenant, [['b', 'usage', '2026-11-03', '1', '6']], { source: 'dailyUsage' });
    await add(tenant, [['b', 'usage', '2026-11-03', '1', '7']], { currency: 'USD' });
    await add(tenant, [['b', 'usage', '2026-10-03', '1', '8']], { month: '2026-10-01' });
    const found = (await totals(tenant)).map(
      ({ subscriptionId, billClass, source, currency, subtotal, lines }) =>
        `${subscriptionId} ${billClass} ${source} ${currency} ${subtotal.toFixed()} of ${lines}`,
    );
    expect(found).toEqual([
      'null fee nceReconciliation EUR 4 of 1',
      'B credit nceReconciliation EUR -3 of 1',
      'a other nceReconciliation EUR 5 of 1',
      'b usage dailyUsage EUR 6 of 1',
      'b usage nceReconciliation EUR 3.01 of 2',
      'b usage nceReconciliation USD 7 of 1',
    ]);
  });

  it('says whether the month has a bill with seats, and gives its connection back when it is left early', async () => {
    const bill = new PostgresBillTotals(installation.dataSource);
    expect(await bill.hasSeats('sums', MONTH)).toBe(false);
    expect(await bill.hasSeats('a cancellation', MONTH)).toBe(true);
    for (let time = 0; time < 30; time += 1) {
      for await (const _ of bill.ofMonth('sums', MONTH)) break;
    }
    expect((await totals('sums')).length).toBe(6);
  });
});
