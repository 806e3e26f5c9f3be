import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OfferMappingRow } from '../../src/contracts/domain/mapping-rows.js';
import type { Page } from '../../src/kernel/page.js';
import { offerKey, OFFERS } from '../support/builders/mapping-world.builder.js';
import { expectProblem } from '../support/connector.js';
import { expectMappingRefused, MappingFixture } from '../support/mapping-fixture.js';

let mapping: MappingFixture;

beforeAll(async () => {
  mapping = await MappingFixture.start();
});

afterAll(() => mapping?.stop());

describe('mapping offers to services', () => {
  it('maps, and removes by the id of the mapping', async () => {
    const { status, body } = await mapping.mapOffer('exchange', mapping.world.services.exchange);
    expect(status).toBe(200);
    expect(body).toEqual({
      mappingId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      offer: OFFERS.exchange,
      serviceId: mapping.world.services.exchange,
      serviceName: 'Mail, small',
      state: 'mapped',
      reason: null,
    });
    expect(await mapping.connector.newestAuditEntry()).toMatchObject({
      operation: 'Create Connection Offer Mapping',
      subject: { label: OFFERS.exchange.name },
    });
    expectProblem(
      await mapping.connector.api.delete(mapping.path('offer', '/nonsense')),
      404,
      'mapping.not_found',
    );
    expect((await mapping.connector.api.delete(mapping.path('offer', `/${body.mappingId}`))).status).toBe(
      204,
    );
  });

  it.each([
    ['exchange', 'inactive', 'mapping.service_inactive'],
    ['exchange', 'yearly', 'mapping.period_mismatch'],
    ['visio', 'exchange', 'mapping.period_mismatch'],
    ['project', 'yearly', 'mapping.period_mismatch'],
    ['azure', 'exchange', 'mapping.azure_service_priced'],
  ] as const)('refuses %s with the service %s', async (name, service, code) => {
    await expectMappingRefused(
      mapping,
      'offer',
      await mapping.mapOffer(name, mapping.world.services[service]),
      422,
      code,
    );
  });

  it('takes an Azure plan with a free service, and an offer nobody has bought yet', async () => {
    expect((await mapping.mapOffer('azure', mapping.world.services.free)).status).toBe(200);
    const offer = { ...offerKey(OFFERS.exchange), skuId: '0099', name: 'Mail to come' };
    const { body } = await mapping.put<OfferMappingRow>('offer', {
      offer,
      serviceId: mapping.world.services.exchange,
    });
    expect(body.offer).toEqual(offer);
    await mapping.unmapAll();
  });

  it('keeps offers and services one to one', async () => {
    await mapping.mapOffer('exchange', mapping.world.services.exchange);
    const other = await mapping.mapOffer('teams', mapping.world.services.exchange);
    await expectMappingRefused(mapping, 'offer', other, 409, 'mapping.service_taken');
    expectProblem(
      await mapping.mapOffer('exchange', mapping.world.services.teams),
      409,
      'mapping.offer_taken',
    );
    expectProblem(await mapping.mapOffer('exchange', '999999'), 404, 'service.not_found');
    await mapping.unmapAll();
  });

  it('lists the offers that were bought, by name', async () => {
    const { body } = await mapping.connector.api.get<Page<OfferMappingRow>>(mapping.path('offer'));
    expect(body.items.map(({ offer }) => offer.name)).toEqual([
      'Azure plan',
      'Exchange Online (Plan 1)',
      'Project Plan 3',
      'Teams Essentials',
      'Visio Plan 1',
    ]);
    const found = await mapping.connector.api.get<Page<OfferMappingRow>>(
      mapping.path('offer', '?search=teams&state=unmapped'),
    );
    expect(found.body.items).toHaveLength(1);
  });
});
