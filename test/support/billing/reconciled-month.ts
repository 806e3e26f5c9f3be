import { Decimal } from 'decimal.js';
import type {
  FindingResponse,
  ReportResponse,
} from '../../../src/reconciliation/http/reconciliation-response.js';
import { type ReconLine, reconCsv, reconLine } from '../builders/bill.builder.js';
import { TOKENS } from '../test-actors.js';
import { until } from '../until.js';
import type { BillingScenario } from './billing-scenario.js';
import { MONTH, owedForSeats, type SeatsFrom } from './independent-month.js';
import { demand } from './scenario-helpers.js';
import type { Line } from './scenario-types.js';

const FORMULA = '=HYPERLINK("http://evil.example","Invoice")';

/** Seats with a change, seats edited by hand, an Azure plan, seats nobody pushed, and seats of which the bill has more. */
export interface Lines {
  changed: Line;
  edited: Line;
  azure: Line;
  unpushed: Line;
  short: Line;
}

export async function linesOf(scenario: BillingScenario): Promise<Lines> {
  const changed = await scenario.line({ quantity: 5, unitPrice: '10', unitCost: '7' });
  await scenario.change(changed, { quantity: 8, effectiveOn: '2026-11-10' });
  await scenario.settled(changed);
  const edited = await scenario.line({ quantity: 4, unitPrice: '12', unitCost: '7' });
  const azure = await scenario.line({ kind: 'azurePlan', quantity: 1, unitPrice: '0', unitCost: '0' });
  const short = await scenario.line({ quantity: 2, unitPrice: '10', unitCost: '7' });
  const unpushed = await scenario.unmappedLine({ quantity: 2, unitPrice: '9', unitCost: '7' });
  demand(await scenario.api.send('PUT', `/customers/${edited.subscriptionId}`, { name: FORMULA }), 200, 201);
  return { changed, edited, azure, unpushed, short };
}

