import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  CustomerMappingRow,
  OfferMappingRow,
  SubscriptionMappingRow,
} from '../../src/contracts/domain/mapping-rows.js';
import type { Page } from '../../src/kernel/page.js';
import type { Problem } from '../support/api-client.js';
import {
  fillAutotask,
  fillPlatform,
  type MappingWorld,
  offerKey,
  OFFERS,
} from '../support/builders/mapping-world.builder.js';
import { newSubscription } from '../support/builders/subscription.builder.js';
import { type Connector, credentialsOf, expectProblem, startConnector } from '../support/connector.js';

let connector: Connector;
let world: MappingWorld;
let id: string;

beforeAll(async () => {
  connector = await startConnector();
  world = fillAutotask(connector);
  await fillPlatform(connector);
  ({ id } = await connector.connect());
  expect(await connector.sync(id)).toMatchObject({ state: 'succeeded' });
});

afterAll(() => connector?.stop());

type Kind = 'customer' | 'offer' | 'subscription';

const path = (kind: Kind, rest = '') => `/connections/${id}/${kind}-mappings${rest}`;
const put = <Body>(kind: Kind, body: object) => connector.api.send<Body>('PUT', path(kind), body);
const mapCustomer = (customerId: string, companyId: string) =>
  put<CustomerMappingRow & Problem>('customer', { customerId, companyId });
const mapOffer = (name: keyof typeof OFFERS, serviceId: string) =>
  put<OfferMappingRow>('offer', { offer: offerKey(OFFERS[name]), serviceId });
const mapSubscription = (subscriptionId: string, contractId: string) =>
  put<SubscriptionMappingRow>('subscription', { subscriptionId, contractId });

/** Every test leaves the connection without mappings. */
async function unmapAll(): Promise<void> {
  for (const kind of ['subscription', 'offer', 'customer'] as const) {
    for (const state of ['mapped', 'excluded']) {
      const { body } = await connector.api.get<Page<Record<string, string>>>(path(kind, `?state=${state}`));
      for (const row of body.items) {
        const key = row[kind === 'offer' ? 'mappingId' : `${kind}Id`];
        expect((await connector.api.delete(path(kind, `/${key}`))).status).toBe(204);
      }
    }
  }
}

async function expectRefused(
  answer: { status: number; headers: Headers; body: unknown; text: string },
  status: number,
  code: string,
  kind: Kind,
): Promise<void> {
  expectProblem(answer, status, code);
  const name = { customer: 'Customer', offer: 'Offer', subscription: 'Subscription' }[kind];
  expect(await connector.newestAuditEntry()).toMatchObject({
    operation: `Create Connection ${name} Mapping`,
    outcome: 'failed',
    connectionId: id,
    subject: { type: `${kind} mapping` },
    details: { code },
  });
}

