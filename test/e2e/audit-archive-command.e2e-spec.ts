import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { signCheckpoint } from '../../src/audit/domain/audit-checkpoint.js';
import { CheckpointRepository } from '../../src/audit/persistence/checkpoint.repository.js';
import { makeChain, storeChain } from '../support/builders/audit-chain.builder.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { hostEnvironment } from '../support/host-process.js';

const CLI = fileURLToPath(new URL('../../dist/src/psa-connector.cli.js', import.meta.url));

let installation: TestInstallation;
let folder: string;

beforeAll(async () => {
  installation = await openInstallation();
  folder = await mkdtemp(join(inject('scratchDir'), 'archive-command-'));
  // The months of a new log are those to come: make one of its past that can leave.
  await installation.query(`
    DO $$
    DECLARE present timestamptz := audit_partition_bound('audit_entry_earlier', 'TO');
    BEGIN
      ALTER TABLE audit_entry DETACH PARTITION audit_entry_earlier;
      ALTER TABLE audit_entry ATTACH PARTITION audit_entry_earlier FOR VALUES FROM (MINVALUE) TO ('2026-04-01T00:00:00Z');
      PERFORM audit_add_partition('audit_entry_between', '2026-04-01T00:00:00Z', present);
    END $$`);
  await storeChain(installation, makeChain('one', 4));
});

afterAll(() => installation?.close());

/** A key, with a file of each half. */
async function newKey(id: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const [secret, open] = [join(folder, `${id}.pem`), join(folder, `${id}-public.pem`)];
  await writeFile(secret, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(open, publicKey.export({ type: 'spki', format: 'pem' }));
  return { signingKey: { id, privateKey }, secret, open };
}

function archive(...words: string[]): Promise<{ code: number; output: string }> {
  const env = hostEnvironment({ DATABASE_URL: installation.settings.database.url });
  const parameters = [CLI, 'audit', 'archive', '--before', '2026-04', '--to', folder, ...words];
  return new Promise((resolve) => {
    execFile(process.execPath, parameters, { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

it('the command archives what an earlier key signed only where it is told of that key', async () => {
  const [ours, earlier] = [await newKey('ours'), await newKey('earlier')];
  const head = await installation.query<{ sequence: string; hash: string }>(
    'SELECT sequence, hash FROM audit_chain_head',
  );
  const point = head[0] ?? { sequence: '0', hash: '' };
  await new CheckpointRepository(installation.dataSource).add(
    signCheckpoint('one', point, new Date(), earlier.signingKey),
  );

  expect(await archive('--signing-key', ours.secret)).toEqual({
    code: 1,
    output: expect.stringMatching(/Nothing was archived: .* none of the trusted ones/) as string,
  });
  expect(await installation.query('SELECT FROM audit_entry_earlier')).toHaveLength(4);

  expect(await archive('--signing-key', ours.secret, '--public-key', earlier.open)).toEqual({
    code: 0,
    output: expect.stringContaining('audit-one-1-4.jsonl: through entry 4') as string,
  });
  expect(await readdir(folder)).toEqual(expect.arrayContaining(['audit-one-1-4.jsonl']));
});
