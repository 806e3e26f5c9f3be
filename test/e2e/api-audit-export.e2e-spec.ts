import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import { type Connector, expectProblem, newConnection, startConnector } from '../support/connector.js';
import { HTTP_ADAPTERS } from '../support/test-app.js';

const SCRIPT = fileURLToPath(new URL('../../src/docs/verify-audit-export.mjs', import.meta.url));
const FORMULA = '=HYPERLINK("http://x")';
const LINES = 'two\nlines, a comma and "quotes"';

/** Runs the auditor's script on a text and gives its exit code and output. */
async function verifyOffline(
  text: string,
  extension: string,
  ...options: string[]
): Promise<{ code: number; output: string }> {
  const file = join(inject('scratchDir'), `${newId()}.${extension}`);
  await writeFile(file, text);
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, file, ...options], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

describe.each(HTTP_ADAPTERS)('the audit log on %s', (adapter) => {
  let connector: Connector;
  let jsonLines: string;
  let csv: string;
  beforeAll(async () => {
    connector = await startConnector({ adapter });
    const { id } = await connector.connect({ alias: FORMULA });
    await connector.api.patch(`/connections/${id}`, { alias: '-1+1' });
    await connector.api.patch(`/connections/${id}`, { alias: "'=quoted" });
    await connector.api.post('/connections', { ...newConnection(), alias: LINES });
    await connector.as('reader').delete(`/connections/${id}`);
    await connector.api.post('/connections', {});
    jsonLines = (await connector.as('auditor').get('/audit-entries/export.jsonl')).text;
    csv = (await connector.as('auditor').get('/audit-entries/export.csv')).text;
  });
  afterAll(() => connector?.stop());

  it('is verified by an auditor', async () => {
    const { status, body } = await connector.as('auditor').get('/audit-entries/verify');
    const newest = await connector.newestAuditEntry();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      tenantId: 'tenant-a',
      isIntact: true,
      verified: newest.sequence,
      head: { sequence: String(newest.sequence), hash: newest.hash },
      problem: null,
    });
  });

  it('is exported as JSON lines, oldest first, with the export itself at the end', async () => {
    const lines = jsonLines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { sequence: number; operation: string });
    const shown = (await connector.audit()).toReversed();
    expect(lines).toEqual(shown.slice(0, lines.length));
    expect(lines.at(-1)).toMatchObject({
      operation: 'Export Audit Log',
      outcome: 'succeeded',
      actor: { id: 'auditor' },
      subject: { type: 'auditLog' },
      details: { format: 'jsonl', filter: {} },
    });
  });

  it('is exported as CSV in which no cell is a formula', () => {
    const rows = parse<Record<string, string>>(csv, { columns: true });
    expect(rows.map(({ sequence }) => Number(sequence))).toEqual(rows.map((_, index) => index + 1));
    expect(rows.some(({ subjectLabel }) => subjectLabel === `'${FORMULA}`)).toBe(true);
    for (const cell of rows.flatMap((row) => Object.values(row))) expect(cell).not.toMatch(/^[=+@\t\r-]/);
  });

  it.each(['jsonl', 'csv'])('is verified without us from its %s', async (format) => {
    const text = format === 'csv' ? csv : jsonLines;
    const { code, output } = await verifyOffline(text, format);
    expect(output).toMatch(/^\d+ entries verified; the last is \d+ with hash [0-9a-f]{64}\n$/);
    expect(code).toBe(0);
  });

  const broken: [string, (lines: string[]) => string[], RegExp][] = [
    [
      'a changed line',
      (lines) => lines.with(1, lines[1]?.replaceAll('-1+1', '-1+2') ?? ''),
      /entry 2 was changed|columns of entry 2/,
    ],
    ['a missing line', (lines) => lines.toSpliced(1, 1), /entries 2 to 2 are missing/],
    ['the first line missing', (lines) => lines.slice(1), /entries 1 to 1 are missing/],
    [
      'two lines that changed places',
      ([a = '', b = '', ...rest]) => [b, a, ...rest],
      /entry 1 is out of order/,
    ],
    ['a line twice', ([a = '', ...rest]) => [a, a, ...rest], /entry 1 is out of order/],
  ];
  it.each(broken)('is found to be broken by %s', async (_, change, message) => {
    const lines = jsonLines.trimEnd().split('\n');
    const asLines = await verifyOffline(`${change(lines).join('\n')}\n`, 'jsonl');
    expect(asLines.output).toMatch(message);
    expect(asLines.code).toBe(1);
    const [header = '', ...rows] = csv.trimEnd().split('\r\n');
    const asCsv = await verifyOffline(`${[header, ...change(rows)].join('\r\n')}\r\n`, 'csv');
    expect(asCsv.output).toMatch(message);
    expect(asCsv.code).toBe(1);
  });

  it('is exported with filters applied, which the entry of the export names', async () => {
    const { text } = await connector.api.get(
      '/audit-entries/export.jsonl?outcome=failed&text=request.invalid',
    );
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { details: { code: string } });
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.every(({ details }) => details.code === 'request.invalid')).toBe(true);
    expect((await connector.newestAuditEntry()).details).toEqual({
      format: 'jsonl',
      filter: { outcome: 'failed', text: 'request.invalid' },
    });
    expect((await verifyOffline(text, 'jsonl')).code).toBe(1);
    expect((await verifyOffline(text, 'jsonl', '--filtered')).code).toBe(0);
  });

  it('is refused to whoever may not read it, and to a wrong filter, with an entry each', async () => {
    expectProblem(
      await connector.as('reader').get('/audit-entries/export.csv'),
      403,
      'access.permission_missing',
    );
    const refused = await connector.newestAuditEntry();
    expect(refused).toMatchObject({
      operation: 'Export Audit Log',
      outcome: 'failed',
      actor: { id: 'reader' },
    });
    expectProblem(await connector.api.get('/audit-entries/export.csv?outcome=x'), 422, 'request.invalid');
    expect((await connector.newestAuditEntry()).sequence).toBe(refused.sequence + 1);
    expectProblem(
      await connector.as('reader').get('/audit-entries/verify'),
      403,
      'access.permission_missing',
    );
  });

  it('gives another tenant nothing of it', async () => {
    const { text } = await connector.as('reseller').get('/audit-entries/export.jsonl');
    expect(text.trimEnd().split('\n')).toHaveLength(1);
    expect(text).not.toContain('tenant-a');
  });
});