describe('mapping customers to companies', () => {
  it('maps, says the same again for the same, and audits the change once', async () => {
    const row = {
      customerId: 'contoso',
      customerName: 'Contoso GmbH',
      companyId: world.companies.contoso,
      companyName: 'Contoso',
      state: 'mapped',
      reason: null,
    };
    const first = await mapCustomer('contoso', world.companies.contoso);
    expect([first.status, first.body]).toEqual([200, row]);
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Create Connection Customer Mapping',
      outcome: 'succeeded',
      connectionId: id,
      subject: { type: 'customer mapping', id: 'contoso', label: 'Contoso GmbH' },
      details: {
        changes: [{ field: 'companyId', before: null, after: world.companies.contoso }],
        targetName: 'Contoso',
      },
    });
    const entries = (await connector.audit()).length;
    const again = await mapCustomer('contoso', world.companies.contoso);
    expect([again.status, again.body]).toEqual([200, row]);
    expect((await connector.audit()).length).toBe(entries);
    await unmapAll();
  });

  it('changes a mapping, and removes it', async () => {
    await mapCustomer('contoso', world.companies.contoso);
    const changed = await mapCustomer('contoso', world.companies.fabrikam);
    expect(changed.body).toMatchObject({ companyName: 'Fabrikam Holding' });
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Update Connection Customer Mapping',
      details: {
        changes: [{ field: 'companyId', before: world.companies.contoso, after: world.companies.fabrikam }],
      },
    });
    expect((await connector.api.delete(path('customer', '/contoso'))).status).toBe(204);
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Delete Connection Customer Mapping',
      outcome: 'succeeded',
      subject: { id: 'contoso' },
    });
    const gone = await connector.api.delete(path('customer', '/contoso'));
    expectProblem(gone, 404, 'mapping.not_found');
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Delete Connection Customer Mapping',
      outcome: 'failed',
    });
  });

  it.each([
    ['vendor', 422, 'mapping.company_not_customer'],
    ['inactive', 422, 'mapping.company_inactive'],
    ['american', 422, 'mapping.currency_mismatch'],
  ] as const)('refuses the company that is %s', async (company, status, code) => {
    await expectRefused(await mapCustomer('contoso', world.companies[company]), status, code, 'customer');
  });

  it('refuses a company another customer is mapped to, and what is not there', async () => {
    await mapCustomer('contoso', world.companies.contoso);
    const taken = await mapCustomer('fabrikam', world.companies.contoso);
    await expectRefused(taken, 409, 'mapping.company_taken', 'customer');
    await expectRefused(await mapCustomer('fabrikam', '999999'), 404, 'company.not_found', 'customer');
    const nobody = await mapCustomer('nobody', world.companies.fabrikam);
    await expectRefused(nobody, 404, 'customer.not_found', 'customer');
    await unmapAll();
  });

  it('keeps a company to one of many customers who ask at the same time', async () => {
    const answers = await Promise.all(
      ['contoso', 'fabrikam', 'tailspin'].map((customer) => mapCustomer(customer, world.companies.contoso)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'mapping.company_taken')).toHaveLength(2);
    await unmapAll();
  });

  it('excludes with a reason, maps an excluded one, and lists by state and search', async () => {
    const reason = 'Billed by hand';
    const excluded = await put<CustomerMappingRow>('customer', {
      customerId: 'fabrikam',
      excluded: true,
      reason,
    });
    expect(excluded.body).toMatchObject({ state: 'excluded', reason, companyId: null });
    await mapCustomer('contoso', world.companies.contoso);
    const listed = async (query: string) => {
      const { body } = await connector.api.get<Page<CustomerMappingRow>>(path('customer', query));
      return body.items.map(({ customerId, state }) => `${customerId} ${state}`);
    };
    expect(await listed('')).toEqual(['contoso mapped', 'fabrikam excluded', 'tailspin unmapped']);
    expect(await listed('?state=mapped')).toEqual(['contoso mapped']);
    expect(await listed('?state=unmapped')).toEqual(['tailspin unmapped']);
    expect(await listed('?state=excluded')).toEqual(['fabrikam excluded']);
    expect(await listed('?search=KAM%20a')).toEqual(['fabrikam excluded']);
    expect(await listed('?state=mapped&search=kam')).toEqual([]);
    expect((await mapCustomer('fabrikam', world.companies.fabrikam)).body).toMatchObject({
      state: 'mapped',
      reason: null,
    });
    await unmapAll();
  });

  it('goes through every row whatever the size of a page', async () => {
    const all = ['contoso', 'fabrikam', 'tailspin'];
    const cases: [string, string[]][] = [
      ['?limit=1', all],
      ['?limit=2', all],
      ['?limit=1&state=unmapped', all],
      ['?limit=1&search=I', ['fabrikam', 'tailspin']],
    ];
    for (const [query, expected] of cases) {
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const next: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const { body } = await connector.api.get<Page<CustomerMappingRow>>(path('customer', query + next));
        seen.push(...body.items.map(({ customerId }) => customerId));
        cursor = body.nextCursor;
      }
      expect(seen).toEqual(expected);
    }
    const forged = await connector.api.get(path('customer', '?cursor=forged'));
    expectProblem(forged, 422, 'request.invalid');
  });

  it.each([
    [{ customerId: 'contoso' }, '/companyId'],
    [{ companyId: '1' }, '/customerId'],
    [{ customerId: 'contoso', excluded: true }, '/reason'],
    [{ customerId: 'contoso', companyId: '1', excluded: true, reason: 'x' }, '/excluded'],
    [{ customerId: 'contoso', companyId: '1', reason: 'x' }, '/reason'],
    [{ customerId: 'contoso', companyId: '1', note: 'x' }, '/note'],
  ])('refuses the body %j', async (body, pointer) => {
    const answer = await put<Problem>('customer', body);
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.errors?.map((error) => error.pointer)).toEqual([pointer]);
  });
});

