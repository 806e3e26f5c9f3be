import { execFile } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { AuditCheckpoints } from '../../src/audit/application/audit-checkpoints.service.js';
import { signCheckpoint } from '../../src/audit/domain/audit-checkpoint.js';
import type { AuditEntry } from '../../src/audit/domain/audit-entry.js';
import { jsonLines } from '../../src/audit/domain/audit-export.js';
import { CHAIN_START } from '../../src/audit/domain/chain-verifier.js';
import { FileAuditAnchor } from '../../src/host-app/audit-ports.js';
import type { AuditCheckpoint } from '../../src/index.js';
import { folderFiles } from '../../src/psa-connector.archive-files.js';
import { makeChain, tamper } from '../support/builders/audit-chain.builder.js';
import {
  type AuditLogUnderTest,
  DAY_MS,
  keyProvider,
  openAuditLog,
} from '../support/builders/audit-log.builder.js';

const SCRIPT = fileURLToPath(new URL('../../src/docs/verify-audit-export.mjs', import.meta.url));

let log: AuditLogUnderTest;
let folder: string;

beforeEach(async () => {
  log = await openAuditLog();
  folder = await mkdtemp(join(inject('scratchDir'), 'archive-'));
});

afterEach(() => log?.installation.close());

/** First instant of the month of the log.clock. */
function thisMonth(): Date {
  const now = log.clock.now();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
}

/** Two tenants with entries in each of two months, then the clock in the second. */
async function fillTwoMonths(): Promise<void> {
  await log.append('one', 5);
  await log.append('two', 3);
  log.clock.advance(31 * DAY_MS);
  await log.append('one', 4);
}

function offline(...words: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...words], (_, stdout, stderr) => resolve(stdout + stderr));
  });
}
/** What an attempt that was refused leaves. */
function refusalIn(tenant: string, reason: RegExp) {
  return {
    tenant,
    outcome: 'failed',
    code: 'audit.archive_refused',
    reason: expect.stringMatching(reason) as string,
  };
}

