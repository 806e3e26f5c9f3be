import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { ChargeScenario, eur } from '../support/billing/charge-scenario.js';
import { type ImportedLineValues, importLines, supersede } from '../support/billing/imported-lines.js';
import { demand } from '../support/billing/scenario-helpers.js';
import type { Line } from '../support/billing/scenario-types.js';
import { until } from '../support/until.js';

const REFUSAL = { kind: 'status', status: 500, body: { errors: ['The contract is locked.'] } } as const;
const chargesOf = (line: Line) => new RegExp(`Contracts/${line.contractId}/Charges$`);
const importedBy =
  ({ subscriptionId }: Line) =>
  (values: Partial<ImportedLineValues> & { subtotal: string }): ImportedLineValues => ({
    billingMonth: '2026-10-01',
    customerId: subscriptionId,
    subscriptionId,
    ...values,
  });

describe('the ledger of amounts beside the seats', () => {
  let scenario: BillingScenario;
  let amounts: ChargeScenario;

  beforeAll(async () => {
    scenario = await BillingScenario.start();
    amounts = new ChargeScenario(scenario);
  });

  afterEach(async () => {
    scenario.simulator.faults.clear();
    await scenario.setPolicies({ applyMode: 'automatic', charges: 'itemised' });
  });

  afterAll(async () => {
    await scenario?.stop();
  });

  const operationsOnce = (line: Line, count: number) =>
    until(`${count} operations`, async () => {
      const operations = await scenario.operations(line);
      return operations.length === count ? operations.toReversed() : null;
    });
  const failed = (line: Line) =>
    until('the failure', async () => {
      const operations = await scenario.operations(line);
      return operations.find(({ state }) => state === 'failed') ?? null;
    });

  const renameCharge = (id: string, to: string) =>
    scenario.connector.rows(
      `UPDATE psa_connector.billing_operation SET step = jsonb_set(step, '{charge,chargeId}', to_jsonb($2::text))
       WHERE connection_id = $3 AND step -> 'charge' ->> 'chargeId' = $1`,
      [id, to, scenario.connectionId],
    );

  it('numbers a charge behind those that were given up, whose numbers others bear by then', async () => {
    await scenario.setPolicies({ charges: 'bundled' });
    const line = await amounts.azurePlan();
    scenario.simulator.faults.add({ path: chargesOf(line), times: 1, fault: REFUSAL });
    await amounts.record(line, '10.00');
    const { id } = await failed(line);
    await amounts.record(line, '5.00');
    await operationsOnce(line, 2);
    demand(await scenario.api.post(`/operations/${id}/dismiss`), 200);
    await amounts.billed(line, '5.00');
    const posting = { until: '2026-10-31', contractID: line.contractId, what: 'charges' };
    await scenario.control('POST', '/postings', posting);
    await amounts.record(line, '3.00');
    expect((await amounts.billed(line, '8.00')).map(({ amount }) => amount)).toEqual(['5', '3']);
  });

  it('lets pushes go on where amounts cannot be decided about', async () => {
    const line = await amounts.azurePlan();
    const { id } = await amounts.record(line, '1.00');
    await amounts.billed(line, '1.00');
    const other = await scenario.line({ unitsBefore: 5 });
    await renameCharge(id, 'taken');
    await amounts.record(line, '2.00', { id: 'taken' });
    await scenario.change(other, { quantity: 6 });
    expect((await scenario.settled(other)).at(-1)).toMatchObject({ state: 'applied' });
    await renameCharge('taken', id);
    await amounts.billed(line, '3.00');
  });

  it('gives back what a corrected file no longer has where the subscription is billed now', async () => {
    await scenario.setPolicies({ charges: 'bundled' });
    const line = await amounts.azurePlan();
    const told = importedBy(line);
    const first = await importLines(scenario.connector, [
      told({ productId: 'X', subtotal: '40.00' }),
      told({ productId: 'Y', subtotal: '10.00' }),
    ]);
    await scenario.pullAll();
    await amounts.billed(line, '50.00');
    const moved = await amounts.moved(line);
    const second = await importLines(scenario.connector, [
      told({ productId: 'Y', subtotal: '10.00' }),
      told({ productId: 'Z', subtotal: '38.00' }),
    ]);
    await supersede(scenario.connector, first, second);
    await scenario.pullAll();
    expect((await amounts.billed(moved, '-2.00')).map(({ cost }) => cost)).toEqual(['-2']);
    expect(amounts.charges(line).map(({ amount }) => amount)).toEqual(['50']);
  });

  it('offers a person to give back the only amount a customer had', async () => {
    const line = await amounts.azurePlan();
    const other = await amounts.azurePlan();
    const first = await importLines(scenario.connector, [importedBy(line)({ subtotal: '40.00' })]);
    await scenario.pullAll();
    await amounts.billed(line, '40.00');
    await scenario.setPolicies({ applyMode: 'approval' });
    const second = await importLines(scenario.connector, [importedBy(other)({ subtotal: '5.00' })]);
    await supersede(scenario.connector, first, second);
    const { steps } = await scenario.plan();
    expect(steps.filter(({ subscriptionId }) => subscriptionId === line.subscriptionId)).toMatchObject([
      { kind: 'updateCharge', impact: eur('-40.00') },
    ]);
  });

  it('bills a month the contract of now does not have on the one before, also beside a change that waits', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    const next = await amounts.moved(line);
    const contracts = scenario.database.table('Contracts');
    contracts.update(line.contractId, { endDate: '2026-09-30T00:00:00Z' });
    contracts.update(next.contractId, { startDate: '2026-10-01T00:00:00Z' });
    const september = { servicePeriod: { from: '2026-09-01', to: '2026-09-30' } };
    await amounts.record(line, '12.34', september);
    expect(await amounts.billed(line, '12.34')).toMatchObject([{ on: '2026-09-30' }]);
    await scenario.setPolicies({ applyMode: 'approval' });
    await amounts.record(line, '5.00', september);
    await scenario.change(next, { quantity: 6 });
    await scenario.applyAll();
    await amounts.billed(line, '17.34');
    expect(scenario.unitsOn(next, '2026-11-25')).toBe(6);
    expect(amounts.charges(next)).toEqual([]);
  });

  it('plans the change of a charge again that was billed before it was sent, when it is retried', async () => {
    await scenario.setPolicies({ charges: 'bundled' });
    const line = await scenario.line({ unitsBefore: 5 });
    await amounts.record(line, '10.00');
    await amounts.billed(line, '10.00');
    await scenario.stopPushes();
    await amounts.record(line, '3.00');
    await scenario.pullAll();
    const posting = { until: '2026-10-31', contractID: line.contractId, what: 'charges' };
    await scenario.control('POST', '/postings', posting);
    await scenario.resumePushes();
    const { id, kind, lastError } = await failed(line);
    expect([kind, lastError?.code]).toEqual(['updateCharge', 'billing.conflict']);
    await scenario.change(line, { quantity: 6 });
    demand(await scenario.api.post(`/operations/${id}/retry`), 202);
    expect((await amounts.billed(line, '13.00')).map(({ amount }) => amount)).toEqual(['10', '3']);
    expect(await scenario.operations(line)).toContainEqual(
      expect.objectContaining({
        id,
        state: 'dismissed',
        lastError: expect.objectContaining({ code: 'billing.planned_again' }),
      }),
    );
    await scenario.settled(line);
    expect(scenario.unitsOn(line, '2026-11-25')).toBe(6);
  });

  it('keeps what a contract may have taken that is left, and bills it nowhere else', async () => {
    await scenario.setPolicies({ charges: 'bundled' });
    const line = await scenario.line({ unitsBefore: 5 });
    await amounts.record(line, '10.00');
    await amounts.billed(line, '10.00');
    const silent = { kind: 'status', status: 200, body: { itemId: 987_654 } } as const;
    scenario.simulator.faults.add({ method: 'PATCH', path: chargesOf(line), times: 1, fault: silent });
    await amounts.record(line, '5.00');
    const { id, lastError } = await failed(line);
    expect(lastError?.code).toBe('billing.not_confirmed');
    const moved = await amounts.moved(line);
    await scenario.pullAll();
    await amounts.record(moved, '1.00');
    await amounts.billed(moved, '1.00');
    demand(await scenario.api.post(`/operations/${id}/retry`), 202);
    await amounts.billed(line, '15.00');
  });
});
