import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from '../../src/kernel/page.js';
import {
  fillAutotask,
  fillPlatform,
  type MappingWorld,
  offerKey,
  OFFERS,
} from '../support/builders/mapping-world.builder.js';
import { type Connector, expectProblem, startConnector } from '../support/connector.js';

interface SuggestionRow {
  score: number;
  reasons: string[];
  alternatives: { score: number }[];
  [name: string]: unknown;
}

describe('suggested mappings', () => {
  let connector: Connector;
  let world: MappingWorld;
  let base: string;

  beforeAll(async () => {
    connector = await startConnector();
    world = fillAutotask(connector);
    await fillPlatform(connector);
    const { id } = await connector.connect();
    await connector.sync(id);
    base = `/connections/${id}`;
  });

  afterAll(() => connector?.stop());

  async function suggested(kind: string): Promise<SuggestionRow[]> {
    const answer = await connector.api.get<Page<SuggestionRow>>(`${base}/${kind}-mappings/suggestions`);
    expect(answer.status).toBe(200);
    return answer.body.items;
  }

  it('finds companies by domain, name and number, and binds none of them', async () => {
    const rows = await suggested('customer');
    expect(rows).toMatchObject([
      {
        customerId: 'contoso',
        companyId: world.companies.contoso,
        companyName: 'Contoso',
        reasons: ['domain', 'name'],
      },
      { customerId: 'fabrikam', companyId: world.companies.fabrikam, reasons: ['number', 'name'] },
    ]);
    for (const { score, alternatives } of rows) {
      expect(score).toBeGreaterThan(0.9);
      expect(score).toBeLessThanOrEqual(1);
      for (const other of alternatives) expect(other.score).toBeLessThanOrEqual(score);
    }
    const ids = JSON.stringify(rows);
    for (const unfit of ['vendor', 'inactive', 'american'] as const) {
      expect(ids).not.toContain(`"${world.companies[unfit]}"`);
    }
    const mapped = await connector.api.get<Page<unknown>>(`${base}/customer-mappings?state=mapped`);
    expect(mapped.body.items).toEqual([]);
  });

  it('finds services by sku and name, and only those that fit the offer', async () => {
    const rows = await suggested('offer');
    const best = rows.map(({ offer, serviceId, reasons }) => [
      (offer as { name: string }).name,
      serviceId,
      reasons,
    ]);
    expect(best).toContainEqual(['Teams Essentials', world.services.teams, ['name']]);
    const azure = rows.find(({ offer }) => (offer as { name: string }).name === 'Azure plan');
    expect([azure, ...(azure?.alternatives ?? [])]).toContainEqual(
      expect.objectContaining({ serviceId: world.services.free }),
    );
    expect(rows.map(({ offer }) => (offer as { name: string }).name)).not.toContain('Project Plan 3');
  });

  it('accepts many at once, each by itself', async () => {
    const answer = await connector.api.post<{ items: unknown[] }>(`${base}/customer-mappings/accept`, {
      items: [
        { customerId: 'contoso', companyId: world.companies.contoso },
        { customerId: 'fabrikam', companyId: world.companies.contoso },
        { customerId: 'tailspin', companyId: world.companies.fabrikam },
      ],
    });
    expect(answer.status).toBe(200);
    expect(answer.body.items).toMatchObject([
      { customerId: 'contoso', outcome: 'accepted', code: null },
      { customerId: 'fabrikam', outcome: 'refused', code: 'mapping.company_taken' },
      { customerId: 'tailspin', outcome: 'accepted' },
    ]);
    const operation = '&operation=Create%20Connection%20Customer%20Mapping';
    expect((await connector.audit(operation)).map(({ outcome }) => outcome)).toEqual([
      'succeeded',
      'failed',
      'succeeded',
    ]);
    const again = await connector.api.post(`${base}/customer-mappings/accept`, {
      items: [{ customerId: 'contoso', companyId: world.companies.contoso }],
    });
    expect(again.body).toMatchObject({ items: [{ outcome: 'unchanged' }] });
    for (const items of [[], [[[]]], [null], ['contoso'], {}]) {
      const refused = await connector.api.post(`${base}/customer-mappings/accept`, { items });
      expectProblem(refused, 422, 'request.invalid');
    }
  });

  it('finds contracts of the mapped company by number and name', async () => {
    expect(await suggested('subscription')).toEqual([]);
    await connector.api.post(`${base}/offer-mappings/accept`, {
      items: [{ offer: offerKey(OFFERS.exchange), serviceId: world.services.exchange }],
    });
    const rows = await suggested('subscription');
    expect(
      rows.map(({ subscriptionId, contractId, reasons }) => [subscriptionId, contractId, reasons]),
    ).toEqual([
      ['sub-exchange', world.contracts.second, ['name']],
      ['sub-numbered', world.contracts.second, ['number']],
    ]);
    const accepted = await connector.api.post<{ items: unknown[] }>(`${base}/subscription-mappings/accept`, {
      items: rows.map(({ subscriptionId, contractId }) => ({ subscriptionId, contractId })),
    });
    expect(accepted.body.items).toMatchObject([{ outcome: 'accepted' }, { outcome: 'accepted' }]);
    expect(await suggested('subscription')).toEqual([]);
  });
});
