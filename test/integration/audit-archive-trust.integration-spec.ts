import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { signCheckpoint } from '../../src/audit/domain/audit-checkpoint.js';
import { chainHash } from '../../src/audit/domain/audit-entry.js';
import { CHAIN_START } from '../../src/audit/domain/chain-verifier.js';
import { folderFiles } from '../../src/psa-connector.archive-files.js';
import { storeChain, tamper } from '../support/builders/audit-chain.builder.js';
import {
  type AuditLogUnderTest,
  DAY_MS,
  keyProvider,
  openAuditLog,
} from '../support/builders/audit-log.builder.js';

const REFUSED = { code: 'audit.archive_refused' };

let log: AuditLogUnderTest;
let folder: string;

beforeEach(async () => {
  log = await openAuditLog();
  folder = await mkdtemp(join(inject('scratchDir'), 'archive-'));
});

afterEach(() => log?.installation.close());

const newSigner = () => ({ id: 'key-1', privateKey: generateKeyPairSync('ed25519').privateKey });

/** Ends the month that was written to, and gives the first instant of the next. */
function endMonth(): Date {
  const now = log.clock.now();
  log.clock.advance(31 * DAY_MS);
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
}

/** All that whoever writes to the database can do: the second entry tells something else, and every hash fits. */
async function writeAnew(): Promise<void> {
  let previousHash = (await log.store.seal('one'))?.hash ?? CHAIN_START.hash;
  const entries = (await log.chain.read('one', '0', '1000', 1000)).map((entry, index) => {
    const told = index === 1 ? { ...entry, actor: { id: 'u-9', name: 'Somebody else' } } : entry;
    const hash = chainHash(previousHash, entry.sequence, told);
    const anew = { ...told, previousHash, hash };
    previousHash = hash;
    return anew;
  });
  await tamper(log.installation, 'DELETE FROM audit_entry', 'DELETE FROM audit_chain_head');
  await storeChain(log.installation, entries);
}

async function expectNothingDropped(entries: number): Promise<void> {
  expect(
    await log.installation.query(`SELECT FROM audit_entry WHERE operation <> 'Archive Audit Log'`),
  ).toHaveLength(entries);
  expect((await readdir(folder)).filter((name) => name.includes('.part'))).toEqual([]);
}

describe('an archive', () => {
  it('takes out no log that was written anew after a checkpoint was signed', async () => {
    await log.append('one', 3);
    await log.checkpoints.create();
    const month = endMonth();
    await log.append('one');
    await writeAnew();
    await expect(log.archive.archive(month, folderFiles(folder))).rejects.toMatchObject({
      ...REFUSED,
      message: expect.stringContaining('Entry 3 is not the one a checkpoint was signed for') as string,
    });
    await expectNothingDropped(4);
    expect(await log.installation.query('SELECT FROM audit_seal')).toEqual([]);
    expect((await log.verification.verify('one')).problem).toMatchObject({ kind: 'checkpoint' });
  });

  it('nor one that was signed only after the months that leave', async () => {
    await log.append('one', 3);
    const month = endMonth();
    await log.append('one', 2);
    await log.checkpoints.create();
    await log.append('one');
    await writeAnew();
    await expect(log.archive.archive(month, folderFiles(folder))).rejects.toMatchObject({
      ...REFUSED,
      message: expect.stringContaining('Entry 5 is not the one') as string,
    });
    await expectNothingDropped(6);
  });

  it('believes no checkpoint that somebody else signed', async () => {
    await log.append('one', 3);
    await writeAnew();
    const head = (await log.chain.head('one')) ?? CHAIN_START;
    await log.store.add(signCheckpoint('one', head, log.clock.now(), newSigner()));
    await expect(log.archive.archive(endMonth(), folderFiles(folder))).rejects.toMatchObject({
      ...REFUSED,
      message: expect.stringContaining('none of the trusted') as string,
    });
    await expectNothingDropped(3);
  });

  it('believes no seal that somebody else signed, and drops nothing behind it', async () => {
    await log.append('one', 3);
    const forged = await log.chain.read('one', '0', '2', 2);
    const { sequence, hash } = forged.at(-1) ?? CHAIN_START;
    await log.store.add(signCheckpoint('one', { sequence, hash }, log.clock.now(), newSigner()));
    await tamper(
      log.installation,
      `INSERT INTO audit_seal VALUES ('one', 2, now(), 'nothing.jsonl')`,
      'DELETE FROM audit_entry WHERE sequence <= 2',
    );
    await expect(log.archive.archive(endMonth(), folderFiles(folder))).rejects.toMatchObject(REFUSED);
    await expectNothingDropped(1);
  });

  it('believes checkpoints and a seal of an earlier key that it is given', async () => {
    const earlier = newSigner();
    await log.append('one', 3);
    const first = await log.archive.archive(endMonth(), folderFiles(folder));
    const seal = (await log.store.seal('one')) ?? CHAIN_START;
    await log.append('one', 2);
    const resigned = signCheckpoint('one', seal, log.clock.now(), earlier);
    await log.installation.query(
      'UPDATE audit_checkpoint SET created_at = $1, public_key = $2, signature = $3',
      [resigned.createdAt, resigned.publicKey, resigned.signature],
    );
    const month = endMonth();
    await expect(log.archive.archive(month, folderFiles(folder))).rejects.toMatchObject(REFUSED);
    await expectNothingDropped(2);

    const keys = {
      ...keyProvider('key-1', log.privateKey),
      earlierPublicKeys: () => Promise.resolve([createPublicKey(earlier.privateKey)]),
    };
    const second = await log.archiveTrusting(keys).archive(month, folderFiles(folder));
    expect([first[0]?.checkpoint.sequence, second[0]?.checkpoint.sequence]).toEqual(['3', '6']);
  });
});
