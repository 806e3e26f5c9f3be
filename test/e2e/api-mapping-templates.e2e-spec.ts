import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MULTI_CURRENCY_CI, type Row } from '../../src/autotask-simulator/testing.js';
import type { MissingMember, UsedRate } from '../../src/contracts/domain/template-records.js';
import type { ApiAnswer } from '../support/api-client.js';
import { offerKey, OFFERS } from '../support/builders/mapping-world.builder.js';
import { expectProblem } from '../support/connector.js';
import { type MappingKind, MappingFixture } from '../support/mapping-fixture.js';
import type { TOKENS } from '../support/test-actors.js';

interface Answer {
  record: Record<string, unknown>;
  missing: MissingMember[];
  rates?: UsedRate[];
  externalId: string;
  mapping: Record<string, unknown>;
  code: string;
  errors: MissingMember[];
}

const ACTIONS = {
  customer: 'create-company',
  offer: 'create-service',
  subscription: 'create-contract',
} as const;
const TABLES = { customer: 'Companies', offer: 'Services', subscription: 'Contracts' } as const;
const OWNER = '29682885';
const BILLING_CODE = '29682804';
const COMPANY = { customerId: 'contoso', phone: '+49 30 1234', ownerId: OWNER };
const SERVICE = { offer: offerKey(OFFERS.teams), billingCodeId: BILLING_CODE };
const CONTRACT = { subscriptionId: 'sub-teams' };
const BODIES = { customer: COMPANY, offer: SERVICE, subscription: CONTRACT } as const;
const KINDS = ['customer', 'offer', 'subscription'] as const;

let mapping: MappingFixture;

beforeAll(async () => {
  mapping = await MappingFixture.start();
});

afterAll(() => mapping?.stop());

function call(
  kind: MappingKind,
  body: object,
  as: keyof typeof TOKENS = 'admin',
): Promise<ApiAnswer<Answer>> {
  return mapping.connector.as(as).post<Answer>(mapping.path(kind, `/${ACTIONS[kind]}`), body);
}

const create = (kind: MappingKind, body: object) => call(kind, { ...body, preview: false });

function rows(kind: MappingKind): Row[] {
  return [...mapping.connector.simulator.world.database(MULTI_CURRENCY_CI).table(TABLES[kind]).all()];
}

/** What the record of a kind rests on. */
async function prepare(kind: MappingKind): Promise<void> {
  if (kind !== 'subscription') return;
  await mapping.mapCustomer('contoso', mapping.world.companies.contoso);
  await mapping.mapOffer('teams', mapping.world.services.teams);
}

/** Lets the time pass in which a request without an answer may still be carried out. */
async function passLease(): Promise<void> {
  await mapping.connector.rows(
    `UPDATE psa_connector.template_creation SET leased_until = now() - interval '1 second'`,
  );
}

