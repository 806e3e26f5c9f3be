import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from '../../src/kernel/page.js';
import type { CustomerResponse, SubscriptionResponse } from '../../src/subscriptions/http/record-response.js';
import type { Problem } from '../support/api-client.js';
import {
  EXCHANGE,
  newCustomer,
  newSubscription,
  type SubscriptionInput,
} from '../support/builders/subscription.builder.js';
import { type Connector, expectProblem, startConnector } from '../support/connector.js';
import { HTTP_ADAPTERS } from '../support/test-app.js';

const today = () => new Date().toISOString().slice(0, 10);
const amount = (text: string, currency = 'EUR') => ({ amount: text, currency });

/** What is wrong, what is changed in a good body, and where the problem document has to point. */
const BAD_SUBSCRIPTIONS: readonly [string, object, string][] = [
  ['no customer', { customerId: undefined }, '/customerId'],
  ['a customer id with a space', { customerId: 'con toso' }, '/customerId'],
  ['no offer', { offer: undefined }, '/offer'],
  ['an offer without a sku', { offer: { ...EXCHANGE, skuId: undefined } }, '/offer/skuId'],
  ['an empty product', { offer: { ...EXCHANGE, productId: '' } }, '/offer/productId'],
  ['a blank segment', { offer: { ...EXCHANGE, segment: '  ' } }, '/offer/segment'],
  ['a term nobody sells', { offer: { ...EXCHANGE, term: 'P2Y' } }, '/offer/term'],
  ['a cycle nobody sells', { offer: { ...EXCHANGE, billingCycle: 'weekly' } }, '/offer/billingCycle'],
  [
    'a cycle longer than the term',
    { offer: { ...EXCHANGE, term: 'P1M', billingCycle: 'annual' } },
    '/offer/billingCycle',
  ],
  [
    'three-yearly billing of one year',
    { offer: { ...EXCHANGE, billingCycle: 'triennial' } },
    '/offer/billingCycle',
  ],
  [
    'an Azure plan billed yearly',
    { kind: 'azurePlan', offer: { ...EXCHANGE, billingCycle: 'annual' } },
    '/offer/billingCycle',
  ],
  ['an unknown offer field', { offer: { ...EXCHANGE, colour: 'red' } }, '/offer/colour'],
  ['an unknown kind', { kind: 'perpetual' }, '/kind'],
  ['half a seat', { quantity: 1.5 }, '/quantity'],
  ['fewer than no seats', { quantity: -1 }, '/quantity'],
  ['seats as text', { quantity: '5' }, '/quantity'],
  ['an unknown status', { status: 'paused' }, '/status'],
  ['a day that does not exist', { startsOn: '2026-02-30' }, '/startsOn'],
  ['a commitment that ends before it starts', { commitmentEndsOn: '2026-03-14' }, '/commitmentEndsOn'],
  ['a change on no day', { effectiveOn: 'yesterday' }, '/effectiveOn'],
  ['an amount as number', { unitPrice: { amount: 4, currency: 'EUR' } }, '/unitPrice/amount'],
  ['an amount with a comma', { unitPrice: amount('4,00') }, '/unitPrice/amount'],
  ['an amount with an exponent', { unitPrice: amount('4e3') }, '/unitPrice/amount'],
  ['a negative price', { unitPrice: amount('-1') }, '/unitPrice'],
  ['a currency that is none', { unitCost: amount('3', 'EUX') }, '/unitCost/currency'],
  ['a list price in another currency', { listPrice: amount('4', 'USD') }, '/listPrice'],
  ['an unknown field', { seats: 5 }, '/seats'],
];

