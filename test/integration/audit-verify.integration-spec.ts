import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditVerification } from '../../src/audit/application/audit-verification.service.js';
import { signCheckpoint, trustedKeysOf } from '../../src/audit/domain/audit-checkpoint.js';
import { type AuditEntry, chainHash } from '../../src/audit/domain/audit-entry.js';
import { CHAIN_START } from '../../src/audit/domain/chain-verifier.js';
import { AuditChainRepository } from '../../src/audit/persistence/audit-chain.repository.js';
import { ChainSegmentRepository } from '../../src/audit/persistence/chain-segment.repository.js';
import { CheckpointRepository } from '../../src/audit/persistence/checkpoint.repository.js';
import { newId } from '../../src/kernel/ids.js';
import { makeChain, storeChain, tamper } from '../support/builders/audit-chain.builder.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';

const LENGTH = 30;
let installation: TestInstallation;
let verification: AuditVerification;

beforeAll(async () => {
  installation = await openInstallation();
  verification = new AuditVerification(
    new AuditChainRepository(installation.dataSource),
    new CheckpointRepository(installation.dataSource),
    new ChainSegmentRepository(installation.dataSource),
    trustedKeysOf(null),
  );
});

afterAll(() => installation?.close());

const AT = (number: number, tenantId: string) => `tenant_id = '${tenantId}' AND sequence = ${number}`;

async function newChain(length = LENGTH): Promise<{ tenantId: string; entries: AuditEntry[] }> {
  const tenantId = `tenant ${newId()}`;
  const entries = makeChain(tenantId, length);
  await storeChain(installation, entries);
  return { tenantId, entries };
}