describe('mapping offers to services', () => {
  it('maps, and removes by the id of the mapping', async () => {
    const { status, body } = await mapOffer('exchange', world.services.exchange);
    expect(status).toBe(200);
    expect(body).toEqual({
      mappingId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      offer: OFFERS.exchange,
      serviceId: world.services.exchange,
      serviceName: 'Mail, small',
      state: 'mapped',
      reason: null,
    });
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Create Connection Offer Mapping',
      subject: { label: OFFERS.exchange.name },
    });
    expectProblem(await connector.api.delete(path('offer', '/nonsense')), 404, 'mapping.not_found');
    expect((await connector.api.delete(path('offer', `/${body.mappingId}`))).status).toBe(204);
  });

  it.each([
    ['exchange', 'inactive', 'mapping.service_inactive'],
    ['exchange', 'yearly', 'mapping.period_mismatch'],
    ['visio', 'exchange', 'mapping.period_mismatch'],
    ['project', 'yearly', 'mapping.period_mismatch'],
    ['azure', 'exchange', 'mapping.azure_service_priced'],
  ] as const)('refuses %s with the service %s', async (name, service, code) => {
    await expectRefused(await mapOffer(name, world.services[service]), 422, code, 'offer');
  });

  it('takes an Azure plan with a free service, and an offer nobody has bought yet', async () => {
    expect((await mapOffer('azure', world.services.free)).status).toBe(200);
    const offer = { ...offerKey(OFFERS.exchange), skuId: '0099', name: 'Mail to come' };
    const { body } = await put<OfferMappingRow>('offer', { offer, serviceId: world.services.exchange });
    expect(body.offer).toEqual(offer);
    await unmapAll();
  });

  it('keeps offers and services one to one', async () => {
    await mapOffer('exchange', world.services.exchange);
    const other = await mapOffer('teams', world.services.exchange);
    await expectRefused(other, 409, 'mapping.service_taken', 'offer');
    expectProblem(await mapOffer('exchange', world.services.teams), 409, 'mapping.offer_taken');
    expectProblem(await mapOffer('exchange', '999999'), 404, 'service.not_found');
    await unmapAll();
  });

  it('lists the offers that were bought, by name', async () => {
    const { body } = await connector.api.get<Page<OfferMappingRow>>(path('offer'));
    expect(body.items.map(({ offer }) => offer.name)).toEqual([
      'Azure plan',
      'Exchange Online (Plan 1)',
      'Project Plan 3',
      'Teams Essentials',
      'Visio Plan 1',
    ]);
    const found = await connector.api.get<Page<OfferMappingRow>>(
      path('offer', '?search=teams&state=unmapped'),
    );
    expect(found.body.items).toHaveLength(1);
  });
});

describe('mapping subscriptions to contracts', () => {
  beforeAll(async () => {
    await mapCustomer('contoso', world.companies.contoso);
    await mapOffer('exchange', world.services.exchange);
    await mapOffer('azure', world.services.free);
  });

  afterAll(unmapAll);

  it('maps, moves to another contract, and shows the state', async () => {
    const { status, body } = await mapSubscription('sub-exchange', world.contracts.good);
    expect([status, body]).toEqual([
      200,
      {
        subscriptionId: 'sub-exchange',
        subscriptionName: 'Contoso workplace',
        offer: OFFERS.exchange,
        customerId: 'contoso',
        customerName: 'Contoso GmbH',
        contractId: world.contracts.good,
        contractName: 'Contoso cloud',
        state: 'mapped',
        reason: null,
        syncState: 'synced',
      },
    ]);
    expect((await mapSubscription('sub-exchange', world.contracts.second)).body).toMatchObject({
      contractName: 'Contoso workplace',
    });
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Update Connection Subscription Mapping',
      details: {
        changes: [{ field: 'contractId', before: world.contracts.good, after: world.contracts.second }],
      },
    });
    const mapped = await connector.api.get<Page<SubscriptionMappingRow>>(
      path('subscription', '?state=mapped'),
    );
    expect(mapped.body.items.map(({ subscriptionId }) => subscriptionId)).toEqual(['sub-exchange']);
    const unmapped = await connector.api.get<Page<SubscriptionMappingRow>>(
      path('subscription', '?state=unmapped&search=visio'),
    );
    expect(unmapped.body.items).toMatchObject([{ subscriptionId: 'sub-visio', syncState: null }]);
    expect((await connector.api.delete(path('subscription', '/sub-exchange'))).status).toBe(204);
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
    const answer = await mapSubscription(subscription, world.contracts[contract]);
    await expectRefused(answer, status, code, 'subscription');
  });

  it('refuses what is not there', async () => {
    expectProblem(await mapSubscription('nothing', world.contracts.good), 404, 'subscription.not_found');
    expectProblem(await mapSubscription('sub-exchange', '999999'), 404, 'contract.not_found');
  });

  it('takes an Azure plan with a contract from day 1', async () => {
    expect((await mapSubscription('sub-azure', world.contracts.good)).status).toBe(200);
    expect((await connector.api.delete(path('subscription', '/sub-azure'))).status).toBe(204);
  });

  it('keeps the mappings a mapped subscription rests on', async () => {
    await mapSubscription('sub-exchange', world.contracts.good);
    const offers = await connector.api.get<Page<OfferMappingRow>>(path('offer', '?state=mapped&search=mail'));
    const mappingId = offers.body.items[0]?.mappingId;
    for (const answer of [
      await connector.api.delete(path('customer', '/contoso')),
      await connector.api.delete(path('offer', `/${mappingId}`)),
      await mapCustomer('contoso', world.companies.fabrikam),
      await put('customer', { customerId: 'contoso', excluded: true, reason: 'x' }),
    ]) {
      expectProblem(answer, 409, 'mapping.in_use');
    }
    expect((await connector.api.delete(path('subscription', '/sub-exchange'))).status).toBe(204);
  });

  it('follows a subscription that changed its offer when it is mapped again', async () => {
    const change = (offer: object) =>
      connector.api.send('PUT', '/subscriptions/sub-visio', {
        ...newSubscription(),
        startsOn: '2026-02-10',
        offer,
      });
    await change(OFFERS.exchange);
    await mapSubscription('sub-visio', world.contracts.good);
    await change(OFFERS.teams);
    expectProblem(await mapSubscription('sub-visio', world.contracts.second), 422, 'mapping.offer_unmapped');
    await mapOffer('teams', world.services.teams);
    expect((await mapSubscription('sub-visio', world.contracts.good)).status).toBe(200);
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Update Connection Subscription Mapping',
      details: { changes: [{ field: 'offer_mapping_id' }] },
    });
    expect((await connector.api.delete(path('subscription', '/sub-visio'))).status).toBe(204);
    await change(OFFERS.visio);
  });
});