describe.each(HTTP_ADAPTERS)('subscriptions in the connector’s own store under %s', (adapter) => {
  let connector: Connector;

  beforeAll(async () => {
    connector = await startConnector({ adapter });
    await put('customers/contoso', newCustomer());
  });

  afterAll(() => connector?.stop());

  const put = <Body = SubscriptionResponse>(path: string, body: unknown) =>
    connector.api.send<Body & Pick<Problem, 'errors'>>('PUT', `/${path}`, body);
  const putSubscription = (id: string, changes: SubscriptionInput = {}) =>
    put(`subscriptions/${id}`, newSubscription(changes));

  it('records a customer, and says the same again for equal values', async () => {
    const body = { name: ' Fabrikam Inc. ', domain: 'fabrikam.com' };
    const stored = { id: 'fabrikam', name: 'Fabrikam Inc.', domain: 'fabrikam.com', country: null };
    const first = await put<CustomerResponse>('customers/fabrikam', body);
    expect([first.status, first.body]).toEqual([201, stored]);
    const entries = (await connector.audit()).length;
    const second = await put<CustomerResponse>('customers/fabrikam', body);
    expect([second.status, second.body]).toEqual([200, stored]);
    expect((await connector.audit()).length).toBe(entries);
    const { body: found } = await connector.api.get('/customers/fabrikam');
    expect(found).toEqual(stored);
  });

  it('audits what changed of a customer', async () => {
    await put('customers/adventure', { name: 'Adventure Works', country: 'US' });
    await put('customers/adventure', { name: 'Adventure Works Ltd', country: 'US' });
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Record Customer',
      outcome: 'succeeded',
      subject: { type: 'customer', id: 'adventure', label: 'Adventure Works Ltd' },
      details: { changes: [{ field: 'name', before: 'Adventure Works', after: 'Adventure Works Ltd' }] },
    });
  });

  it.each([
    ['no name', { domain: 'contoso.com' }, '/name'],
    ['an unknown field', { name: 'A', tier: 'gold' }, '/tier'],
    ['an address for a domain', { name: 'A', domain: 'https://a.example' }, '/domain'],
    ['a country in words', { name: 'A', country: 'Germany' }, '/country'],
  ])('refuses a customer with %s', async (_, body, pointer) => {
    const answer = await put<CustomerResponse>('customers/refused', body);
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.errors?.map((error) => error.pointer)).toEqual([pointer]);
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Record Customer',
      outcome: 'failed',
      subject: { type: 'customer' },
    });
    expectProblem(await connector.api.get('/customers/refused'), 404, 'customer.not_found');
  });

  it('records a subscription with what was left out as null, and today as the day of the change', async () => {
    const { status, body } = await putSubscription('sub-1');
    expect(status).toBe(201);
    expect(body).toEqual({
      ...newSubscription(),
      id: 'sub-1',
      commitmentEndsOn: null,
      friendlyName: null,
      autoRenew: null,
      promotionId: null,
      listPrice: null,
      erpPrice: null,
      effectiveOn: today(),
      revision: 1,
    });
  });

  it('counts a subscription that begins later from its first day', async () => {
    const startsOn = '2999-01-01' as SubscriptionResponse['startsOn'];
    expect((await putSubscription('sub-later', { startsOn })).body.effectiveOn).toBe(startsOn);
  });

  it('changes nothing for equal values, whatever zeros an amount ends with and whatever the day', async () => {
    await putSubscription('sub-2');
    const entries = (await connector.audit()).length;
    const again = await putSubscription('sub-2', {
      unitPrice: amount('4'),
      effectiveOn: '2026-12-01' as SubscriptionResponse['effectiveOn'],
    });
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ revision: 1, effectiveOn: today() });
    expect((await connector.audit()).length).toBe(entries);
  });

  it('keeps every revision, and audits what changed', async () => {
    await putSubscription('sub-3');
    const effectiveOn = '2026-11-20' as SubscriptionResponse['effectiveOn'];
    await putSubscription('sub-3', { quantity: 7, unitPrice: amount('4.50'), effectiveOn });
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Record Subscription',
      outcome: 'succeeded',
      subject: { type: 'subscription', id: 'sub-3', label: EXCHANGE.name },
      details: {
        changes: [
          { field: 'quantity', before: 5, after: 7 },
          { field: 'unitPrice.amount', before: '4', after: '4.5' },
        ],
        effectiveOn,
        revision: 2,
      },
    });
    const first = await connector.api.get<Page<SubscriptionResponse>>(
      '/subscriptions/sub-3/revisions?limit=1',
    );
    expect(first.body.items).toMatchObject([{ revision: 2, quantity: 7, effectiveOn }]);
    const rest = await connector.api.get<Page<SubscriptionResponse>>(
      `/subscriptions/sub-3/revisions?cursor=${first.body.nextCursor}`,
    );
    expect(rest.body.items).toMatchObject([{ revision: 1, quantity: 5 }]);
    expectProblem(await connector.api.get('/subscriptions/nobody/revisions'), 404, 'subscription.not_found');
  });

  it.each([
    ['JPY', '1200', '1200'],
    ['JPY', '0.3456', '0.3456'],
    ['KWD', '1.5', '1.500'],
    ['EUR', '0.0000000001', '0.0000000001'],
  ])('keeps %s %s exactly', async (currency, given, shown) => {
    const price = amount(given, currency);
    const { body } = await putSubscription(`sub-${currency}-${given}`, { unitCost: price, unitPrice: price });
    expect(body.unitPrice).toEqual(amount(shown, currency));
  });

  it.each(BAD_SUBSCRIPTIONS)('refuses a subscription with %s', async (_, changes, pointer) => {
    const answer = await putSubscription('refused', changes);
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.errors?.map((error) => error.pointer)).toEqual([pointer]);
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Record Subscription',
      outcome: 'failed',
      details: { code: 'request.invalid' },
    });
    expectProblem(await connector.api.get('/subscriptions/refused'), 404, 'subscription.not_found');
  });

  it('refuses an id with spaces, and a customer nobody recorded', async () => {
    const spaced = await putSubscription('sub%20with%20spaces');
    expectProblem(spaced, 422, 'request.invalid');
    expect(spaced.body.errors).toMatchObject([{ pointer: '/id' }]);
    const orphan = await putSubscription('sub-orphan', { customerId: 'nobody' });
    expectProblem(orphan, 422, 'subscription.customer_unknown');
    expect(orphan.body.errors).toMatchObject([{ pointer: '/customerId' }]);
  });

  it('never gives a subscription to another customer', async () => {
    await put('customers/northwind', newCustomer({ name: 'Northwind' }));
    await putSubscription('sub-fixed');
    const moved = await putSubscription('sub-fixed', { customerId: 'northwind' });
    expectProblem(moved, 409, 'subscription.customer_fixed');
    expect(await connector.newestAuditEntry()).toMatchObject({
      outcome: 'failed',
      subject: { id: 'sub-fixed' },
      details: { code: 'subscription.customer_fixed' },
    });
  });

  it('records one of two first recordings that come at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => putSubscription('sub-race', { quantity: index + 1 })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => body.revision))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  });

  it('pages by id, and refuses a cursor it never gave', async () => {
    const first = await connector.api.get<Page<CustomerResponse>>('/customers?limit=1&search=W');
    expect(first.body.items).toHaveLength(1);
    const rest = await connector.api.get<Page<CustomerResponse>>(
      `/customers?search=W&cursor=${first.body.nextCursor}`,
    );
    const names = [...first.body.items, ...rest.body.items].map(({ name }) => name);
    expect(names).toContain('Northwind');
    expect(new Set(names).size).toBe(names.length);
    expectProblem(await connector.api.get('/customers?cursor=forged'), 422, 'request.invalid');
  });

  it('searches percent signs and underscores as they are', async () => {
    const { body } = await connector.api.get<Page<CustomerResponse>>('/customers?search=%25_');
    expect(body.items).toEqual([]);
  });

  it('keeps tenants apart: the same id is another record in another tenant', async () => {
    const reseller = connector.as('reseller');
    expectProblem(await reseller.get('/customers/contoso'), 404, 'customer.not_found');
    expect((await reseller.send('PUT', '/customers/contoso', { name: 'Mine' })).status).toBe(201);
    expectProblem(await reseller.get('/subscriptions/sub-1'), 404, 'subscription.not_found');
    expect((await reseller.get<Page<unknown>>('/subscriptions')).body.items).toEqual([]);
    expect((await connector.api.get('/customers/contoso')).body).toMatchObject({ name: 'Contoso GmbH' });
  });

  it('needs the permission, and a tier that sells', async () => {
    expectProblem(await connector.as(null).get('/customers'), 401, 'access.unauthenticated');
    expectProblem(await connector.as('reader').get('/customers'), 403, 'access.permission_missing');
    const put = (actor: 'reader' | 'customer') =>
      connector.as(actor).send('PUT', '/customers/contoso', newCustomer());
    expectProblem(await put('reader'), 403, 'access.permission_missing');
    expectProblem(await put('customer'), 403, 'subscription.tier_not_allowed');
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Record Customer',
      outcome: 'failed',
      details: { code: 'subscription.tier_not_allowed' },
    });
  });
});
