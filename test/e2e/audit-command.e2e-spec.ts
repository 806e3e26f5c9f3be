import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { AuditVerification } from '../../src/audit/application/audit-verification.service.js';
import { signCheckpoint, trustedKeysOf } from '../../src/audit/domain/audit-checkpoint.js';
import type { AuditEntry } from '../../src/audit/domain/audit-entry.js';
import { AuditChainRepository } from '../../src/audit/persistence/audit-chain.repository.js';
import { ChainSegmentRepository } from '../../src/audit/persistence/chain-segment.repository.js';
import { CheckpointRepository } from '../../src/audit/persistence/checkpoint.repository.js';
import { makeChain, storeChain, tamper } from '../support/builders/audit-chain.builder.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { hostEnvironment } from '../support/host-process.js';

const CLI = fileURLToPath(new URL('../../dist/src/psa-connector.cli.js', import.meta.url));
/** Two whole segments and a piece of a third: what is hashed in threads, and what is joined. */
const LENGTH = 41_003;
const TENANT = "tenant 'of' many";
let installation: TestInstallation;
let entries: AuditEntry[];

beforeAll(async () => {
  installation = await openInstallation();
  // Texts that COPY, JSON and SQL each write in a way of their own.
  entries = makeChain(TENANT, LENGTH, (number) =>
    number % 100 === 0
      ? {
          details: {
            text: `tab\t"quoted" back\\slash\nline \u{1F600} \u0007 ${number}`,
            '10': 1e21,
            '9': [-0.5, null, true],
          },
        }
      : {},
  );
  await storeChain(installation, entries);
}, 60_000);

afterAll(() => installation?.close());

interface Report {
  isIntact: boolean;
  verified: number;
  head: { sequence: string; hash: string };
  problem: { kind: string; sequence: string; entryId: string | null } | null;
  areKeysCompared: boolean;
}

/** The built command, which hashes in threads. */
async function verifyByCommand(...words: string[]): Promise<{ code: number; report: Report }> {
  const environment = hostEnvironment({ DATABASE_URL: installation.settings.database.url });
  const parameters = [CLI, 'audit', 'verify', '--json', ...words];
  const run = promisify(execFile)(process.execPath, parameters, { env: environment });
  const { code, stdout } = await run.then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => error,
  );
  return { code, report: JSON.parse(stdout) as Report };
}

/** A key to sign with, and a file with its public half. */
async function newKey(id: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const file = join(await mkdtemp(join(inject('scratchDir'), 'key-')), 'public.pem');
  await writeFile(file, publicKey.export({ type: 'spki', format: 'pem' }));
  return { signingKey: { id, privateKey }, file };
}

/** The sources, which have no thread to start and hash where they are called. */
function verifyHere() {
  const { dataSource } = installation;
  return new AuditVerification(
    new AuditChainRepository(dataSource),
    new CheckpointRepository(dataSource),
    new ChainSegmentRepository(dataSource),
    trustedKeysOf(null),
  ).verify(TENANT);
}

const at = (number: number) => `tenant_id = 'tenant ''of'' many' AND sequence = ${number}`;

describe('psa-connector audit verify', () => {
  it('recomputes a chain of several segments, with threads and without', async () => {
    const head = { sequence: String(LENGTH), hash: entries.at(-1)?.hash };
    const { code, report } = await verifyByCommand();
    expect(code).toBe(0);
    expect(report).toMatchObject({ isIntact: true, verified: LENGTH, head, problem: null });
    expect(await verifyHere()).toMatchObject({ isIntact: true, verified: LENGTH, head, problem: null });
  });

  it('believes checkpoints of the public keys it is given, and says when it was given none', async () => {
    const [ours, earlier] = [await newKey('ours'), await newKey('earlier')];
    const head = { sequence: String(LENGTH), hash: entries.at(-1)?.hash ?? '' };
    const checkpoint = signCheckpoint(TENANT, head, new Date(), earlier.signingKey);
    await new CheckpointRepository(installation.dataSource).add(checkpoint);

    expect(await verifyByCommand()).toMatchObject({
      code: 0,
      report: { isIntact: true, areKeysCompared: false },
    });
    expect(await verifyByCommand('--public-key', ours.file)).toMatchObject({
      code: 1,
      report: {
        isIntact: false,
        areKeysCompared: true,
        problem: { kind: 'checkpoint', sequence: head.sequence },
      },
    });
    const both = ['--public-key', ours.file, '--public-key', earlier.file];
    expect(await verifyByCommand(...both)).toMatchObject({
      code: 0,
      report: { isIntact: true, areKeysCompared: true },
    });
    await tamper(installation, 'DELETE FROM audit_checkpoint');
  });

  it('verifies a tenant whose head was taken away, and refuses one of which nothing is there', async () => {
    const head = await installation.query<object>('DELETE FROM audit_chain_head RETURNING *');
    expect(await verifyByCommand()).toMatchObject({
      code: 1,
      report: { isIntact: false, problem: { kind: 'head', sequence: String(LENGTH) } },
    });
    await installation.query(
      'INSERT INTO audit_chain_head SELECT * FROM json_populate_recordset(NULL::audit_chain_head, $1)',
      [JSON.stringify(head[0])],
    );
    const environment = hostEnvironment({ DATABASE_URL: installation.settings.database.url });
    const parameters = [CLI, 'audit', 'verify', '--tenant', 'nobody'];
    await expect(
      promisify(execFile)(process.execPath, parameters, { env: environment }),
    ).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('no audit log of tenant nobody') as string,
    });
  });

  it.each<[string, number, string, string, string]>([
    [
      'an entry in the middle of a segment',
      30_007,
      'changed',
      `UPDATE audit_entry SET outcome = 'failed' WHERE @`,
      `UPDATE audit_entry SET outcome = 'succeeded' WHERE @`,
    ],
    [
      'the first entry of a segment',
      20_001,
      'changed',
      `UPDATE audit_entry SET actor_name = 'Eve' WHERE @`,
      `UPDATE audit_entry SET actor_name = 'Ada Example' WHERE @`,
    ],
    [
      'a link between two segments',
      40_001,
      'changed',
      `UPDATE audit_entry SET previous_hash = repeat('0', 64) WHERE @`,
      '',
    ],
  ])('names %s that was changed', async (_, number, kind, change, undo) => {
    const entry = entries[number - 1];
    await tamper(installation, change.replace('@', at(number)));
    const wanted = {
      isIntact: false,
      verified: number - 1,
      problem: { kind, sequence: String(number), entryId: entry?.id },
    };
    const { code, report } = await verifyByCommand();
    expect(code).toBe(1);
    expect(report).toMatchObject(wanted);
    expect(await verifyHere()).toMatchObject(wanted);
    const back =
      undo === '' ? `UPDATE audit_entry SET previous_hash = '${entry?.previousHash}' WHERE @` : undo;
    await tamper(installation, back.replace('@', at(number)));
  });

  it('names the last entry of a segment when it is missing', async () => {
    await tamper(installation, `DELETE FROM audit_entry WHERE ${at(40_000)}`);
    const wanted = {
      isIntact: false,
      verified: 39_999,
      problem: { kind: 'missing', sequence: '40000', entryId: null },
    };
    expect((await verifyByCommand()).report).toMatchObject(wanted);
    expect(await verifyHere()).toMatchObject(wanted);
  });
});
