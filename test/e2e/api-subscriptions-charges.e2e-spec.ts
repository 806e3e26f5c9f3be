import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from '../../src/kernel/page.js';
import type { ChargeResponse } from '../../src/subscriptions/http/record-response.js';
import type { Problem } from '../support/api-client.js';
import { newCharge, newCustomer, newSubscription } from '../support/builders/subscription.builder.js';
import { type Connector, expectProblem, startConnector } from '../support/connector.js';

const amount = (text: string, currency = 'EUR') => ({ amount: text, currency });
const period = (from: string, to: string) => ({ from, to }) as ChargeResponse['servicePeriod'];

describe('charges in the connector’s own store', () => {
  let connector: Connector;

  beforeAll(async () => {
    connector = await startConnector();
    await connector.api.send('PUT', '/customers/contoso', newCustomer());
  });

  afterAll(() => connector?.stop());

  const put = (path: string, body: unknown) => connector.api.send('PUT', `/${path}`, body);
  const putSubscription = (id: string) => put(`subscriptions/${id}`, newSubscription());

  it('records a charge once, and refuses other content under its id', async () => {
    await putSubscription('sub-charged');
    const body = newCharge({ id: 'charge-1', subscriptionId: 'sub-charged' });
    const first = await connector.api.post<ChargeResponse>('/charges', body);
    expect(first.status).toBe(201);
    expect(first.body).toEqual(body);
    const entries = (await connector.audit()).length;
    const again = await connector.api.post('/charges', { ...body, quantity: '730.50' });
    expect([again.status, again.body]).toEqual([201, body]);
    expect((await connector.audit()).length).toBe(entries);
    expectProblem(await connector.api.post('/charges', { ...body, quantity: 731 }), 409, 'charge.conflict');
    expect((await connector.api.get('/charges/charge-1')).body).toEqual(body);
    expectProblem(await connector.api.get('/charges/charge-9'), 404, 'charge.not_found');
  });

  it('keeps a cost in another currency than the price', async () => {
    const body = newCharge({ id: 'charge-usd', unitCost: amount('1.5', 'USD') });
    expect((await connector.api.post<ChargeResponse>('/charges', body)).status).toBe(201);
    expect((await connector.api.get<ChargeResponse>('/charges/charge-usd')).body).toMatchObject({
      unitCost: { currency: 'USD' },
      unitPrice: { currency: 'EUR' },
    });
  });

  it('lists charges whose service period ends in the days asked for', async () => {
    await connector.api.post(
      '/charges',
      newCharge({ id: 'june-1', servicePeriod: period('2026-06-01', '2026-06-30') }),
    );
    await connector.api.post(
      '/charges',
      newCharge({ id: 'june-2', servicePeriod: period('2026-05-15', '2026-06-14') }),
    );
    await connector.api.post(
      '/charges',
      newCharge({ id: 'july-1', servicePeriod: period('2026-06-15', '2026-07-14') }),
    );
    const { body } = await connector.api.get<Page<ChargeResponse>>('/charges?from=2026-06-01&to=2026-06-30');
    expect(body.items.map(({ id }) => id)).toEqual(['june-1', 'june-2']);
  });

  it.each([
    ['a negative price', { unitPrice: amount('-1') }, '/unitPrice'],
    [
      'a period that ends before it begins',
      { servicePeriod: { from: '2026-10-31', to: '2026-10-01' } },
      '/servicePeriod/to',
    ],
    ['a negative quantity', { quantity: '-1' }, '/quantity'],
    ['an unknown kind', { kind: 'gift' }, '/kind'],
    ['no description', { description: '' }, '/description'],
  ] as const)('refuses a charge with %s', async (_, changes, pointer) => {
    const answer = await connector.api.post<Problem>('/charges', {
      ...newCharge({ id: 'refused' }),
      ...changes,
    });
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.errors?.map((error) => error.pointer)).toEqual([pointer]);
  });

  it('takes money that is given back as a correction', async () => {
    const body = newCharge({
      id: 'credit',
      kind: 'correction',
      unitCost: amount('-3.00'),
      unitPrice: amount('-4.00'),
    });
    expect((await connector.api.post('/charges', body)).body).toMatchObject(body);
  });

  it('refuses a charge for a customer or a subscription that is not there', async () => {
    expectProblem(
      await connector.api.post('/charges', newCharge({ id: 'c-1', customerId: 'nobody' })),
      422,
      'subscription.customer_unknown',
    );
    await put('customers/tailspin', newCustomer({ name: 'Tailspin' }));
    await putSubscription('sub-of-contoso');
    for (const subscriptionId of ['nothing', 'sub-of-contoso']) {
      expectProblem(
        await connector.api.post(
          '/charges',
          newCharge({ id: 'c-2', customerId: 'tailspin', subscriptionId }),
        ),
        422,
        'charge.subscription_unknown',
      );
    }
  });
});
