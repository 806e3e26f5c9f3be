import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, it, vi } from 'vitest';
import { folderFiles } from '../../src/psa-connector.archive-files.js';
import { type AuditLogUnderTest, DAY_MS, openAuditLog } from '../support/builders/audit-log.builder.js';

let log: AuditLogUnderTest;
let folder: string;
let month: Date;

beforeEach(async () => {
  log = await openAuditLog();
  folder = await mkdtemp(join(inject('scratchDir'), 'archive-'));
  await log.append('one', 3);
  await log.append('two', 2);
  const now = log.clock.now();
  month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
  log.clock.advance(31 * DAY_MS);
});

afterEach(() => log?.installation.close());

const archive = () => log.archive.archive(month, folderFiles(folder));
const read = (name: string) => readFile(join(folder, name), 'utf8');

it('an archive that ended before it dropped anything is done again beside the files it left', async () => {
  vi.spyOn(log.store, 'dropBefore').mockRejectedValueOnce(new Error('the power went'));
  await expect(archive()).rejects.toThrow('the power went');
  const names = (await readdir(folder)).toSorted();
  expect(names).toHaveLength(4);
  const texts = await Promise.all(names.map(read));
  log.clock.advance(1000);
  const archived = await archive();
  expect((await readdir(folder)).toSorted()).toEqual(names);
  expect(await Promise.all(names.map(read))).toEqual(texts);
  expect(archived.map(({ checkpoint }) => checkpoint)).toEqual(
    texts
      .filter((_, index) => names[index]?.endsWith('.checkpoint'))
      .map((text) => JSON.parse(text) as unknown),
  );
  expect(await log.verification.verify('one')).toMatchObject({ isIntact: true, start: { sequence: '3' } });
});

it.each(['audit-two-1-2.jsonl', 'audit-two-1-2.jsonl.checkpoint'])(
  'an archive replaces no file %s of something else, and drops nothing',
  async (name) => {
    await writeFile(join(folder, name), 'of another installation');
    await expect(archive()).rejects.toMatchObject({
      code: 'audit.archive_refused',
      tenantId: 'two',
      message: expect.stringContaining(`a file ${name} with other content`) as string,
    });
    expect(await read(name)).toBe('of another installation');
    expect((await readdir(folder)).filter((one) => one.endsWith('.part'))).toEqual([]);
    expect(
      await log.installation.query('SELECT FROM audit_entry WHERE occurred_at < $1', [month]),
    ).toHaveLength(5);
  },
);
