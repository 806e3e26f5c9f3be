import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CustomerMappingRow } from '../../src/contracts/domain/mapping-rows.js';
import type { ImportReport } from '../../src/contracts/http/mapping-transfer.service.js';
import type { Page } from '../../src/kernel/page.js';
import {
  fillAutotask,
  fillPlatform,
  type MappingWorld,
  offerKey,
  OFFERS,
} from '../support/builders/mapping-world.builder.js';
import { type Connector, expectProblem, startConnector } from '../support/connector.js';
import { HTTP_ADAPTERS } from '../support/test-app.js';

const CSV = { 'content-type': 'text/csv' };

describe.each(HTTP_ADAPTERS)('mappings as files under %s', (adapter) => {
  let connector: Connector;
  let world: MappingWorld;
  let base: string;

  beforeAll(async () => {
    connector = await startConnector({ adapter, globalPrefix: 'api' });
    world = fillAutotask(connector);
    await fillPlatform(connector);
    const { id } = await connector.connect();
    await connector.sync(id);
    base = `/connections/${id}`;
  });

  afterAll(() => connector?.stop());

  const upload = (kind: string, csv: string, headers: Record<string, string> = CSV) =>
    connector.api.send<ImportReport>('POST', `${base}/${kind}-mappings/import`, csv, headers);
  const download = (kind: string) => connector.api.get<string>(`${base}/${kind}-mappings/export.csv`);

  it('accepts or refuses each line by itself, with its number, column and reason', async () => {
    const before = (await connector.audit()).length;
    const { status, body } = await upload(
      'customer',
      [
        'customerId;companyId;state;reason;note',
        `contoso;${world.companies.contoso};;;free`,
        `fabrikam;${world.companies.contoso};;;`,
        'tailspin;;excluded;"Billed; by hand";',
        `nobody;${world.companies.fabrikam};;;`,
        `contoso;${world.companies.fabrikam};;;`,
        ';1;;;',
        `fabrikam;${world.companies.vendor};excluded;x;`,
        'fabrikam;;sold;;',
        '',
      ].join('\r\n'),
    );
    expect(status).toBe(200);
    expect(body.lines).toEqual({ read: 8, accepted: 2, unchanged: 0, rejected: 6 });
    expect(body.rejections.map(({ line, column, code }) => [line, column, code])).toEqual([
      [3, 'companyId', 'mapping.company_taken'],
      [5, 'customerId', 'customer.not_found'],
      [6, 'customerId', 'import.duplicate_line'],
      [7, 'customerId', 'import.malformed'],
      [8, 'companyId', 'import.malformed'],
      [9, 'state', 'import.malformed'],
    ]);
    const entries = (await connector.audit()).slice(0, -before || undefined);
    expect(entries.map(({ outcome }) => outcome).toSorted()).toEqual([
      'failed',
      'failed',
      'failed',
      'succeeded',
      'succeeded',
    ]);
    const ofFile = entries.find(({ details }) => details['rejected'] !== undefined);
    expect(ofFile).toMatchObject({
      operation: 'Create Connection Customer Mapping',
      outcome: 'failed',
      subject: { type: 'customer mapping', id: null },
      details: { rejected: 4 },
    });
    expect(ofFile?.details['lines']).toEqual(
      body.rejections.filter(({ code }) => code.startsWith('import.')),
    );
    const rows = await connector.api.get<Page<CustomerMappingRow>>(`${base}/customer-mappings`);
    expect(rows.body.items.map(({ state, reason }) => [state, reason])).toEqual([
      ['mapped', null],
      ['unmapped', null],
      ['excluded', 'Billed; by hand'],
    ]);
  });

  it('gives out every row, with formulas as text, and changes nothing when it takes them back', async () => {
    const { offer, services } = { offer: offerKey(OFFERS.exchange), services: world.services };
    const put = (kind: string, body: object) => connector.api.send('PUT', `${base}/${kind}-mappings`, body);
    await put('customer', { customerId: 'contoso', companyId: world.companies.contoso });
    await put('customer', {
      customerId: 'fabrikam',
      excluded: true,
      reason: '=HYPERLINK("x"), \'quoted\'\nand more',
    });
    expect((await put('offer', { offer, serviceId: services.exchange })).status).toBe(200);
    const bound = { subscriptionId: 'sub-exchange', contractId: world.contracts.good };
    expect((await put('subscription', bound)).status).toBe(200);
    const before = (await connector.audit()).length;
    for (const [kind, rows] of [
      ['customer', 3],
      ['offer', 5],
      ['subscription', 8],
    ] as const) {
      const file = await download(kind);
      expect(file.status).toBe(200);
      expect(file.headers.get('content-type')).toMatch(/^text\/csv/);
      expect(file.headers.get('content-disposition')).toContain(`${kind}-mappings.csv`);
      expect(file.text).not.toMatch(/(^|,|")[=+@-]/m);
      const report = await upload(kind, file.text);
      expect(report.body).toEqual({
        lines: { read: rows, accepted: 0, unchanged: rows, rejected: 0 },
        rejections: [],
      });
      expect((await download(kind)).text).toBe(file.text);
    }
    expect((await connector.audit()).length).toBe(before);
    expect((await download('customer')).text).toContain(`"'=Tailspin, ""Toys"""`);
  });

  it.each([
    ['nothing', '', 'header line'],
    ['other columns', 'a,b\r\n1,2\r\n', 'header line'],
    ['a quote that never ends', 'customerId,companyId\r\n"contoso,1\r\n', 'no CSV'],
  ])('refuses a file with %s', async (_, csv, words) => {
    const answer = await upload('customer', csv);
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.text).toContain(words);
  });

  it('refuses too many bytes, other media types, and text that is no UTF-8', async () => {
    expectProblem(await upload('customer', 'x'.repeat(9 * 1_048_576)), 413, 'request.too_large');
    expectProblem(
      await upload('customer', '{}', { 'content-type': 'application/json' }),
      415,
      'request.media_type_unsupported',
    );
    const response = await fetch(`${connector.app.apiUrl}${base}/customer-mappings/import`, {
      method: 'POST',
      headers: { ...CSV, authorization: `Bearer ${connector.api.token}` },
      body: Buffer.from('customerId,companyId\r\nM\xfcller,1\r\n', 'latin1'),
    });
    expect(response.status).toBe(422);
  });

  it('checks who asks before it reads a file', async () => {
    const path = `${base}/customer-mappings/import`;
    const body = 'customerId,companyId\r\ncontoso,1\r\n';
    expectProblem(await connector.as(null).send('POST', path, body, CSV), 401, 'access.unauthenticated');
    expectProblem(
      await connector.as('reader').send('POST', path, body, CSV),
      403,
      'access.permission_missing',
    );
    expectProblem(
      await connector.as('customer').send('POST', path, body, CSV),
      403,
      'connection.tier_not_allowed',
    );
    expectProblem(await connector.as('reseller').send('POST', path, body, CSV), 404, 'connection.not_found');
  });

  it('leaves the host’s own routes as they were', async () => {
    const echo = await fetch(`${connector.app.origin}/api/host/echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    });
    expect(await echo.json()).toEqual({ received: { a: 1 } });
    const csv = await fetch(`${connector.app.origin}/api/host/echo`, {
      method: 'POST',
      headers: CSV,
      body: 'a,b',
    });
    expect(csv.status).toBe(adapter === 'fastify' ? 415 : 201);
  });
});