describe('an archive', () => {
  it('takes whole months out, and each chain goes on from its seal', async () => {
    await fillTwoMonths();
    const archived = await log.archive.archive(thisMonth(), folderFiles(folder));
    expect(archived.map(({ checkpoint }) => [checkpoint.tenantId, checkpoint.sequence])).toEqual([
      ['one', '5'],
      ['two', '3'],
    ]);
    expect(
      await log.installation.query(
        'SELECT min(sequence)::int AS first FROM audit_entry GROUP BY tenant_id ORDER BY 1',
      ),
    ).toEqual([{ first: 4 }, { first: 6 }]);
    expect(await log.verification.verify('one')).toMatchObject({
      isIntact: true,
      verified: 5,
      start: { sequence: '5', hash: archived[0]?.checkpoint.hash },
    });
    expect(await log.verification.verify('two')).toMatchObject({ isIntact: true, verified: 1 });
    await log.append('two');
    expect(await log.verification.verify('two')).toMatchObject({ isIntact: true, verified: 2 });
    expect(log.anchor.published.map(({ tenantId }) => tenantId)).toEqual(['one', 'two']);
    expect(
      await log.installation.query(
        `SELECT details->>'sequence' AS sequence FROM audit_entry WHERE operation = 'Archive Audit Log'`,
      ),
    ).toEqual(expect.arrayContaining([{ sequence: '5' }, { sequence: '3' }]));
  });

  it('is verified offline, file after file, with the signature of its checkpoint', async () => {
    await fillTwoMonths();
    await log.archive.archive(thisMonth(), folderFiles(folder));
    log.clock.advance(31 * DAY_MS);
    await log.archive.archive(thisMonth(), folderFiles(folder));
    const names = (await readdir(folder)).toSorted();
    expect(names).toEqual([
      'audit-one-1-5.jsonl',
      'audit-one-1-5.jsonl.checkpoint',
      'audit-one-6-10.jsonl',
      'audit-one-6-10.jsonl.checkpoint',
      'audit-two-1-3.jsonl',
      'audit-two-1-3.jsonl.checkpoint',
      'audit-two-4-4.jsonl',
      'audit-two-4-4.jsonl.checkpoint',
    ]);
    const key = join(folder, 'public.pem');
    await writeFile(key, log.publicKey.export({ type: 'spki', format: 'pem' }));
    const path = (name: string) => join(folder, name);
    const first = JSON.parse(
      await readFile(path('audit-one-1-5.jsonl.checkpoint'), 'utf8'),
    ) as AuditCheckpoint;
    const signed = (name: string) => ['--checkpoints', path(`${name}.checkpoint`), '--public-key', key];
    expect(await offline(path('audit-one-1-5.jsonl'), ...signed('audit-one-1-5.jsonl'))).toContain(
      `5 entries verified; the last is 5 with hash ${first.hash}`,
    );
    const second = 'audit-one-6-10.jsonl';
    expect(await offline(path(second), '--after', `5:${first.hash}`, ...signed(second))).toContain(
      '5 entries verified',
    );
    await writeFile(path('forged'), JSON.stringify({ ...first, sequence: '4' }));
    const forged = ['--checkpoints', path('forged'), '--public-key', key];
    expect(await offline(path('audit-one-1-5.jsonl'), ...forged)).toContain(
      'signature of the checkpoint at entry 4',
    );
  });

  it('is verified offline with the checkpoints of all tenants in one file, also of an earlier key', async () => {
    const keyFile = async (name: string, key: KeyObject) => {
      const pem = join(folder, `${name}.pem`);
      await writeFile(pem, key.export({ type: 'spki', format: 'pem' }));
      return ['--public-key', pem];
    };
    const now = await keyFile('now', log.publicKey);
    const earlier = generateKeyPairSync('ed25519');
    const before = await keyFile('before', earlier.publicKey);
    const file = join(folder, 'checkpoints.jsonl');
    const anchorFile = new FileAuditAnchor(file);
    const signWith = (id: string, key: KeyObject) =>
      new AuditCheckpoints(log.chain, log.store, keyProvider(id, key), anchorFile, log.clock).create();
    await log.append('one', 2);
    await log.append('two', 1);
    await signWith('before', earlier.privateKey);
    await fillTwoMonths();
    await signWith('now', log.privateKey);
    const keys = {
      ...keyProvider('now', log.privateKey),
      earlierPublicKeys: () => Promise.resolve([earlier.publicKey]),
    };
    await log.archiveTrusting(keys).archive(thisMonth(), folderFiles(folder));
    const exported = ['one-1-7', 'two-1-4'].map((name) => join(folder, `audit-${name}.jsonl`));
    const verifyAll = (...words: string[]) =>
      Promise.all(exported.map((path) => offline(path, '--checkpoints', file, ...words)));

    const [one, two] = await verifyAll(...now, ...before);
    // The newest of tenant "one" was signed after the archive ends.
    expect(one).toContain('the end is missing');
    expect(two).toMatch(/^4 entries verified.*\n2 checkpoints compared\n$/);
    expect(await verifyAll()).toEqual([
      expect.stringContaining('the end is missing'),
      expect.stringMatching(/2 checkpoints compared, whose keys were not compared/),
    ]);
    for (const text of await verifyAll(...now)) expect(text).toMatch(/key that was not given .key id before/);

    const ofOne = (await readFile(file, 'utf8')).split('\n').filter((line) => line.includes('"one"'));
    await writeFile(file, ofOne.join('\n'));
    expect((await verifyAll(...now, ...before))[1]).toContain('no checkpoint of tenant two');
  });

  it('is not verified offline after an entry that is not the one that was signed', async () => {
    const [signed, anew] = [makeChain('one', 3), makeChain('one', 3)];
    const file = join(folder, 'anew.jsonl');
    await writeFile(file, jsonLines(anew.slice(1)));
    const verifyWith = async (...points: (AuditEntry | undefined)[]) => {
      const checkpoints = join(folder, 'checkpoints.jsonl');
      const lines = points.map((point) =>
        signCheckpoint('one', point ?? CHAIN_START, new Date(), { id: 'key', privateKey: log.privateKey }),
      );
      await writeFile(checkpoints, lines.map((line) => JSON.stringify(line)).join('\n'));
      return offline(file, '--after', `1:${anew[0]?.hash}`, '--checkpoints', checkpoints);
    };
    expect(await verifyWith(signed[0])).toContain(
      'The entry of --after: entry 1 is not the one that was signed',
    );
    expect(await verifyWith(anew[0], anew[2])).toMatch(/^2 entries verified.*\n2 checkpoints compared/);
  });

  it('refuses the present month, a month without entries, and a broken log.chain, and drops nothing', async () => {
    await fillTwoMonths();
    const refused = { code: 'audit.archive_refused' };
    const next = new Date(thisMonth().getTime() + 32 * DAY_MS);
    await expect(log.archive.archive(next, folderFiles(folder))).rejects.toMatchObject(refused);
    await expect(log.archive.archive(new Date('2020-01-01'), folderFiles(folder))).rejects.toMatchObject(
      refused,
    );
    await tamper(
      log.installation,
      `UPDATE audit_entry SET outcome = 'failed' WHERE tenant_id = 'two' AND sequence = 2`,
    );
    await expect(log.archive.archive(thisMonth(), folderFiles(folder))).rejects.toMatchObject(refused);
    expect(
      await log.installation.query(`SELECT FROM audit_entry WHERE operation <> 'Archive Audit Log'`),
    ).toHaveLength(12);
    // What concerns the log of one tenant is told in that one alone.
    const told = await log.installation.query<{ tenant: string; reason: string }>(`
      SELECT tenant_id AS tenant, outcome, details->>'code' AS code, details->>'reason' AS reason FROM audit_entry
      WHERE operation = 'Archive Audit Log' ORDER BY tenant_id, sequence`);
    const [early, empty] = [/present month/, /no partition/];
    expect(told).toEqual([
      ...['one', 'two'].flatMap((tenant) => [refusalIn(tenant, early), refusalIn(tenant, empty)]),
      refusalIn('two', /chain of tenant two is broken/),
    ]);
    expect(await log.installation.query('SELECT FROM audit_seal')).toEqual([]);
    expect((await readdir(folder)).filter((name) => name.includes('.part'))).toEqual([]);
  });

  it('leaves a log that refuses changes, in every partition', async () => {
    await fillTwoMonths();
    await log.archive.archive(thisMonth(), folderFiles(folder));
    const partitions = await log.installation.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'audit_entry'::regclass`,
    );
    expect(partitions.length).toBeGreaterThan(10);
    for (const { name } of partitions)
      await expect(log.installation.query(`TRUNCATE ${name}`)).rejects.toThrow('append-only');
    for (const verb of [
      'UPDATE audit_seal SET file_name = file_name',
      'DELETE FROM audit_seal',
      'DELETE FROM audit_entry',
    ]) {
      await expect(log.installation.query(verb)).rejects.toThrow('append-only');
    }
  });

  it('makes the months ahead, also for entries that are later than all of them', async () => {
    const through = new Date(Date.now() + 600 * DAY_MS);
    expect(await log.store.addMonths(through)).toBeGreaterThan(6);
    expect(await log.store.addMonths(through)).toBe(0);
    log.clock.advance(2000 * DAY_MS);
    await log.append('one');
    expect(await log.store.addMonths(new Date(log.clock.now().getTime() + 600 * DAY_MS))).toBe(0);
    expect(await log.verification.verify('one')).toMatchObject({ isIntact: true, verified: 1 });
  });
});