export async function importBill(scenario: BillingScenario, lines: Lines): Promise<void> {
  const response = await fetch(
    `${scenario.connector.app.apiUrl}/imports/partner-center?month=${MONTH.name}`,
    {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKENS.admin}`, 'content-type': 'text/csv' },
      body: reconCsv(billOf(lines)),
    },
  );
  const sent = await response.text();
  if (response.status !== 202) throw new Error(sent);
  const { id } = JSON.parse(sent) as { id: string };
  const ended = await until('the import', async () => {
    const { body } = await scenario.api.get<{
      state: string;
      lines: { accepted: number };
      rejections: unknown[];
    }>(`/imports/${id}`);
    return body.state === 'succeeded' || body.state === 'failed' ? body : null;
  });
  if (ended.state !== 'succeeded' || ended.lines.accepted !== billOf(lines).length)
    throw new Error(JSON.stringify(ended));
}

/** Microsoft's bill of the month. */
function billOf({ changed, edited, azure, unpushed, short }: Lines): ReconLine[] {
  let reference = 0;
  const line = (
    id: string,
    customer: string,
    seats: string,
    cost: string,
    change: ReconLine = {},
  ): ReconLine => {
    reference += 1;
    const quantity = change.Quantity ?? seats;
    const subtotal = change.Subtotal ?? new Decimal(cost).times(quantity).toFixed(2);
    return reconLine({
      CustomerId: customer,
      CustomerName: `Customer ${customer}`,
      SubscriptionId: id,
      ChargeType: 'cycleCharge',
      OrderDate: '11/1/2026',
      ChargeStartDate: '11/1/2026',
      ChargeEndDate: '11/30/2026',
      SubscriptionStartDate: '1/1/2026',
      SubscriptionEndDate: '12/31/2026',
      UnitPrice: cost,
      EffectiveUnitPrice: cost,
      Quantity: quantity,
      BillableQuantity: quantity,
      ReferenceId: `reference-${reference}`,
      ...change,
      Subtotal: subtotal,
      Total: subtotal,
    });
  };
  const seats = ({ subscriptionId }: Line, count: string, change: ReconLine = {}) =>
    line(subscriptionId, subscriptionId, count, '7', change);
  const change = { ChargeType: 'addQuantity', ChargeStartDate: '11/10/2026', OrderDate: '11/10/2026' };
  const beside = (type: string, subtotal: string) =>
    line(azure.subscriptionId, azure.subscriptionId, '1', new Decimal(subtotal).abs().toFixed(2), {
      ChargeType: type,
      ProductId: 'DZH318Z0BQ3Q',
      ProductName: 'Reserved instance',
      Subtotal: subtotal,
    });
  return [
    // Not in the order of time, as the files are.
    seats(changed, '8', { ...change, ReferenceId: 'seat-change', Subtotal: '39.20' }),
    seats(changed, '5', {
      ...change,
      ReferenceId: 'seat-change',
      EffectiveUnitPrice: '-7',
      Subtotal: '-24.50',
    }),
    seats(changed, '5'),
    seats(edited, '4'),
    seats(unpushed, '2'),
    seats(short, '3'),
    beside('reservation', '60.00'),
    beside('reservation', '-20.00'),
    line('sub-nobody-mapped', short.subscriptionId, '1', '15.50', { ProductName: 'Visio Plan 2' }),
  ];
}

export async function charge(
  scenario: BillingScenario,
  line: Line,
  id: string,
  amount: string,
): Promise<void> {
  const price = { amount, currency: 'EUR' };
  const answer = await scenario.api.post('/charges', {
    id,
    customerId: line.subscriptionId,
    subscriptionId: line.subscriptionId,
    kind: 'usage',
    description: `Azure usage ${id}`,
    servicePeriod: { from: '2026-11-01', to: '2026-11-24' },
    quantity: '1',
    unitPrice: price,
    unitCost: price,
  });
  demand(answer, 201);
}

export async function invoice(scenario: BillingScenario, line: Line): Promise<void> {
  const contract = scenario.database.table('Contracts').get(line.contractId);
  await scenario.control('POST', '/invoices', { companyID: Number(contract?.['companyID']) });
}

/** What the customers owe for seats, line by line. */
export function owedSeats(): Record<keyof Lines, Decimal> {
  const seats: Record<keyof Lines, SeatsFrom[]> = {
    changed: [
      { day: 1, seats: 5, price: '10' },
      { day: 10, seats: 8, price: '10' },
    ],
    edited: [{ day: 1, seats: 4, price: '12' }],
    azure: [],
    unpushed: [{ day: 1, seats: 2, price: '9' }],
    short: [{ day: 1, seats: 2, price: '10' }],
  };
  return Object.fromEntries(
    Object.entries(seats).map(([name, changes]) => [name, owedForSeats(changes)]),
  ) as Record<keyof Lines, Decimal>;
}

/** The finding with an id, which must be there. */
export function finding({ items }: ReportResponse, id: string): FindingResponse {
  const found = items.find((item) => item.id === id);
  if (found === undefined) throw new Error(`${id} is not among ${items.map((item) => item.id).join(', ')}`);
  return found;
}

const FINDINGS = 'psa_connector.reconciliation_snapshot_finding';

/** What nobody may do to a closed month. */
export const CHANGES_OF_CLOSED = [
  `UPDATE psa_connector.reconciliation_snapshot SET currency = 'USD'`,
  'DELETE FROM psa_connector.reconciliation_snapshot',
  'TRUNCATE psa_connector.reconciliation_snapshot CASCADE',
  `UPDATE ${FINDINGS} SET impact = 0`,
  `DELETE FROM ${FINDINGS}`,
  `TRUNCATE ${FINDINGS}`,
  `INSERT INTO ${FINDINGS}
   SELECT (jsonb_populate_record(finding, jsonb_build_object('finding_id', finding_id || '-more'))).* FROM ${FINDINGS} AS finding`,
];