describe('records created from templates', () => {
  afterEach(async () => {
    mapping.connector.simulator.faults.clear();
    await mapping.unmapAll();
    // A record of its own for each test: what one has created is found again by the next.
    for (const kind of KINDS) {
      for (const row of rows(kind)) {
        const table = mapping.connector.simulator.world.database(MULTI_CURRENCY_CI).table(TABLES[kind]);
        if (created.has(`${kind} ${row.id}`)) table.remove(row.id);
      }
    }
    created.clear();
    await mapping.connector.rows('DELETE FROM psa_connector.template_creation');
  });

  const created = new Set<string>();
  /** Rows that were not there before, which are removed after the test. */
  async function newRows(kind: MappingKind, work: () => Promise<void>): Promise<Row[]> {
    const before = new Set(rows(kind).map(({ id }) => id));
    await work();
    const found = rows(kind).filter(({ id }) => !before.has(id));
    found.forEach(({ id }) => created.add(`${kind} ${id}`));
    return found;
  }

  it('previews a company and says what cannot be known', async () => {
    const made = await newRows('customer', async () => {
      const { status, body } = await call('customer', { customerId: 'contoso' });
      expect([status, body]).toEqual([
        200,
        {
          record: {
            name: 'Contoso GmbH',
            number: 'contoso',
            type: 'customer',
            phone: null,
            ownerId: null,
            currency: 'EUR',
            currencyId: '1',
            webAddress: 'contoso.com',
            address1: null,
            city: null,
            state: null,
            postalCode: null,
            countryId: null,
          },
          missing: [
            { pointer: '/phone', detail: expect.stringMatching(/Autotask/) },
            { pointer: '/ownerId', detail: expect.stringMatching(/resource/) },
          ],
        },
      ]);
    });
    expect(made).toEqual([]);
  });

  it('creates a company, maps it and shows it before the next pull', async () => {
    const made = await newRows('customer', async () => {
      const { status, body } = await create('customer', COMPANY);
      expect([status, body]).toMatchObject([
        201,
        { record: { name: 'Contoso GmbH' }, mapping: { customerId: 'contoso', state: 'mapped' } },
      ]);
      expect(body.mapping).toMatchObject({ companyId: body.externalId, companyName: 'Contoso GmbH' });
    });
    expect(made).toMatchObject([
      {
        companyName: 'Contoso GmbH',
        companyNumber: 'contoso',
        companyType: 1,
        currencyID: 1,
        phone: '+49 30 1234',
      },
    ]);
    const entries = await mapping.connector.audit('', 2);
    expect(entries).toMatchObject([
      { operation: 'Create Connection Customer Mapping', outcome: 'succeeded' },
      {
        operation: 'Create Company from Template',
        outcome: 'succeeded',
        connectionId: mapping.id,
        details: { externalId: String(made[0]?.id), reference: 'contoso', record: { phone: '+49 30 1234' } },
      },
    ]);
  });

  it('prices a service in the internal currency and shows the rate', async () => {
    const unitPrice = { amount: '10', currency: 'USD' };
    const preview = await call('offer', { ...SERVICE, billingCodeId: undefined, unitPrice });
    const rate = preview.body.rates?.[0];
    expect(preview.status).toBe(200);
    expect(preview.body).toMatchObject({
      record: {
        name: 'Teams Essentials (commercial, P1Y, monthly)',
        sku: 'CFQ7TTC0J1FV:0002',
        periodType: 'monthly',
        unitPrice: { currency: 'EUR', amount: (10 * Number(rate?.rate)).toFixed(2) },
        unitCost: { currency: 'EUR', amount: '3.20' },
      },
      rates: [{ from: 'USD', to: 'EUR' }],
      missing: [{ pointer: '/billingCodeId' }],
    });
    const made = await newRows('offer', async () => {
      const { status, body } = await create('offer', SERVICE);
      expect([status, body]).toMatchObject([
        201,
        { mapping: { serviceId: body.externalId, state: 'mapped' } },
      ]);
    });
    expect(made.map(({ name, periodType, unitPrice: price }) => [name, periodType, String(price)])).toEqual([
      ['Teams Essentials (commercial, P1Y, monthly)', 2, '4'],
    ]);
  });

  it('makes the service of an Azure plan cost nothing', async () => {
    const { body } = await call('offer', { offer: offerKey(OFFERS.azure) });
    expect(body.record).toMatchObject({
      unitPrice: { amount: '0.00', currency: 'EUR' },
      unitCost: { amount: '0.00', currency: 'EUR' },
    });
    const unitPrice = { amount: '1', currency: 'EUR' };
    expectProblem(
      await call('offer', { offer: offerKey(OFFERS.azure), unitPrice }),
      422,
      'mapping.azure_service_priced',
    );
    expectProblem(await call('offer', { offer: offerKey(OFFERS.project) }), 422, 'mapping.period_mismatch');
  });

  it('creates a contract that fits the subscription', async () => {
    expectProblem(await call('subscription', CONTRACT), 422, 'mapping.customer_unmapped');
    await prepare('subscription');
    const made = await newRows('subscription', async () => {
      const { status, body } = await create('subscription', { ...CONTRACT, months: 24, name: 'Teams' });
      expect([status, body]).toMatchObject([
        201,
        {
          record: { number: 'sub-teams@2026-02-10', startsOn: '2026-02-10', endsOn: '2028-02-09' },
          mapping: { contractId: body.externalId, contractName: 'Teams', state: 'mapped' },
        },
      ]);
    });
    expect(made).toMatchObject([
      {
        contractName: 'Teams',
        contractNumber: 'sub-teams@2026-02-10',
        contractType: 7,
        contractPeriodType: 2,
      },
    ]);
  });

  it('starts the contract of an Azure plan on day 1, and none after its subscription', async () => {
    await prepare('subscription');
    await mapping.mapOffer('azure', mapping.world.services.free);
    const { body } = await call('subscription', { subscriptionId: 'sub-azure' });
    expect(body.record).toMatchObject({ startsOn: '2026-02-01' });
    const late = { ...CONTRACT, startsOn: '2026-02-11' };
    expectProblem(await call('subscription', late), 422, 'mapping.contract_starts_later');
    const backwards = await create('subscription', {
      ...CONTRACT,
      startsOn: '2026-02-01',
      endsOn: '2026-01-01',
    });
    expect(backwards.status).toBe(422);
  });

  it.each(KINDS)('creates one record for a %s however often it is asked for', async (kind) => {
    await prepare(kind);
    const made = await newRows(kind, async () => {
      const first = await create(kind, BODIES[kind]);
      const again = await create(kind, BODIES[kind]);
      expect([first.status, again.status]).toEqual([201, 201]);
      expect(again.body).toEqual(first.body);
      expectProblem(await call(kind, BODIES[kind]), 409, 'mapping.already_mapped');
    });
    expect(made).toHaveLength(1);
  });

  it.each(KINDS)('finds the record of a %s whose answer was lost', async (kind) => {
    await prepare(kind);
    const path = new RegExp(`/${TABLES[kind]}$`);
    mapping.connector.simulator.faults.add({ method: 'POST', path, times: 1, fault: { kind: 'dropAfter' } });
    const made = await newRows(kind, async () => {
      expectProblem(await create(kind, BODIES[kind]), 502, 'psa.outcome_unknown');
      expectProblem(await create(kind, BODIES[kind]), 409, 'mapping.creation_under_way');
      await passLease();
      // Other values change nothing about what was begun.
      const { status, body } = await create(kind, { ...BODIES[kind], name: 'Another name' });
      expect([status, body]).toMatchObject([201, { mapping: { state: 'mapped' } }]);
      expect(body.record['name']).not.toBe('Another name');
    });
    expect(made).toHaveLength(1);
  });

  it('sends again what certainly or evidently was not created', async () => {
    const path = /\/Companies$/;
    const { faults } = mapping.connector.simulator;
    const made = await newRows('customer', async () => {
      faults.add({ method: 'POST', path, times: 1, fault: { kind: 'status', status: 403 } });
      expect((await create('customer', COMPANY)).status).toBe(422);
      faults.add({ method: 'POST', path, times: 1, fault: { kind: 'status', status: 504 } });
      expectProblem(await create('customer', COMPANY), 502, 'psa.outcome_unknown');
      await passLease();
      expect((await create('customer', COMPANY)).status).toBe(201);
    });
    expect(made).toHaveLength(1);
  });

  it('creates one record for many calls at the same time', async () => {
    const made = await newRows('customer', async () => {
      const answers = await Promise.all(Array.from({ length: 4 }, () => create('customer', COMPANY)));
      const statuses = answers.map(({ status }) => status);
      expect(statuses).toContain(201);
      expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([]);
    });
    expect(made).toHaveLength(1);
  });

  it('refuses what is missing, taken, excluded or not there, and audits it', async () => {
    const incomplete = await create('customer', { customerId: 'contoso' });
    expectProblem(incomplete, 422, 'mapping.template_incomplete');
    expect(incomplete.body.errors.map(({ pointer }) => pointer)).toEqual(['/phone', '/ownerId']);
    expect(await mapping.connector.newestAuditEntry()).toMatchObject({
      operation: 'Create Company from Template',
      outcome: 'failed',
      subject: { id: 'contoso', label: 'Contoso GmbH' },
      details: { code: 'mapping.template_incomplete' },
    });
    const number = 'K-1';
    expectProblem(await create('customer', { ...COMPANY, number }), 409, 'mapping.reference_taken');
    await mapping.put('customer', { customerId: 'contoso', excluded: true, reason: 'Internal' });
    expectProblem(await create('customer', COMPANY), 409, 'mapping.already_mapped');
    expectProblem(await create('customer', { ...COMPANY, customerId: 'nobody' }), 404, 'customer.not_found');
    expectProblem(await create('subscription', { subscriptionId: 'x' }), 404, 'subscription.not_found');
    expectProblem(await create('customer', { ...COMPANY, ownerId: 'me' }), 422, 'request.invalid');
  });

  it.each(KINDS)('keeps a %s from other tenants, customers and readers', async (kind) => {
    const made = await newRows(kind, async () => {
      for (const preview of [true, false]) {
        const body = { ...BODIES[kind], preview };
        expectProblem(await call(kind, body, 'reseller'), 404, 'connection.not_found');
        expectProblem(await call(kind, body, 'customer'), 403, 'connection.tier_not_allowed');
        expectProblem(await call(kind, body, 'reader'), 403, 'access.permission_missing');
      }
    });
    expect(made).toEqual([]);
  });
});
