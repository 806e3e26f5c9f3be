import { execFile } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { AuditArchive } from '../../src/audit/application/audit-archive.service.js';
import { AuditCheckpoints } from '../../src/audit/application/audit-checkpoints.service.js';
import { AuditTrail } from '../../src/audit/application/audit-trail.service.js';
import { AuditVerification } from '../../src/audit/application/audit-verification.service.js';
import { signCheckpoint, trustedKeysOf } from '../../src/audit/domain/audit-checkpoint.js';
import { AUDIT_OPERATIONS } from '../../src/audit/domain/audit-operations.js';
import { AuditChainRepository } from '../../src/audit/persistence/audit-chain.repository.js';
import { AuditEntryRepository } from '../../src/audit/persistence/audit-entry.repository.js';
import { ChainSegmentRepository } from '../../src/audit/persistence/chain-segment.repository.js';
import { CheckpointRepository } from '../../src/audit/persistence/checkpoint.repository.js';
import { systemContext } from '../../src/core/use-case-context.js';
import { FileAuditAnchor } from '../../src/host-app/audit-ports.js';
import type { AuditAnchor, AuditCheckpoint, AuditSigningKeyProvider } from '../../src/index.js';
import { folderFiles } from '../../src/psa-connector.archive-files.js';
import { tamper } from '../support/builders/audit-chain.builder.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { FakeClock } from '../support/fakes/fake-clock.js';

const SCRIPT = fileURLToPath(new URL('../../src/docs/verify-audit-export.mjs', import.meta.url));
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const DAY_MS = 86_400_000;
const POINT = { sequence: '1', hash: '0'.repeat(64) };

/** Keeps what it is given, or refuses. */
class FakeAnchor implements AuditAnchor {
  readonly published: AuditCheckpoint[] = [];
  isDown = false;
  asked = 0;
  /** Tenants whose checkpoints it never takes. */
  readonly refuses = new Set<string>();

  publish({ ...checkpoint }: AuditCheckpoint): Promise<void> {
    this.asked += 1;
    if (this.isDown) return Promise.reject(new Error('the anchor is down'));
    if (this.refuses.has(checkpoint.tenantId)) return Promise.reject(new Error('no such object lock'));
    this.published.push(checkpoint);
    return Promise.resolve();
  }
}

let installation: TestInstallation;
let clock: FakeClock;
let trail: AuditTrail;
let checkpoints: AuditCheckpoints;
let archive: AuditArchive;
let verification: AuditVerification;
let anchor: FakeAnchor;
let store: CheckpointRepository;
let chain: AuditChainRepository;
let segments: ChainSegmentRepository;
let folder: string;

beforeEach(async () => {
  installation = await openInstallation();
  const { dataSource, transactions } = installation;
  // After the months the migration made begin, which it does with the month after the present one.
  clock = new FakeClock(new Date(Date.now() + 62 * DAY_MS).toISOString());
  anchor = new FakeAnchor();
  folder = await mkdtemp(join(inject('scratchDir'), 'archive-'));
  chain = new AuditChainRepository(dataSource);
  store = new CheckpointRepository(dataSource);
  const keys = { currentKey: () => Promise.resolve({ id: 'key-1', privateKey }) };
  trail = new AuditTrail(new AuditEntryRepository(dataSource), clock, transactions);
  checkpoints = new AuditCheckpoints(chain, store, keys, anchor, clock);
  archive = new AuditArchive(chain, store, checkpoints, trail, transactions, clock);
  segments = new ChainSegmentRepository(dataSource);
  verification = new AuditVerification(chain, store, segments, trustedKeysOf(keys));
});

afterEach(() => installation?.close());

async function append(tenantId: string, times = 1): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await installation.transactions.run((tx) =>
      trail.append(tx, systemContext(tenantId, 'request-1'), {
        operation: AUDIT_OPERATIONS.updateConnection,
        subject: { type: 'connection', id: null, label: 'Main' },
      }),
    );
  }
}

/** First instant of the month of the clock. */
function thisMonth(): Date {
  const now = clock.now();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
}

/** Two tenants with entries in each of two months, then the clock in the second. */
async function fillTwoMonths(): Promise<void> {
  await append('one', 5);
  await append('two', 3);
  clock.advance(31 * DAY_MS);
  await append('one', 4);
}

function offline(...words: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...words], (_, stdout, stderr) => resolve(stdout + stderr));
  });
}

