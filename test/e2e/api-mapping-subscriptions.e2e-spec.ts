import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OfferMappingRow, SubscriptionMappingRow } from '../../src/contracts/domain/mapping-rows.js';
import type { Page } from '../../src/kernel/page.js';
import { OFFERS } from '../support/builders/mapping-world.builder.js';
import { newSubscription } from '../support/builders/subscription.builder.js';
import { expectProblem } from '../support/connector.js';
import { expectMappingRefused, MappingFixture } from '../support/mapping-fixture.js';

let mapping: MappingFixture;

beforeAll(async () => {
  mapping = await MappingFixture.start();
});

afterAll(() => mapping?.stop());

describe('mapping subscriptions to contracts', () => {
  beforeAll(async () => {
    await mapping.mapCustomer('contoso', mapping.world.companies.contoso);
    await mapping.mapOffer('exchange', mapping.world.services.exchange);
    await mapping.mapOffer('azure', mapping.world.services.free);
  });

  afterAll(() => mapping.unmapAll());

  it('maps, moves to another contract, and shows the state', async () => {
    const { status, body } = await mapping.mapSubscription('sub-exchange', mapping.world.contracts.good);
    expect([status, body]).toEqual([
      200,
      {
        subscriptionId: 'sub-exchange',
        subscriptionName: 'Contoso workplace',
        offer: OFFERS.exchange,
        customerId: 'contoso',
        customerName: 'Contoso GmbH',
        contractId: mapping.world.contracts.good,
        contractName: 'Contoso cloud',
        state: 'mapped',
        reason: null,
        // The contract does not bill its seats yet; that waits for a plan.
        syncState: 'outOfSync',
      },
    ]);
    expect(
      (await mapping.mapSubscription('sub-exchange', mapping.world.contracts.second)).body,
    ).toMatchObject({
      contractName: 'Contoso workplace',
    });
    expect(await mapping.connector.newestAuditEntry()).toMatchObject({
      operation: 'Update Connection Subscription Mapping',
      details: {
        changes: [
          {
            field: 'contractId',
            before: mapping.world.contracts.good,
            after: mapping.world.contracts.second,
          },
        ],
      },
    });
    const mapped = await mapping.connector.api.get<Page<SubscriptionMappingRow>>(
      mapping.path('subscription', '?state=mapped'),
    );
    expect(mapped.body.items.map(({ subscriptionId }) => subscriptionId)).toEqual(['sub-exchange']);
    const unmapped = await mapping.connector.api.get<Page<SubscriptionMappingRow>>(
      mapping.path('subscription', '?state=unmapped&search=visio'),
    );
    expect(unmapped.body.items).toMatchObject([{ subscriptionId: 'sub-visio', syncState: null }]);
    expect((await mapping.connector.api.delete(mapping.path('subscription', '/sub-exchange'))).status).toBe(
      204,
    );
  });

  it.each([
    ['sub-fabrikam', 'other', 422, 'mapping.customer_unmapped'],
    ['sub-teams', 'good', 422, 'mapping.offer_unmapped'],
    ['sub-exchange', 'materials', 422, 'mapping.contract_not_recurring'],
    ['sub-exchange', 'inactive', 422, 'mapping.contract_inactive'],
    ['sub-exchange', 'later', 422, 'mapping.contract_starts_later'],
    ['sub-exchange', 'ended', 422, 'mapping.contract_ended'],
    ['sub-exchange', 'yearly', 422, 'mapping.period_mismatch'],
    ['sub-exchange', 'other', 422, 'mapping.contract_of_other_company'],
    ['sub-azure', 'midMonth', 422, 'mapping.contract_not_on_day_one'],
    ['sub-dollars', 'good', 422, 'mapping.currency_mismatch'],
  ] as const)('refuses %s with the contract %s', async (subscription, contract, status, code) => {
    const answer = await mapping.mapSubscription(subscription, mapping.world.contracts[contract]);
    await expectMappingRefused(mapping, 'subscription', answer, status, code);
  });

  it('refuses what is not there', async () => {
    expectProblem(
      await mapping.mapSubscription('nothing', mapping.world.contracts.good),
      404,
      'subscription.not_found',
    );
    expectProblem(await mapping.mapSubscription('sub-exchange', '999999'), 404, 'contract.not_found');
  });

  it('takes an Azure plan with a contract from day 1', async () => {
    expect((await mapping.mapSubscription('sub-azure', mapping.world.contracts.good)).status).toBe(200);
    expect((await mapping.connector.api.delete(mapping.path('subscription', '/sub-azure'))).status).toBe(204);
  });

  it('keeps the mappings a mapped subscription rests on', async () => {
    await mapping.mapSubscription('sub-exchange', mapping.world.contracts.good);
    const offers = await mapping.connector.api.get<Page<OfferMappingRow>>(
      mapping.path('offer', '?state=mapped&search=mail'),
    );
    const mappingId = offers.body.items[0]?.mappingId;
    for (const answer of [
      await mapping.connector.api.delete(mapping.path('customer', '/contoso')),
      await mapping.connector.api.delete(mapping.path('offer', `/${mappingId}`)),
      await mapping.mapCustomer('contoso', mapping.world.companies.fabrikam),
      await mapping.put('customer', { customerId: 'contoso', excluded: true, reason: 'x' }),
    ]) {
      expectProblem(answer, 409, 'mapping.in_use');
    }
    expect((await mapping.connector.api.delete(mapping.path('subscription', '/sub-exchange'))).status).toBe(
      204,
    );
  });

  it('follows a subscription that changed its offer when it is mapped again', async () => {
    const change = (offer: object) =>
      mapping.connector.api.send('PUT', '/subscriptions/sub-visio', {
        ...newSubscription(),
        startsOn: '2026-02-10',
        offer,
      });
    await change(OFFERS.exchange);
    await mapping.mapSubscription('sub-visio', mapping.world.contracts.good);
    await change(OFFERS.teams);
    expectProblem(
      await mapping.mapSubscription('sub-visio', mapping.world.contracts.second),
      422,
      'mapping.offer_unmapped',
    );
    await mapping.mapOffer('teams', mapping.world.services.teams);
    expect((await mapping.mapSubscription('sub-visio', mapping.world.contracts.good)).status).toBe(200);
    expect(await mapping.connector.newestAuditEntry()).toMatchObject({
      operation: 'Update Connection Subscription Mapping',
      details: { changes: [{ field: 'offer_mapping_id' }] },
    });
    expect((await mapping.connector.api.delete(mapping.path('subscription', '/sub-visio'))).status).toBe(204);
    await change(OFFERS.visio);
  });
});
