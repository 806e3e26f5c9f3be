import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { offerKey, OFFERS } from '../support/builders/mapping-world.builder.js';
import { credentialsOf, expectProblem } from '../support/connector.js';
import { MappingFixture, type MappingKind } from '../support/mapping-fixture.js';

let mapping: MappingFixture;

beforeAll(async () => {
  mapping = await MappingFixture.start();
});

afterAll(() => mapping?.stop());

describe('mappings and their connection', () => {
  it('are hidden from other tenants, and need a permission and a tier', async () => {
    for (const kind of ['customer', 'offer', 'subscription'] as const) {
      const rows = mapping.path(kind);
      expectProblem(await mapping.connector.as('reseller').get(rows), 404, 'connection.not_found');
      expectProblem(
        await mapping.connector.as('reseller').get(`${rows}/suggestions`),
        404,
        'connection.not_found',
      );
      expectProblem(
        await mapping.connector.as('reseller').get(`${rows}/export.csv`),
        404,
        'connection.not_found',
      );
      expectProblem(await mapping.connector.as('reader').get(rows), 403, 'access.permission_missing');
    }
    const body = { customerId: 'contoso', companyId: mapping.world.companies.contoso };
    const as = (actor: 'reseller' | 'reader' | 'customer') =>
      mapping.connector.as(actor).send('PUT', mapping.path('customer'), body);
    expectProblem(await as('reseller'), 404, 'connection.not_found');
    expectProblem(await as('reader'), 403, 'access.permission_missing');
    expectProblem(await as('customer'), 403, 'connection.tier_not_allowed');
    expectProblem(
      await mapping.connector.as('customer').delete(mapping.path('customer', '/contoso')),
      403,
      'connection.tier_not_allowed',
    );
  });

  it('are archived when it is removed, which frees the subscription for another one', async () => {
    const first = await mapAll();
    const second = await mapping.connector.connect({
      alias: 'Single',
      credentials: credentialsOf('all-rights@sandbox-single.example'),
    });
    await seedSecond(second.id);
    const other = { subscriptionId: 'sub-exchange', contractId: 'elsewhere' };
    const taken = await mapping.connector.api.send(
      'PUT',
      `/connections/${second.id}/subscription-mappings`,
      other,
    );
    expectProblem(taken, 409, 'mapping.subscription_taken');
    expect((await mapping.connector.api.delete(`/connections/${mapping.id}`)).status).toBe(204);
    expect(await mapping.connector.newestAuditEntry()).toMatchObject({
      operation: 'Delete Connector Connection',
      details: { archivedMappings: { customer: 1, offer: 1, subscription: 1 } },
    });
    const free = await mapping.connector.api.send(
      'PUT',
      `/connections/${second.id}/subscription-mappings`,
      other,
    );
    expect(free.status).toBe(200);
    const kept = await mapping.connector.rows<{ id: string }>(
      'SELECT id FROM psa_connector.subscription_mapping WHERE archived_at IS NOT NULL',
    );
    expect(kept).toHaveLength(1);
    expect(first).toBe(200);
  });
});

async function mapAll(): Promise<number> {
  await mapping.mapCustomer('contoso', mapping.world.companies.contoso);
  await mapping.mapOffer('exchange', mapping.world.services.exchange);
  return (await mapping.mapSubscription('sub-exchange', mapping.world.contracts.good)).status;
}

/** What a second instance would hold after a sync, and the mappings a subscription rests on there. */
async function seedSecond(connectionId: string): Promise<void> {
  const mirror = (table: string, columns: string, values: string) =>
    mapping.connector.rows(
      `INSERT INTO psa_connector.${table} (connection_id, external_id, ${columns}) VALUES ($1, 'elsewhere', ${values})`,
      [connectionId],
    );
  await mirror('psa_company', 'name, type, is_active', `'Contoso', 'customer', true`);
  await mirror('psa_service', 'name, period_type, is_active', `'Mail', 'monthly', true`);
  await mirror(
    'psa_contract',
    'company_external_id, name, type, is_active, period_type, starts_on, ends_on',
    `'elsewhere', 'Cloud', 'recurring_service', true, 'monthly', '2020-01-01', '2099-12-31'`,
  );
  const at = (kind: MappingKind) => `/connections/${connectionId}/${kind}-mappings`;
  const customer = { customerId: 'contoso', companyId: 'elsewhere' };
  const offer = { offer: offerKey(OFFERS.exchange), serviceId: 'elsewhere' };
  expect((await mapping.connector.api.send('PUT', at('customer'), customer)).status).toBe(200);
  expect((await mapping.connector.api.send('PUT', at('offer'), offer)).status).toBe(200);
}
