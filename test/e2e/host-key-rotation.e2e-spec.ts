import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MasterKey } from '../../src/index.js';
import { newId } from '../../src/kernel/ids.js';
import { ConnectionRepository } from '../../src/connections/persistence/connection.repository.js';
import { open, seal } from '../../src/secrets/domain/envelope.js';
import { SealedSecretRepository } from '../../src/secrets/persistence/sealed-secret.repository.js';
import { aConnection } from '../support/builders/connection.builder.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { hostEnvironment } from '../support/host-process.js';

const CLI = fileURLToPath(new URL('../../dist/src/psa-connector.cli.js', import.meta.url));
const COUNT = 1500;
const [OLD, NEW, OTHER] = [aKey(), aKey(), aKey()];
let installation: TestInstallation;
let secrets: SealedSecretRepository;
const ids = Array.from({ length: COUNT }, () => newId()).toSorted();

/** A key with the id the standalone host gives it. */
function aKey(): MasterKey {
  const key = randomBytes(32);
  return { id: createHash('sha256').update(key).digest('hex').slice(0, 16), key };
}

beforeAll(async () => {
  installation = await openInstallation();
  secrets = new SealedSecretRepository(installation.dataSource);
  const connections = new ConnectionRepository(installation.dataSource);
  await installation.transactions.run(async (tx) => {
    for (const id of ids) {
      await connections.insert(tx, aConnection({ id }));
      await secrets.put(tx, id, seal(OLD, id, `secret of ${id}`), new Date());
    }
  });
});

afterAll(() => installation?.close());

function rotate(keys: { current: MasterKey; previous: MasterKey[] }): {
  child: ChildProcess;
  output: () => string;
} {
  const child = spawn(process.execPath, [CLI, 'keys', 'rotate'], {
    env: hostEnvironment({
      DATABASE_URL: installation.settings.database.url,
      PSA_MASTER_KEY: keys.current.key.toString('base64'),
      PSA_PREVIOUS_MASTER_KEYS: keys.previous.map(({ key }) => key.toString('base64')).join(','),
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return { child, output: () => text };
}

async function endOf({
  child,
  output,
}: ReturnType<typeof rotate>): Promise<{ code: number | null; output: string }> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  return { code: child.exitCode, output: output() };
}

async function movedTo(key: MasterKey): Promise<number> {
  const [row] = await installation.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM sealed_secret WHERE master_key_id = $1',
    [key.id],
  );
  return row?.count ?? 0;
}

/** Every secret, opened with the key its row names. */
async function expectAllReadable(keys: MasterKey[]): Promise<void> {
  for (const id of ids) {
    const sealed = await secrets.find(id);
    const key = keys.find((candidate) => candidate.id === sealed?.masterKeyId);
    if (sealed === null || key === undefined) throw new Error(`no key for ${id}`);
    expect(open(key, id, sealed)).toBe(`secret of ${id}`);
  }
}

async function rotations(outcome: string): Promise<number> {
  const [row] = await installation.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM audit_entry WHERE operation = 'Rotate Master Key' AND outcome = $1`,
    [outcome],
  );
  return row?.count ?? 0;
}

describe('psa-connector keys rotate', () => {
  it('says what it needs', async () => {
    const wrong = rotate({ current: { id: '', key: Buffer.from('short') }, previous: [] });
    expect(await endOf(wrong)).toMatchObject({
      code: 2,
      output: expect.stringContaining('PSA_MASTER_KEY must be'),
    });
  });

  it('leaves every credential readable when it is killed, and goes on when it is run again', async () => {
    const killed = rotate({ current: NEW, previous: [OLD] });
    while ((await movedTo(NEW)) < 20 && killed.child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 2));
    killed.child.kill('SIGKILL');
    await endOf(killed);
    const moved = await movedTo(NEW);
    expect(moved).toBeGreaterThanOrEqual(20);
    expect(moved).toBeLessThan(COUNT);
    await expectAllReadable([OLD, NEW]);
    expect(await rotations('succeeded')).toBe(moved);

    const { code, output } = await endOf(rotate({ current: NEW, previous: [OLD] }));
    expect(output).toContain(`${COUNT - moved} moved to master key ${NEW.id}, 0 not readable`);
    expect(code).toBe(0);
    await expectAllReadable([NEW]);
    expect(await rotations('succeeded')).toBe(COUNT);
    for (const { key } of [OLD, NEW]) expect(output).not.toContain(key.toString('base64'));
  });

  it('has nothing to do the third time, without the key before', async () => {
    const { code, output } = await endOf(rotate({ current: NEW, previous: [] }));
    expect([code, output]).toEqual([0, `0 moved to master key ${NEW.id}, 0 not readable\n`]);
    expect(await rotations('succeeded')).toBe(COUNT);
  });

  it('moves what it can and names what it cannot read', async () => {
    const lost = ids[COUNT - 1] ?? '';
    await installation.transactions.run((tx) => secrets.put(tx, lost, seal(OTHER, lost, 'x'), new Date()));
    const newest = aKey();
    const { code, output } = await endOf(rotate({ current: newest, previous: [NEW] }));
    expect(code).toBe(1);
    expect(output).toContain(
      `connection ${lost}: The stored credentials cannot be decrypted: master key '${OTHER.id}' is not available`,
    );
    expect(output).toContain(`${COUNT - 1} moved to master key ${newest.id}, 1 not readable`);
    expect(await rotations('failed')).toBe(1);
    expect((await secrets.find(lost))?.masterKeyId).toBe(OTHER.id);
  });
});