describe('a checkpoint', () => {
  it('is signed, published once and compared when the chain is verified', async () => {
    await append('one', 3);
    const [checkpoint] = await checkpoints.create();
    expect(anchor.published).toEqual([checkpoint]);
    expect(await checkpoints.create()).toEqual([]);
    await append('one');
    expect(await checkpoints.create(DAY_MS)).toEqual([]);
    expect(await verification.verify('one')).toMatchObject({ isIntact: true, verified: 4, checkpoints: 1 });
    expect(anchor.published).toHaveLength(1);
  });

  it('is published later when the anchor is down', async () => {
    await append('one');
    anchor.isDown = true;
    const [checkpoint] = await checkpoints.create();
    anchor.isDown = false;
    await checkpoints.publish();
    await checkpoints.publish();
    expect(anchor.published).toEqual([checkpoint]);
  });

  it('is published though those of other tenants are refused, and told of with its age when it is not', async () => {
    const logged = vi.spyOn(Logger.prototype, 'error');
    // More than are given up after, and older than every other.
    const refused = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    for (const tenantId of refused) {
      anchor.refuses.add(tenantId);
      await store.add(signCheckpoint(tenantId, POINT, clock.now(), { id: 'key-1', privateKey }));
    }
    clock.advance(DAY_MS);
    for (let number = 1; number <= 250; number += 1) {
      await store.add(signCheckpoint(`ok ${number}`, POINT, clock.now(), { id: 'key-1', privateKey }));
    }
    for (let run = 0; run < 2; run += 1) await checkpoints.publish();
    expect(anchor.published).toHaveLength(250);
    expect(logged).toHaveBeenCalledWith(
      'An audit checkpoint was not published',
      expect.objectContaining({ tenantId: 'g', ageSeconds: DAY_MS / 1000, reason: expect.any(String) }),
    );
    logged.mockRestore();

    anchor.refuses.clear();
    await checkpoints.publish();
    expect(anchor.published.slice(250).map(({ tenantId }) => tenantId)).toEqual(refused);
  });

  it('is not tried with every tenant while the anchor is down', async () => {
    for (let number = 1; number <= 20; number += 1) {
      await store.add(signCheckpoint(`${number}`, POINT, clock.now(), { id: 'key-1', privateKey }));
    }
    anchor.isDown = true;
    await checkpoints.publish();
    expect(anchor.asked).toBe(5);
    anchor.isDown = false;
    await checkpoints.publish();
    expect(anchor.published).toHaveLength(20);
  });

  it('shows that the end of the log was cut off together with its head', async () => {
    await append('one', 3);
    await checkpoints.create();
    await tamper(installation, 'DELETE FROM audit_entry WHERE sequence = 3');
    await installation.query(
      `UPDATE audit_chain_head SET sequence = 2, hash = (SELECT hash FROM audit_entry WHERE sequence = 2)`,
    );
    expect((await verification.verify('one')).problem).toMatchObject({ kind: 'missing', sequence: '3' });
  });

  it('shows that it was changed itself, or that the log was written anew', async () => {
    await append('one', 2);
    await checkpoints.create();
    await installation.query(`UPDATE audit_checkpoint SET hash = '${'1'.repeat(64)}'`);
    expect((await verification.verify('one')).problem).toMatchObject({ kind: 'checkpoint', sequence: '2' });
  });

  describe('that someone else signed', () => {
    const forger = { id: 'key-1', privateKey: generateKeyPairSync('ed25519').privateKey };

    /** All that whoever writes to the database can do: what they sign fits the log they wrote. */
    async function resign(): Promise<void> {
      const head = await chain.head('one');
      await tamper(installation, 'DELETE FROM audit_checkpoint');
      await store.add(signCheckpoint('one', head ?? { sequence: '0', hash: '' }, clock.now(), forger));
    }

    it('is a problem, though its own key signed it', async () => {
      await append('one', 3);
      await checkpoints.create();
      await resign();
      expect(await verification.verify('one')).toMatchObject({
        isIntact: false,
        areKeysCompared: true,
        problem: { kind: 'checkpoint', sequence: '3', detail: expect.stringContaining('trusted') },
      });
    });

    it('seals nothing', async () => {
      await append('one', 3);
      await resign();
      await tamper(installation, `INSERT INTO audit_seal VALUES ('one', 3, now(), 'nothing.jsonl')`);
      await tamper(installation, 'DELETE FROM audit_entry');
      expect((await verification.verify('one')).problem).toMatchObject({ kind: 'checkpoint', sequence: '3' });
    });

    it('is told from one of an earlier key of the host, and not compared where the host has no key', async () => {
      await append('one', 3);
      await resign();
      const earlier = [createPublicKey(forger.privateKey)];
      const rotated = {
        currentKey: () => Promise.resolve({ id: 'key-2', privateKey }),
        earlierPublicKeys: () => Promise.resolve(earlier),
      };
      const verifyWith = (provider: AuditSigningKeyProvider | null) =>
        new AuditVerification(chain, store, segments, trustedKeysOf(provider)).verify('one');
      expect(await verifyWith(rotated)).toMatchObject({ isIntact: true, areKeysCompared: true });
      expect(await verifyWith(null)).toMatchObject({ isIntact: true, areKeysCompared: false });
    });
  });

  it('is refused without a key', async () => {
    const { dataSource } = installation;
    const without = new AuditCheckpoints(
      new AuditChainRepository(dataSource),
      new CheckpointRepository(dataSource),
      null,
      null,
      clock,
    );
    await append('one');
    await expect(without.create()).rejects.toMatchObject({ code: 'audit.signing_key_missing' });
  });
});

