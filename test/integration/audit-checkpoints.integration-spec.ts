import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuditCheckpoints } from '../../src/audit/application/audit-checkpoints.service.js';
import { AuditVerification } from '../../src/audit/application/audit-verification.service.js';
import { signCheckpoint, trustedKeysOf } from '../../src/audit/domain/audit-checkpoint.js';
import type { AuditSigningKeyProvider } from '../../src/index.js';
import { tamper } from '../support/builders/audit-chain.builder.js';
import { type AuditLogUnderTest, DAY_MS, openAuditLog } from '../support/builders/audit-log.builder.js';

const POINT = { sequence: '1', hash: '0'.repeat(64) };

let log: AuditLogUnderTest;
let privateKey: KeyObject;

beforeEach(async () => {
  log = await openAuditLog();
  ({ privateKey } = log);
});

afterEach(() => log?.installation.close());

function verifyWith(provider: AuditSigningKeyProvider | null) {
  return new AuditVerification(log.chain, log.store, log.segments, trustedKeysOf(provider)).verify('one');
}

describe('a checkpoint', () => {
  it('is signed, published once and compared when the chain is verified', async () => {
    await log.append('one', 3);
    const [checkpoint] = await log.checkpoints.create();
    expect(log.anchor.published).toEqual([checkpoint]);
    expect(await log.checkpoints.create()).toEqual([]);
    await log.append('one');
    expect(await log.checkpoints.create(DAY_MS)).toEqual([]);
    expect(await log.verification.verify('one')).toMatchObject({
      isIntact: true,
      verified: 4,
      checkpoints: 1,
    });
    expect(log.anchor.published).toHaveLength(1);
  });

  it('is made without reading all there are', async () => {
    const all = vi.spyOn(log.store, 'list');
    await log.append('one', 3);
    await log.checkpoints.create();
    await log.append('one');
    expect((await log.checkpoints.create()).map(({ sequence }) => sequence)).toEqual(['4']);
    expect(await log.checkpoints.create()).toEqual([]);
    expect(all).not.toHaveBeenCalled();
  });

  it('is published later when the anchor is down', async () => {
    await log.append('one');
    log.anchor.isDown = true;
    const [checkpoint] = await log.checkpoints.create();
    log.anchor.isDown = false;
    await log.checkpoints.publish();
    await log.checkpoints.publish();
    expect(log.anchor.published).toEqual([checkpoint]);
  });

  it('is published though those of other tenants are refused, and told of with its age when it is not', async () => {
    const logged = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    // More than are given up after, and older than every other.
    const refused = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    for (const tenantId of refused) {
      log.anchor.refuses.add(tenantId);
      await log.store.add(signCheckpoint(tenantId, POINT, log.clock.now(), { id: 'key-1', privateKey }));
    }
    log.clock.advance(DAY_MS);
    for (let number = 1; number <= 250; number += 1) {
      await log.store.add(
        signCheckpoint(`ok ${number}`, POINT, log.clock.now(), { id: 'key-1', privateKey }),
      );
    }
    for (let run = 0; run < 2; run += 1) await log.checkpoints.publish();
    expect(log.anchor.published).toHaveLength(250);
    expect(logged).toHaveBeenCalledWith(
      'An audit checkpoint was not published',
      expect.objectContaining({ tenantId: 'g', ageSeconds: DAY_MS / 1000, reason: expect.any(String) }),
    );
    logged.mockRestore();

    log.anchor.refuses.clear();
    await log.checkpoints.publish();
    expect(log.anchor.published.slice(250).map(({ tenantId }) => tenantId)).toEqual(refused);
  });

  it('is not tried with every tenant while the anchor is down', async () => {
    for (let number = 1; number <= 20; number += 1) {
      await log.store.add(signCheckpoint(`${number}`, POINT, log.clock.now(), { id: 'key-1', privateKey }));
    }
    log.anchor.isDown = true;
    await log.checkpoints.publish();
    expect(log.anchor.asked).toBe(5);
    log.anchor.isDown = false;
    await log.checkpoints.publish();
    expect(log.anchor.published).toHaveLength(20);
  });

  it('shows that the end of the log was cut off together with its head', async () => {
    await log.append('one', 3);
    await log.checkpoints.create();
    await tamper(log.installation, 'DELETE FROM audit_entry WHERE sequence = 3');
    await log.installation.query(
      `UPDATE audit_chain_head SET sequence = 2, hash = (SELECT hash FROM audit_entry WHERE sequence = 2)`,
    );
    expect((await log.verification.verify('one')).problem).toMatchObject({ kind: 'missing', sequence: '3' });
  });

  it('shows that it was changed itself, or that the log was written anew', async () => {
    await log.append('one', 2);
    await log.checkpoints.create();
    await log.installation.query(`UPDATE audit_checkpoint SET hash = '${'1'.repeat(64)}'`);
    expect((await log.verification.verify('one')).problem).toMatchObject({
      kind: 'checkpoint',
      sequence: '2',
    });
  });

  describe('that someone else signed', () => {
    const forger = { id: 'key-1', privateKey: generateKeyPairSync('ed25519').privateKey };

    /** All that whoever writes to the database can do: what they sign fits the log they wrote. */
    async function resign(): Promise<void> {
      const head = await log.chain.head('one');
      await tamper(log.installation, 'DELETE FROM audit_checkpoint');
      await log.store.add(
        signCheckpoint('one', head ?? { sequence: '0', hash: '' }, log.clock.now(), forger),
      );
    }

    it('is a problem, though its own key signed it', async () => {
      await log.append('one', 3);
      await log.checkpoints.create();
      await resign();
      expect(await log.verification.verify('one')).toMatchObject({
        isIntact: false,
        areKeysCompared: true,
        problem: { kind: 'checkpoint', sequence: '3', detail: expect.stringContaining('trusted') },
      });
    });

    it('seals nothing', async () => {
      await log.append('one', 3);
      await resign();
      await tamper(log.installation, `INSERT INTO audit_seal VALUES ('one', 3, now(), 'nothing.jsonl')`);
      await tamper(log.installation, 'DELETE FROM audit_entry');
      expect((await log.verification.verify('one')).problem).toMatchObject({
        kind: 'checkpoint',
        sequence: '3',
      });
    });

    it('is told from one of an earlier key of the host, and not compared where the host has no key', async () => {
      await log.append('one', 3);
      await resign();
      const earlier = [createPublicKey(forger.privateKey)];
      const rotated = {
        currentKey: () => Promise.resolve({ id: 'key-2', privateKey }),
        earlierPublicKeys: () => Promise.resolve(earlier),
      };
      expect(await verifyWith(rotated)).toMatchObject({ isIntact: true, areKeysCompared: true });
      expect(await verifyWith(null)).toMatchObject({ isIntact: true, areKeysCompared: false });
    });
  });

  it('is refused without a key', async () => {
    const without = new AuditCheckpoints(log.chain, log.store, null, null, log.clock);
    await log.append('one');
    await expect(without.create()).rejects.toMatchObject({ code: 'audit.signing_key_missing' });
  });
});
