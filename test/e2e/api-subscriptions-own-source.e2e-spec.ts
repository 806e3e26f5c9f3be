import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OfferMappingRow } from '../../src/contracts/domain/mapping-rows.js';
import type { Page } from '../../src/kernel/page.js';
import { newCharge, newCustomer, newSubscription } from '../support/builders/subscription.builder.js';
import { type Connector, expectProblem, startConnector } from '../support/connector.js';
import { FakeSubscriptionSource } from '../support/fakes/fake-subscription-source.js';

describe('a host with subscriptions of its own', () => {
  let connector: Connector;

  beforeAll(async () => {
    connector = await startConnector({ subscriptionSource: FakeSubscriptionSource, hasProblemFilter: true });
  });

  afterAll(() => connector?.stop());

  it('shows them', async () => {
    expect((await connector.api.get('/customers/hosted')).body).toMatchObject({ name: 'Hosted Ltd' });
    const { body } = await connector.api.get<Page<object>>('/subscriptions');
    expect(body.items).toMatchObject([{ id: 'hosted-sub', unitPrice: { amount: '2.00', currency: 'EUR' } }]);
    expectProblem(await connector.api.get('/customers/contoso'), 404, 'customer.not_found');
  });

  it('has no routes that write to the connector’s store, and does not describe them', async () => {
    for (const answer of [
      await connector.api.send('PUT', '/customers/contoso', newCustomer()),
      await connector.api.send('PUT', '/subscriptions/sub-1', newSubscription()),
      await connector.api.post('/charges', newCharge()),
      await connector.api.get('/charges/charge-1'),
    ]) {
      expectProblem(answer, 404, 'request.not_found');
    }
    const { body } = await connector.api.get<{ paths: Record<string, object> }>('/openapi.json');
    expect(Object.keys(body.paths['/subscriptions/{id}'] ?? {})).toEqual(['get']);
    expect(body.paths['/charges/{id}']).toBeUndefined();
  });

  it('can map them', async () => {
    const { id } = await connector.connect();
    const offers = await connector.api.get<Page<OfferMappingRow>>(`/connections/${id}/offer-mappings`);
    expect(offers.body.items).toMatchObject([{ offer: { name: 'Own offer' }, state: 'unmapped' }]);
    const customers = await connector.api.get<Page<object>>(`/connections/${id}/customer-mappings`);
    expect(customers.body.items).toMatchObject([{ customerId: 'hosted', state: 'unmapped' }]);
  });
});
