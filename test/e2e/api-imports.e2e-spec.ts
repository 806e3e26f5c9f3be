import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  ImportedLineResponse,
  ImportResponse,
  ImportSummaryResponse,
  RejectionResponse,
} from '../../src/imports/http/import-response.js';
import type { Page } from '../../src/kernel/page.js';
import type { ApiAnswer, Problem } from '../support/api-client.js';
import { reconCsv, reconLine, seatChange } from '../support/builders/bill.builder.js';
import { type Connector, expectProblem, startConnector } from '../support/connector.js';
import { HTTP_ADAPTERS } from '../support/test-app.js';
import { TOKENS } from '../support/test-actors.js';
import { until } from '../support/until.js';
import { fixture } from '../support/worked-examples.js';

const PATH = '/imports/partner-center';
const LINES = [
  reconLine(),
  ...seatChange(
    { Quantity: '10', EffectiveUnitPrice: '-9.408', Subtotal: '-94.08', Total: '-94.08' },
    { Quantity: '12', EffectiveUnitPrice: '9.408', Subtotal: '112.89', Total: '112.89' },
  ),
];

type Sent = ApiAnswer<ImportSummaryResponse & Problem>;

/** Sends a file as the body of the request. */
async function sendRaw(
  connector: Connector,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
  query = '',
  actor: keyof typeof TOKENS = 'admin',
): Promise<Sent> {
  const response = await fetch(connector.app.apiUrl + PATH + query, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKENS[actor]}`, ...headers },
    body,
  });
  return answerOf(response);
}

async function sendForm(connector: Connector, form: FormData): Promise<Sent> {
  const response = await fetch(connector.app.apiUrl + PATH, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKENS.admin}` },
    body: form,
  });
  return answerOf(response);
}

async function answerOf(response: Response): Promise<Sent> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Sent['body'] };
}

function ended(connector: Connector, id: string): Promise<ImportResponse> {
  return until(`import ${id} to end`, async () => {
    const { body } = await connector.api.get<ImportResponse>(`/imports/${id}`);
    return body.state === 'succeeded' || body.state === 'failed' ? body : null;
  });
}

const CSV = { 'content-type': 'text/csv' };

/** Sends a file and waits for what becomes of it. */
async function importFile(
  connector: Connector,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = CSV,
  query = '',
): Promise<ImportResponse> {
  const sent = await sendRaw(connector, body, headers, query);
  expect([sent.status, sent.body.state], sent.text).toEqual([202, 'queued']);
  return ended(connector, sent.body.id);
}