describe('mappings and their connection', () => {
  it('are hidden from other tenants, and need a permission and a tier', async () => {
    for (const kind of ['customer', 'offer', 'subscription'] as const) {
      const rows = path(kind);
      expectProblem(await connector.as('reseller').get(rows), 404, 'connection.not_found');
      expectProblem(await connector.as('reseller').get(`${rows}/suggestions`), 404, 'connection.not_found');
      expectProblem(await connector.as('reseller').get(`${rows}/export.csv`), 404, 'connection.not_found');
      expectProblem(await connector.as('reader').get(rows), 403, 'access.permission_missing');
    }
    const body = { customerId: 'contoso', companyId: world.companies.contoso };
    const as = (actor: 'reseller' | 'reader' | 'customer') =>
      connector.as(actor).send('PUT', path('customer'), body);
    expectProblem(await as('reseller'), 404, 'connection.not_found');
    expectProblem(await as('reader'), 403, 'access.permission_missing');
    expectProblem(await as('customer'), 403, 'connection.tier_not_allowed');
    expectProblem(
      await connector.as('customer').delete(path('customer', '/contoso')),
      403,
      'connection.tier_not_allowed',
    );
  });

  it('are archived when it is removed, which frees the subscription for another one', async () => {
    const first = await mapAll();
    const second = await connector.connect({
      alias: 'Single',
      credentials: credentialsOf('all-rights@sandbox-single.example'),
    });
    await seedSecond(second.id);
    const other = { subscriptionId: 'sub-exchange', contractId: 'elsewhere' };
    const taken = await connector.api.send('PUT', `/connections/${second.id}/subscription-mappings`, other);
    expectProblem(taken, 409, 'mapping.subscription_taken');
    expect((await connector.api.delete(`/connections/${id}`)).status).toBe(204);
    expect(await connector.newestAuditEntry()).toMatchObject({
      operation: 'Delete Connector Connection',
      details: { archivedMappings: { customer: 1, offer: 1, subscription: 1 } },
    });
    const free = await connector.api.send('PUT', `/connections/${second.id}/subscription-mappings`, other);
    expect(free.status).toBe(200);
    const kept = await connector.rows<{ id: string }>(
      'SELECT id FROM psa_connector.subscription_mapping WHERE archived_at IS NOT NULL',
    );
    expect(kept).toHaveLength(1);
    expect(first).toBe(200);
  });
});

async function mapAll(): Promise<number> {
  await mapCustomer('contoso', world.companies.contoso);
  await mapOffer('exchange', world.services.exchange);
  return (await mapSubscription('sub-exchange', world.contracts.good)).status;
}

/** What a second instance would hold after a sync, and the mappings a subscription rests on there. */
async function seedSecond(connectionId: string): Promise<void> {
  const mirror = (table: string, columns: string, values: string) =>
    connector.rows(
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
  const at = (kind: Kind) => `/connections/${connectionId}/${kind}-mappings`;
  const customer = { customerId: 'contoso', companyId: 'elsewhere' };
  const offer = { offer: offerKey(OFFERS.exchange), serviceId: 'elsewhere' };
  expect((await connector.api.send('PUT', at('customer'), customer)).status).toBe(200);
  expect((await connector.api.send('PUT', at('offer'), offer)).status).toBe(200);
}