describe('verifying a chain', () => {
  it('counts what was verified and gives the hash of the last entry', async () => {
    const { tenantId, entries } = await newChain();
    const report = await verification.verify(tenantId);
    expect(report).toEqual({
      tenantId,
      isIntact: true,
      verified: LENGTH,
      start: { sequence: '0', hash: '0'.repeat(64) },
      head: { sequence: String(LENGTH), hash: entries.at(-1)?.hash },
      problem: null,
      checkpoints: 0,
      areKeysCompared: false,
    });
  });

  it('goes on over several pages', async () => {
    const { tenantId } = await newChain(9001);
    expect(await verification.verify(tenantId)).toMatchObject({ isIntact: true, verified: 9001 });
  });

  it('finds nothing wrong with a tenant that has no log', async () => {
    expect(await verification.verify('nobody')).toMatchObject({ isIntact: true, verified: 0 });
  });

  it('stops when it is asked to', async () => {
    const { tenantId } = await newChain();
    await expect(verification.verify(tenantId, AbortSignal.abort(new Error('enough')))).rejects.toThrow(
      'enough',
    );
  });

  it.each<[string, string, string, string[]]>([
    ['a changed label', 'changed', '7', [`UPDATE audit_entry SET subject_label = 'Other' WHERE @7`]],
    ['a changed outcome', 'changed', '1', [`UPDATE audit_entry SET outcome = 'failed' WHERE @1`]],
    ['a changed detail', 'changed', '30', [`UPDATE audit_entry SET details = '{"a": 1}' WHERE @30`]],
    [
      'a changed time',
      'changed',
      '9',
      ["UPDATE audit_entry SET occurred_at = occurred_at + interval '1 ms' WHERE @9"],
    ],
    ['a missing entry', 'missing', '12', ['DELETE FROM audit_entry WHERE @12']],
    ['the first entry missing', 'missing', '1', ['DELETE FROM audit_entry WHERE @1']],
    ['the last entry missing', 'missing', '30', ['DELETE FROM audit_entry WHERE @30']],
    [
      'a cut-off end',
      'missing',
      '29',
      ['DELETE FROM audit_entry WHERE @29', 'DELETE FROM audit_entry WHERE @30'],
    ],
    [
      'two entries that changed places',
      'reordered',
      '4',
      [
        'UPDATE audit_entry SET sequence = 1000004 WHERE @4',
        'UPDATE audit_entry SET sequence = 4 WHERE @5',
        `UPDATE audit_entry SET sequence = 5 WHERE @1000004`,
      ],
    ],
    ['an entry moved to the end of a gap', 'missing', '8', ['UPDATE audit_entry SET sequence = 31 WHERE @8']],
  ])('names %s', async (_, kind, sequence, statements) => {
    const { tenantId, entries } = await newChain();
    await tamper(
      installation,
      ...statements.map((text) =>
        text.replaceAll(/@(\d+)/g, (_match, number) => AT(Number(number), tenantId)),
      ),
    );
    const report = await verification.verify(tenantId);
    expect(report).toMatchObject({ isIntact: false, problem: { kind, sequence } });
    expect(report.verified).toBe(Number(sequence) - 1);
    expect(report.problem?.entryId).toBe(
      kind === 'changed'
        ? entries[Number(sequence) - 1]?.id
        : kind === 'missing'
          ? null
          : entries[Number(sequence)]?.id,
    );
  });

  it('finds an entry that was written anew with a hash that fits, by the one after it', async () => {
    const { tenantId, entries } = await newChain();
    const original = entries[4];
    // The forged entry keeps its predecessor: everything about it fits but the link from entry 6.
    if (original === undefined) throw new Error('no entry');
    const hash = chainHash(original.previousHash, '5', { ...original, outcome: 'failed' });
    await tamper(
      installation,
      `UPDATE audit_entry SET outcome = 'failed', hash = '${hash}' WHERE ${AT(5, tenantId)}`,
    );
    const report = await verification.verify(tenantId);
    expect(report).toMatchObject({
      isIntact: false,
      verified: 5,
      problem: { kind: 'changed', sequence: '6' },
    });
  });

  it('finds a head that was set back together with the end of the log', async () => {
    const { tenantId, entries } = await newChain();
    await installation.query('UPDATE audit_chain_head SET hash = $2 WHERE tenant_id = $1', [
      tenantId,
      '1'.repeat(64),
    ]);
    const report = await verification.verify(tenantId);
    expect(report.problem).toMatchObject({ kind: 'head', sequence: String(entries.length) });
  });

  it('finds entries of a tenant that has no head', async () => {
    const { tenantId } = await newChain();
    await installation.query('DELETE FROM audit_chain_head WHERE tenant_id = $1', [tenantId]);
    expect((await verification.verify(tenantId)).problem).toMatchObject({
      kind: 'head',
      detail: expect.stringContaining('chain head is missing') as string,
    });
  });

  it.each([
    ['its entries', [], 'head', '30'],
    ['a checkpoint', ['audit_entry', 'audit_actor'], 'missing', '1'],
    ['its actors', ['audit_entry', 'audit_checkpoint'], 'head', '0'],
  ])('knows a tenant without a head by %s', async (_, alsoGone, kind, sequence) => {
    const { tenantId, entries } = await newChain();
    const chain = new AuditChainRepository(installation.dataSource);
    const { privateKey } = generateKeyPairSync('ed25519');
    const point = entries.at(-1) ?? CHAIN_START;
    await new CheckpointRepository(installation.dataSource).add(
      signCheckpoint(tenantId, point, new Date(), { id: 'key', privateKey }),
    );
    expect(await chain.knownTenants()).toContain(tenantId);
    for (const table of ['audit_chain_head', ...alsoGone]) {
      await tamper(installation, `DELETE FROM ${table} WHERE tenant_id = '${tenantId}'`);
    }
    expect(await chain.knownTenants()).toContain(tenantId);
    expect(await verification.verify(tenantId)).toMatchObject({
      isIntact: false,
      problem: { kind, sequence },
    });
  });

  it('finds that the head is missing of a log whose entries were all archived', async () => {
    const { tenantId, entries } = await newChain(3);
    const { privateKey } = generateKeyPairSync('ed25519');
    await new CheckpointRepository(installation.dataSource).add(
      signCheckpoint(tenantId, entries[2] ?? CHAIN_START, new Date(), { id: 'key', privateKey }),
    );
    await tamper(
      installation,
      `INSERT INTO audit_seal VALUES ('${tenantId}', 3, now(), 'file.jsonl')`,
      `DELETE FROM audit_entry WHERE tenant_id = '${tenantId}'`,
    );
    expect(await verification.verify(tenantId)).toMatchObject({ isIntact: true, start: { sequence: '3' } });
    await installation.query('DELETE FROM audit_chain_head WHERE tenant_id = $1', [tenantId]);
    expect((await verification.verify(tenantId)).problem).toMatchObject({ kind: 'head', sequence: '3' });
  });
});
