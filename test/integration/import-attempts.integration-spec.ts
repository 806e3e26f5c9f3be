import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImportRunner } from '../../src/imports/application/import-runner.service.js';
import { detectFile } from '../../src/imports/domain/file-detection.js';
import { BillingImportRepository } from '../../src/imports/persistence/billing-import.repository.js';
import { ImportChunkRepository } from '../../src/imports/persistence/import-chunk.repository.js';
import { LineMergeRepository } from '../../src/imports/persistence/line-merge.repository.js';
import { newId } from '../../src/kernel/ids.js';
import { reconCsv, reconLine } from '../support/builders/bill.builder.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { buildServices, type TestServices } from '../support/builders/services.builder.js';

const MOST_ATTEMPTS = 5;
const TENANT = 'tenant-of-attempts';

let installation: TestInstallation;
let services: TestServices;
let imports: BillingImportRepository;
let chunks: ImportChunkRepository;
let runner: ImportRunner;

beforeAll(async () => {
  installation = await openInstallation();
  services = buildServices(installation);
  imports = new BillingImportRepository(installation.dataSource);
  chunks = new ImportChunkRepository(installation.dataSource);
  const { audit, clock } = services;
  const lines = new LineMergeRepository();
  runner = new ImportRunner(imports, chunks, lines, audit, installation.transactions, clock, null);
});

afterAll(() => installation?.close());

async function queued(): Promise<string> {
  const id = newId();
  const now = services.clock.now();
  const text = reconCsv([reconLine()]);
  await chunks.add(id, 0, gzipSync(text), now);
  await installation.transactions.run((tx) =>
    imports.insert(tx, {
      id,
      tenantId: TENANT,
      fileName: 'bill.csv',
      contentSha256: 'x',
      contentBytes: text.length,
      format: 'nceReconciliation',
      billingMonth: null,
      options: {},
      ...detectFile(text, 'utf-8', false, {}),
      state: 'queued',
      lines: { read: 0, accepted: 0, rejected: 0, unchanged: 0 },
      superseded: 0,
      error: null,
      correlationId: 'c',
      createdBy: { id: 'u', name: 'User' },
      createdAt: now,
      startedAt: null,
      finishedAt: null,
    }),
  );
  return id;
}

/** What a worker leaves that is killed. */
async function dies(importId: string): Promise<void> {
  expect(await imports.claim({ importId, attempt: newId() }, services.clock.now())).not.toBeNull();
}

describe('an import', () => {
  it('is ended as failed once it has cost as many workers as it may', async () => {
    const id = await queued();
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) await dies(id);
    await runner.execute(id, new AbortController().signal);
    expect(await imports.find(id)).toMatchObject({
      state: 'failed',
      error: { code: 'import.given_up', detail: expect.stringContaining('5 times') },
    });
    expect(await chunks.read(id, 0)).toBeNull();
    expect(await installation.query('SELECT 1 FROM imported_line WHERE import_id = $1', [id])).toEqual([]);
    const [entry] = await installation.query<{ outcome: string; details: unknown }>(
      'SELECT outcome, details FROM audit_entry WHERE tenant_id = $1 ORDER BY sequence DESC LIMIT 1',
      [TENANT],
    );
    expect(entry).toMatchObject({ outcome: 'failed', details: { code: 'import.given_up' } });
    // What has ended is taken up by nobody.
    expect(await imports.claim({ importId: id, attempt: newId() }, services.clock.now())).toBeNull();
  });

  it('succeeds at the last attempt it has, however often its host was stopped in order before', async () => {
    const id = await queued();
    for (let attempt = 1; attempt < MOST_ATTEMPTS; attempt += 1) await dies(id);
    for (let stop = 1; stop <= 3; stop += 1) {
      await expect(runner.execute(id, AbortSignal.abort())).rejects.toThrow(/abort/i);
      expect(await imports.find(id)).toMatchObject({ state: 'running', error: null });
    }
    await runner.execute(id, new AbortController().signal);
    expect(await imports.find(id)).toMatchObject({ state: 'succeeded', lines: { read: 1, accepted: 1 } });
  });
});