describe('an archive', () => {
  it('takes whole months out, and each chain goes on from its seal', async () => {
    await fillTwoMonths();
    const archived = await archive.archive(thisMonth(), folderFiles(folder));
    expect(archived.map(({ checkpoint }) => [checkpoint.tenantId, checkpoint.sequence])).toEqual([
      ['one', '5'],
      ['two', '3'],
    ]);
    expect(
      await installation.query(
        'SELECT min(sequence)::int AS first FROM audit_entry GROUP BY tenant_id ORDER BY 1',
      ),
    ).toEqual([{ first: 4 }, { first: 6 }]);
    expect(await verification.verify('one')).toMatchObject({
      isIntact: true,
      verified: 5,
      start: { sequence: '5', hash: archived[0]?.checkpoint.hash },
    });
    expect(await verification.verify('two')).toMatchObject({ isIntact: true, verified: 1 });
    await append('two');
    expect(await verification.verify('two')).toMatchObject({ isIntact: true, verified: 2 });
    expect(anchor.published.map(({ tenantId }) => tenantId)).toEqual(['one', 'two']);
    expect(
      await installation.query(
        `SELECT details->>'sequence' AS sequence FROM audit_entry WHERE operation = 'Archive Audit Log'`,
      ),
    ).toEqual(expect.arrayContaining([{ sequence: '5' }, { sequence: '3' }]));
  });

  it('is verified offline, file after file, with the signature of its checkpoint', async () => {
    await fillTwoMonths();
    await archive.archive(thisMonth(), folderFiles(folder));
    clock.advance(31 * DAY_MS);
    await archive.archive(thisMonth(), folderFiles(folder));
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
    await writeFile(key, publicKey.export({ type: 'spki', format: 'pem' }));
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
    const now = await keyFile('now', publicKey);
    const earlier = generateKeyPairSync('ed25519');
    const before = await keyFile('before', earlier.publicKey);
    const file = join(folder, 'checkpoints.jsonl');
    const anchorFile = new FileAuditAnchor(file);
    const signWith = (id: string, key: KeyObject) =>
      new AuditCheckpoints(
        chain,
        store,
        { currentKey: () => Promise.resolve({ id, privateKey: key }) },
        anchorFile,
        clock,
      ).create();
    await append('one', 2);
    await append('two', 1);
    await signWith('before', earlier.privateKey);
    await fillTwoMonths();
    await signWith('now', privateKey);
    await archive.archive(thisMonth(), folderFiles(folder));
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

  it('refuses the present month, a month without entries, and a broken chain, and drops nothing', async () => {
    await fillTwoMonths();
    const refused = { code: 'audit.archive_refused' };
    const next = new Date(thisMonth().getTime() + 32 * DAY_MS);
    await expect(archive.archive(next, folderFiles(folder))).rejects.toMatchObject(refused);
    await expect(archive.archive(new Date('2020-01-01'), folderFiles(folder))).rejects.toMatchObject(refused);
    await tamper(
      installation,
      `UPDATE audit_entry SET outcome = 'failed' WHERE tenant_id = 'two' AND sequence = 2`,
    );
    await expect(archive.archive(thisMonth(), folderFiles(folder))).rejects.toMatchObject(refused);
    expect(await installation.query('SELECT FROM audit_entry')).toHaveLength(12);
    expect(await installation.query('SELECT FROM audit_seal')).toEqual([]);
    expect((await readdir(folder)).filter((name) => name.includes('.part'))).toEqual([]);
  });

  it('leaves a log that refuses changes, in every partition', async () => {
    await fillTwoMonths();
    await archive.archive(thisMonth(), folderFiles(folder));
    const partitions = await installation.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'audit_entry'::regclass`,
    );
    expect(partitions.length).toBeGreaterThan(10);
    for (const { name } of partitions)
      await expect(installation.query(`TRUNCATE ${name}`)).rejects.toThrow('append-only');
    for (const verb of [
      'UPDATE audit_seal SET file_name = file_name',
      'DELETE FROM audit_seal',
      'DELETE FROM audit_entry',
    ]) {
      await expect(installation.query(verb)).rejects.toThrow('append-only');
    }
  });

  it('makes the months ahead, also for entries that are later than all of them', async () => {
    const through = new Date(Date.now() + 600 * DAY_MS);
    expect(await store.addMonths(through)).toBeGreaterThan(6);
    expect(await store.addMonths(through)).toBe(0);
    clock.advance(2000 * DAY_MS);
    await append('one');
    expect(await store.addMonths(new Date(clock.now().getTime() + 600 * DAY_MS))).toBe(0);
    expect(await verification.verify('one')).toMatchObject({ isIntact: true, verified: 1 });
  });
});
