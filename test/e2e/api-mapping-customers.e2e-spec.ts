import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CustomerMappingRow } from '../../src/contracts/domain/mapping-rows.js';
import type { Page } from '../../src/kernel/page.js';
import type { Problem } from '../support/api-client.js';
import { expectProblem } from '../support/connector.js';
import { expectMappingRefused, MappingFixture } from '../support/mapping-fixture.js';

let mapping: MappingFixture;

beforeAll(async () => {
  mapping = await MappingFixture.start();
});

afterAll(() => mapping?.stop());

async function listed(query: string): Promise<string[]> {
  const rows = await mapping.list<CustomerMappingRow>('customer', query);
  return rows.map(({ customerId, state }) => `${customerId} ${state}`);
}

describe('mapping customers to companies', () => {
  it('maps, says the same again for the same, and audits the change once', async () => {
    const row = {
      customerId: 'contoso',
      customerName: 'Contoso GmbH',
      companyId: mapping.world.companies.contoso,
      companyName: 'Contoso',
      state: 'mapped',
      reason: null,
    };
    const first = await mapping.mapCustomer('contoso', mapping.world.companies.contoso);
    expect([first.status, first.body]).toEqual([200, row]);
    expect(await mapping.connector.newestAuditEntry()).toMatchObject({
      operation: 'Create Connection Customer Mapping',
      outcome: 'succeeded',
      connectionId: mapping.id,
      subject: { type: 'customer mapping', id: 'contoso', label: 'Contoso GmbH' },
      details: {
        changes: [{ field: 'companyId', before: null, after: mapping.world.companies.contoso }],
        targetName: 'Contoso',
      },
    });
    const entries = (await mapping.connector.audit()).length;
    const again = await mapping.mapCustomer('contoso', mapping.world.companies.contoso);
    expect([again.status, again.body]).toEqual([200, row]);
    expect((await mapping.connector.audit()).length).toBe(entries);
    await mapping.unmapAll();
  });

  it('changes a mapping, and removes it', async () => {
    await mapping.mapCustomer('contoso', mapping.world.companies.contoso);
    const changed = await mapping.mapCustomer('contoso', mapping.world.companies.fabrikam);
    expect(changed.body).toMatchObject({ companyName: 'Fabrikam Holding' });
    expect(await mapping.connector.newestAuditEntry()).toMatchObject({
      operation: 'Update Connection Customer Mapping',
      details: {
        changes: [
          {
            field: 'companyId',
            before: mapping.world.companies.contoso,
            after: mapping.world.companies.fabrikam,
          },
        ],
      },
    });
    expect((await mapping.connector.api.delete(mapping.path('customer', '/contoso'))).status).toBe(204);
    expect(await mapping.connector.newestAuditEntry()).toMatchObject({
      operation: 'Delete Connection Customer Mapping',
      outcome: 'succeeded',
      subject: { id: 'contoso' },
    });
    const gone = await mapping.connector.api.delete(mapping.path('customer', '/contoso'));
    expectProblem(gone, 404, 'mapping.not_found');
    expect(await mapping.connector.newestAuditEntry()).toMatchObject({
      operation: 'Delete Connection Customer Mapping',
      outcome: 'failed',
    });
  });

  it.each([
    ['vendor', 422, 'mapping.company_not_customer'],
    ['inactive', 422, 'mapping.company_inactive'],
    ['american', 422, 'mapping.currency_mismatch'],
  ] as const)('refuses the company that is %s', async (company, status, code) => {
    await expectMappingRefused(
      mapping,
      'customer',
      await mapping.mapCustomer('contoso', mapping.world.companies[company]),
      status,
      code,
    );
  });

  it('refuses a company another customer is mapped to, and what is not there', async () => {
    await mapping.mapCustomer('contoso', mapping.world.companies.contoso);
    const taken = await mapping.mapCustomer('fabrikam', mapping.world.companies.contoso);
    await expectMappingRefused(mapping, 'customer', taken, 409, 'mapping.company_taken');
    await expectMappingRefused(
      mapping,
      'customer',
      await mapping.mapCustomer('fabrikam', '999999'),
      404,
      'company.not_found',
    );
    const nobody = await mapping.mapCustomer('nobody', mapping.world.companies.fabrikam);
    await expectMappingRefused(mapping, 'customer', nobody, 404, 'customer.not_found');
    await mapping.unmapAll();
  });

  it('keeps a company to one of many customers who ask at the same time', async () => {
    const answers = await Promise.all(
      ['contoso', 'fabrikam', 'tailspin'].map((customer) =>
        mapping.mapCustomer(customer, mapping.world.companies.contoso),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'mapping.company_taken')).toHaveLength(2);
    await mapping.unmapAll();
  });

  it('excludes with a reason, maps an excluded one, and lists by state and search', async () => {
    const reason = 'Billed by hand';
    const excluded = await mapping.put<CustomerMappingRow>('customer', {
      customerId: 'fabrikam',
      excluded: true,
      reason,
    });
    expect(excluded.body).toMatchObject({ state: 'excluded', reason, companyId: null });
    await mapping.mapCustomer('contoso', mapping.world.companies.contoso);
    expect(await listed('')).toEqual(['contoso mapped', 'fabrikam excluded', 'tailspin unmapped']);
    expect(await listed('?state=mapped')).toEqual(['contoso mapped']);
    expect(await listed('?state=unmapped')).toEqual(['tailspin unmapped']);
    expect(await listed('?state=excluded')).toEqual(['fabrikam excluded']);
    expect(await listed('?search=KAM%20a')).toEqual(['fabrikam excluded']);
    expect(await listed('?state=mapped&search=kam')).toEqual([]);
    expect((await mapping.mapCustomer('fabrikam', mapping.world.companies.fabrikam)).body).toMatchObject({
      state: 'mapped',
      reason: null,
    });
    await mapping.unmapAll();
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
        const { body } = await mapping.connector.api.get<Page<CustomerMappingRow>>(
          mapping.path('customer', query + next),
        );
        seen.push(...body.items.map(({ customerId }) => customerId));
        cursor = body.nextCursor;
      }
      expect(seen).toEqual(expected);
    }
    const forged = await mapping.connector.api.get(mapping.path('customer', '?cursor=forged'));
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
    const answer = await mapping.put<Problem>('customer', body);
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.errors?.map((error) => error.pointer)).toEqual([pointer]);
  });
});