describe.each(HTTP_ADAPTERS)('imports in a host on %s', (adapter) => {
  let connector: Connector;
  beforeAll(async () => {
    connector = await startConnector({ adapter });
  });
  afterAll(() => connector?.stop());

  const linesOf = async (id: string, query = '') =>
    (await connector.api.get<Page<ImportedLineResponse>>(`/imports/${id}/lines${query}`)).body.items;

  it('keep the lines of a raw body and explain each', async () => {
    const done = await importFile(connector, reconCsv(LINES));
    expect(done).toMatchObject({
      state: 'succeeded',
      format: 'nceReconciliation',
      billingMonth: '2026-06',
      lines: { read: 3, accepted: 3, rejected: 0, unchanged: 0 },
      superseded: 0,
      rejections: [],
      error: null,
      detected: {
        container: 'csv',
        delimiter: ',',
        decimalMark: '.',
        dateFormat: 'MM/dd/yyyy',
        encoding: 'utf-8',
        assumptions: [],
      },
    });
    const lines = await linesOf(done.id);
    expect(
      lines.map(({ line, chargeType, subtotal, explanation }) => [line, chargeType, subtotal, explanation]),
    ).toEqual([
      [2, 'new', '100.8', { expected: '100.8', rule: 'fullCycle', difference: '0' }],
      [3, 'addQuantity', '-94.08', { expected: '-94.08', rule: 'proratedTotal', difference: '0' }],
      [4, 'addQuantity', '112.89', { expected: '112.89', rule: 'proratedTotal', difference: '0' }],
    ]);
    expect(lines[0]).toMatchObject({
      customerName: 'Contoso, Ltd.',
      currency: 'EUR',
      chargeEnd: '2026-07-17',
    });
    expect(await linesOf(done.id, '?different=true')).toEqual([]);
  });

  it('change nothing by the same file, and correct by another', async () => {
    const again = await importFile(connector, reconCsv(LINES));
    expect(again.lines).toEqual({ read: 3, accepted: 0, rejected: 0, unchanged: 3 });
    const corrected = LINES.with(0, reconLine({ Quantity: '11', Subtotal: '110.88', Total: '110.88' }));
    const third = await importFile(connector, reconCsv(corrected));
    expect(third.lines).toEqual({ read: 3, accepted: 1, rejected: 0, unchanged: 2 });
    expect(third.superseded).toBe(1);
    const current = await connector.rows<{ quantity: string; subtotal: string }>(
      `SELECT quantity, subtotal FROM psa_connector.imported_line WHERE superseded_by IS NULL ORDER BY charge_start, subtotal`,
    );
    expect(current.map(({ quantity, subtotal }) => `${quantity}: ${subtotal}`)).toEqual([
      '11: 110.88',
      '10: -94.08',
      '12: 112.89',
    ]);
    expect(await connector.rows('SELECT FROM psa_connector.import_chunk')).toEqual([]);
  });

  it('take a form with its options before or behind the file, in the notation of another country', async () => {
    const german = {
      InvoiceNumber: 'G1',
      UnitPrice: '1.010,08',
      Subtotal: '10.100,80',
      Total: '10.100,80',
      EffectiveUnitPrice: '1.010,08',
      OrderDate: '18.06.2026',
      ChargeStartDate: '18.06.2026',
      ChargeEndDate: '17.07.2026',
      SubscriptionStartDate: '',
      SubscriptionEndDate: '',
    };
    const text = reconCsv([reconLine(german)], { delimiter: ';' });
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    const form = new FormData();
    form.set('month', '2026-05');
    form.set('file', new Blob([utf16], { type: 'text/csv' }), 'Rechnung Juni.csv');
    form.set('decimalMark', ',');
    const sent = await sendForm(connector, form);
    expect(sent.status, sent.text).toBe(202);
    const done = await ended(connector, sent.body.id);
    expect(done).toMatchObject({
      fileName: 'Rechnung Juni.csv',
      billingMonth: '2026-05',
      detected: { delimiter: ';', decimalMark: ',', dateFormat: 'dd.MM.yyyy', encoding: 'utf-16le' },
      lines: { read: 1, accepted: 1 },
    });
    const [line] = await linesOf(done.id);
    expect(line).toMatchObject({
      subtotal: '10100.8',
      chargeStart: '2026-06-18',
      billingMonth: '2026-05-01',
    });
  });

  it('report every broken line with its number, column and reason, and keep the others', async () => {
    const lines = [
      reconLine({ InvoiceNumber: 'B1', ProductName: 'over\r\ntwo "lines"' }),
      reconLine({ InvoiceNumber: 'B2', Subtotal: 'much' }),
      reconLine({ InvoiceNumber: 'B3', ChargeStartDate: '13/45/2026' }),
      reconLine({ InvoiceNumber: 'B4', CustomerId: '' }),
      reconLine({ InvoiceNumber: 'B5', Currency: 'EURO' }),
      reconLine({ InvoiceNumber: 'B6', ChargeEndDate: '6/1/2026', Quantity: 'x' }),
    ];
    const text = `${reconCsv(lines)}too,short\r\n${reconCsv([
      reconLine({ InvoiceNumber: 'B8', ProductName: 'a "quoted' }),
    ])
      .split('\r\n')[1]
      ?.replace('""', '"')}`;
    const done = await importFile(
      connector,
      `${text}\r\n${reconCsv([reconLine({ InvoiceNumber: 'B9' })]).split('\r\n')[1]}`,
    );
    expect(done.lines).toEqual({ read: 9, accepted: 2, rejected: 7, unchanged: 0 });
    expect(done.rejections.map(({ line, column, code }) => [line, column ?? null, code])).toEqual([
      [4, 'Subtotal', 'import.number_invalid'],
      [5, 'ChargeStartDate', 'import.date_invalid'],
      [6, 'CustomerId', 'import.value_missing'],
      [7, 'Currency', 'import.currency_unknown'],
      [8, 'ChargeEndDate', 'import.period_invalid'],
      [9, null, 'import.columns_mismatch'],
      [10, null, 'import.quotes_broken'],
    ]);
    expect(done.rejections[4]?.detail).toContain('Quantity');
    const first = await connector.api.get<Page<RejectionResponse>>(`/imports/${done.id}/rejections?limit=2`);
    expect(first.body.items.map(({ line }) => line)).toEqual([4, 5]);
    const next = await connector.api.get<Page<RejectionResponse>>(
      `/imports/${done.id}/rejections?limit=9&cursor=${first.body.nextCursor}`,
    );
    expect([next.body.items.length, next.body.nextCursor]).toEqual([5, null]);
  });

  it('read answers of the API and FOCUS rows, also gzipped', async () => {
    const json = fixture('partner-center/api-examples/get-invoiceline-items.2023.8-nce.json');
    const binary = { 'content-type': 'application/octet-stream' };
    const first = await importFile(connector, new Uint8Array(gzipSync(json)), binary);
    expect(first).toMatchObject({ format: 'nceReconciliation', lines: { read: 3, accepted: 3 } });
    const usage = fixture('partner-center/api-examples/get-invoice-billed-consumption-lineitems.2023.2.json');
    const second = await importFile(connector, new Uint8Array(usage), binary);
    expect(second).toMatchObject({ format: 'dailyUsage', billingMonth: '2018-11', lines: { accepted: 2 } });
    const [rated] = await linesOf(second.id);
    expect(rated).toMatchObject({ unitPrice: '0.0209496384791679', subtotal: '0.486031696515249' });
    const focus = await importFile(connector, new Uint8Array(fixture('focus/focus_sample.csv')));
    expect(focus).toMatchObject({ format: 'focus', lines: { read: 1000, accepted: 1000, rejected: 0 } });
    const again = await importFile(connector, new Uint8Array(fixture('focus/focus_sample.csv')));
    expect(again.lines).toEqual({ read: 1000, accepted: 0, rejected: 0, unchanged: 1000 });
  });

  it('refuse what is no bill, say why, and keep none of it', async () => {
    expectProblem(await sendRaw(connector, 'a,b\n1,2\n', CSV), 422, 'import.format_unknown');
    expectProblem(await sendRaw(connector, '', CSV), 422, 'import.file_empty');
    expectProblem(
      await sendRaw(connector, 'file=1', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'request.media_type_unsupported',
    );
    const wrong = await sendRaw(connector, reconCsv(LINES), CSV, '?decimalMark=;&colour=red');
    expectProblem(wrong, 422, 'request.invalid');
    expect(wrong.body.errors?.map(({ pointer }) => pointer)).toEqual(['/decimalMark', '/colour']);
    const form = new FormData();
    form.set('month', 'June');
    form.set('file', new Blob([reconCsv(LINES)]), 'a.csv');
    expectProblem(await sendForm(connector, form), 422, 'request.invalid');
    const empty = new FormData();
    empty.set('month', '2026-06');
    expectProblem(await sendForm(connector, empty), 422, 'import.upload_broken');
    expect(await connector.rows('SELECT FROM psa_connector.import_chunk')).toEqual([]);
  });
});

describe('imports', () => {
  let connector: Connector;
  beforeAll(async () => {
    connector = await startConnector();
  });
  afterAll(() => connector?.stop());

  it('read JSON bodies beyond what the host reads of JSON, digit by digit', async () => {
    const item = { ...reconLine({ CustomerName: 'x'.repeat(2_000) }), unitPrice: undefined };
    const items = Array.from({ length: 1_000 }, (_, index) => ({ ...item, OrderId: `order-${index}` }));
    const text = JSON.stringify({ totalCount: 1_000, items }).replaceAll(
      '"100.8"',
      '100.80000000000000000001',
    );
    expect(text.length).toBeGreaterThan(1_048_576);
    const done = await importFile(connector, text, { 'content-type': 'application/json' });
    expect(done.lines).toEqual({ read: 1_000, accepted: 1_000, rejected: 0, unchanged: 0 });
    const [line] = (await connector.api.get<Page<ImportedLineResponse>>(`/imports/${done.id}/lines?limit=1`))
      .body.items;
    expect(line?.subtotal).toBe('100.80000000000000000001');
  });

  it('take the place of an estimate with the invoice, and drop what a complete file lacks', async () => {
    const estimate = reconLine({ CustomerId: 'fabrikam', InvoiceNumber: '' });
    await importFile(connector, reconCsv([estimate]));
    const invoiced = [
      reconLine({ CustomerId: 'fabrikam', InvoiceNumber: 'G2' }),
      reconLine({ CustomerId: 'fabrikam', InvoiceNumber: 'G2', OrderId: 'second' }),
    ];
    const billed = await importFile(connector, reconCsv(invoiced));
    expect([billed.lines.accepted, billed.superseded]).toEqual([2, 1]);
    const shorter = await importFile(connector, reconCsv(invoiced.slice(0, 1)), CSV, '?complete=true');
    expect([shorter.lines.unchanged, shorter.superseded]).toEqual([1, 1]);
  });

  it('keep equal lines apart by their number, in whatever order they come', async () => {
    const twice = [
      reconLine({ CustomerId: 'twins', OrderId: 't' }),
      reconLine({ CustomerId: 'twins', OrderId: 't' }),
      reconLine({ CustomerId: 'twins', OrderId: 't', Subtotal: '7', Total: '7' }),
    ];
    const first = await importFile(connector, reconCsv(twice));
    expect(first.lines.accepted).toBe(3);
    const second = await importFile(connector, reconCsv(twice.toReversed()));
    expect(second.lines).toEqual({ read: 3, accepted: 0, rejected: 0, unchanged: 3 });
  });

  it('are shown to their own tenant alone, newest first', async () => {
    const done = await importFile(connector, reconCsv(LINES));
    const { body } = await connector.api.get<Page<ImportSummaryResponse>>('/imports?limit=1');
    expect([body.items[0]?.id, body.nextCursor === null]).toEqual([done.id, false]);
    const other = connector.as('reseller');
    expectProblem(await other.get(`/imports/${done.id}`), 404, 'import.not_found');
    expectProblem(await other.get(`/imports/${done.id}/lines`), 404, 'import.not_found');
    expect((await other.get<Page<unknown>>('/imports')).body.items).toEqual([]);
  });

  it('leave an audit entry of the upload, of what was stored, and of each refusal', async () => {
    const before = (await connector.newestAuditEntry()).sequence;
    const done = await importFile(connector, reconCsv([reconLine({ CustomerId: 'audited' })]), {
      ...CSV,
      'content-disposition': 'attachment; filename="audited.csv"',
    });
    await sendRaw(connector, 'a,b\n', CSV);
    await sendRaw(connector, reconCsv(LINES), CSV, '', 'auditor');
    await sendRaw(connector, reconCsv(LINES), CSV, '', 'customer');
    const entries = (await connector.audit('', 20)).filter(({ sequence }) => sequence > before);
    expect(
      entries
        .toSorted((a, b) => a.sequence - b.sequence)
        .map(({ operation, outcome, subject, actor }) => [
          operation,
          outcome,
          subject.id,
          subject.label,
          actor.id,
        ]),
    ).toEqual([
      ['Import Partner Center Lines', 'succeeded', done.id, 'audited.csv', 'admin'],
      ['Store Partner Center Lines', 'succeeded', done.id, 'audited.csv', 'psa-connector'],
      ['Import Partner Center Lines', 'failed', null, '', 'admin'],
      ['Import Partner Center Lines', 'failed', null, '', 'auditor'],
      ['Import Partner Center Lines', 'failed', null, '', 'customer'],
    ]);
  });

  it('discard an upload that breaks off', async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(reconCsv(LINES)));
        setTimeout(() => controller.error(new Error('gone')), 100);
      },
    });
    const before = (await connector.newestAuditEntry()).sequence;
    await expect(
      fetch(connector.app.apiUrl + PATH, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKENS.admin}`, ...CSV },
        body,
        duplex: 'half',
      } as RequestInit),
    ).rejects.toThrow();
    const entry = await until('the refusal to be audited', async () => {
      const newest = await connector.newestAuditEntry();
      return newest.sequence > before ? newest : null;
    });
    expect(entry).toMatchObject({ outcome: 'failed', details: { code: 'import.upload_broken' } });
    expect(await connector.rows('SELECT FROM psa_connector.import_chunk')).toEqual([]);
  });
});
