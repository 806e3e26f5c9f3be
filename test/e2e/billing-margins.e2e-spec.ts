import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PSA_CONNECTOR_OPENAPI } from '../../src/psa-connector.openapi.js';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import type { Line } from '../support/billing/scenario-types.js';
import { expectProblem } from '../support/connector.js';
import { DocumentedApi } from '../support/documented-api.js';
import { until } from '../support/until.js';

const eur = (amount: string) => ({ amount, currency: 'EUR' });

describe('margin rules', () => {
  let scenario: BillingScenario;
  let rules: string;

  beforeAll(async () => {
    scenario = await BillingScenario.start();
    rules = `/connections/${scenario.connectionId}/margin-rules`;
  });

  beforeEach(() => scenario.setPolicies({ prices: 'platform', applyMode: 'automatic' }));

  afterAll(async () => {
    await scenario?.stop();
  });

  const put = (id: string, body: object) => scenario.api.send('PUT', `${rules}/${id}`, body);
  const promoted = {
    listPrice: eur('8.40'),
    erpPrice: eur('10.50'),
    unitCost: eur('6.72'),
    promotionId: 'promo',
  };
  const recordPrices = async (line: Line, changes: object) => {
    const body = { ...line.body, ...changes };
    const answer = await scenario.api.send('PUT', `/subscriptions/${line.subscriptionId}`, body);
    expect(answer.status).toBe(200);
  };
  const priceOf = async (line: Line) => {
    const path = `/connections/${scenario.connectionId}/margin-prices?limit=200`;
    const { body } = await scenario.api.get<{ items: { subscriptionId: string }[] }>(path);
    return body.items.find(({ subscriptionId }) => subscriptionId === line.subscriptionId);
  };

  it('are kept, replaced and removed, each with its audit entry, and none for what changes nothing', async () => {
    const body = { method: 'markupOnList', percent: '20', kind: 'fee' };
    expect(await put('fees', body)).toMatchObject({
      status: 201,
      body: { id: 'fees', percent: '20', promotions: 'passOn' },
    });
    expect((await put('fees', body)).status).toBe(200);
    expect(await put('fees', { ...body, percent: '25' })).toMatchObject({
      status: 200,
      body: { percent: '25' },
    });
    expect((await scenario.api.send('DELETE', `${rules}/fees`)).status).toBe(204);
    expectProblem(await scenario.api.send('DELETE', `${rules}/fees`), 404, 'billing.margin_rule_not_found');
    const entries = await scenario.connector.audit('&operation=Save%20Margin%20Rule');
    const own = entries.filter(({ subject }) => subject.id === 'fees');
    expect(own.map(({ outcome, details }) => [outcome, details['after']])).toEqual([
      ['succeeded', expect.objectContaining({ percent: '25' })],
      ['succeeded', expect.objectContaining({ percent: '20' })],
    ]);
    const removed = await scenario.connector.audit('&operation=Delete%20Margin%20Rule');
    expect(removed.map(({ outcome }) => outcome)).toEqual(['failed', 'succeeded']);
  });

  it.each([
    [{ method: 'erpMinusDiscount', percent: '101' }, '/percent'],
    [{ method: 'markupOnList', percent: '10', skuId: '0001' }, '/skuId'],
    [{ method: 'markupOnList', percent: '10', minUnitPrice: '5.005' }, '/minUnitPrice'],
    [{ method: 'markupOnList', percent: '10', minUnitPrice: '6', maxUnitPrice: '5' }, '/minUnitPrice'],
    [{ method: 'halfPrice', percent: '10' }, '/method'],
    [{ method: 'markupOnList', percent: 'ten' }, '/percent'],
  ])('are refused with the field that is wrong: %j', async (body, pointer) => {
    const answer = await put('wrong', body);
    expectProblem(answer, 422, 'request.invalid');
    expect(JSON.stringify(answer.body)).toContain(`"pointer":"${pointer}"`);
  });

  it('are refused where another one is for exactly the same', async () => {
    const body = { method: 'markupOnList', percent: '5', productId: 'SAME' };
    expect((await put('one', body)).status).toBe(201);
    expectProblem(await put('other', body), 409, 'billing.margin_scope_taken');
  });

  it('show what they make of prices, and warn where a promotion and a rule discount twice', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await recordPrices(line, promoted);
    await scenario.settled(line);
    const scope = { customerId: line.subscriptionId };
    await put('twice', { method: 'erpMinusDiscount', percent: '10', ...scope });
    expect(await priceOf(line)).toMatchObject({
      unitPrice: eur('10.00'),
      unitCost: eur('6.72'),
      internalUnitCost: eur('6.72'),
      exchangeRate: null,
      rule: {
        id: 'twice',
        unitPrice: eur('7.56'),
        promotionPercent: '20',
        warnings: ['promotion_discounts_twice'],
      },
      totals: { price: eur('50.00'), cost: eur('33.60'), margin: eur('16.40') },
    });
    await put('twice', { method: 'erpMinusDiscount', percent: '10', promotions: 'keep', ...scope });
    expect(await priceOf(line)).toMatchObject({ rule: { unitPrice: eur('9.45'), warnings: [] } });
  });

  it('make the price of licences where the policy says so, and change it when they change', async () => {
    await scenario.setPolicies({ prices: 'marginRules' });
    const line = await scenario.line({ unitsBefore: 5 });
    const scope = { customerId: line.subscriptionId };
    await put('priced', { method: 'markupOnList', percent: '25', ...scope });
    const priced = (price: string) =>
      until(`the price ${price}`, async () => {
        await scenario.settled(line);
        return scenario.rowOn(line, '2026-12-01')?.price === price ? true : null;
      });
    await recordPrices(line, { listPrice: eur('8.40'), erpPrice: eur('10.50'), effectiveOn: '2026-11-25' });
    await priced('52.5');
    await scenario.setPolicies({ prices: 'platform' });
    expect(scenario.rowOn(line, '2026-12-01')).toMatchObject({ units: 5, price: '52.5' });
  });

  it('make the price of every licence from the day on which the policy says so, and the platform again after that', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await put('switched', { method: 'markupOnList', percent: '100', customerId: line.subscriptionId });
    expect(await scenario.settled(line)).toEqual([]);
    const priced = (price: string) =>
      until(`the price ${price}`, async () => {
        await scenario.settled(line);
        return scenario.rowOn(line, '2026-12-01')?.price === price ? true : null;
      });
    // List price and cost of a seat are 7.
    await scenario.setPolicies({ prices: 'marginRules' });
    await priced('70');
    expect(scenario.rowOn(line, '2026-10-31')).toMatchObject({ price: '50' });
    await scenario.setPolicies({ prices: 'platform' });
    await priced('50');
    const before = await scenario.operations(line);
    await scenario.setPolicies({ prices: 'platform', decrease: 'sameDay' });
    await scenario.settled(line);
    expect(await scenario.operations(line)).toHaveLength(before.length);
  });

  it('are handled by routes that answer as they are documented', async () => {
    const api = new DocumentedApi(scenario.connector);
    const connection = { parameters: { id: scenario.connectionId } };
    const rule = { parameters: { id: scenario.connectionId, ruleId: 'documented' } };
    await api.call('put', '/connections/{id}/margin-rules/{ruleId}', 201, {
      ...rule,
      body: { method: 'splitMargin', percent: '50', productId: 'DOCUMENTED' },
    });
    await api.call('get', '/connections/{id}/margin-rules', 200, connection);
    await api.call('get', '/connections/{id}/margin-prices', 200, connection);
    await api.call('delete', '/connections/{id}/margin-rules/{ruleId}', 204, rule);
    const documented = Object.entries(PSA_CONNECTOR_OPENAPI.paths).flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([, operation]) => operation.tags.includes('Margins'))
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    );
    expect([...api.seen].toSorted()).toEqual(documented.toSorted());
  });
});
