import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { DataSource } from 'typeorm';
import { AuditTrail } from './audit/application/audit-trail.service.js';
import { AuditEntryRepository } from './audit/persistence/audit-entry.repository.js';
import { MasterKeyRotation } from './connections/application/master-key-rotation.service.js';
import { ConnectionRepository } from './connections/persistence/connection.repository.js';
import { SystemClock } from './core/system-clock.js';
import { TransactionRunner } from './platform/persistence/transaction-runner.js';
import type { MasterKey, MasterKeyProvider } from './ports/host/master-key-provider.port.js';
import { withDatabase } from './psa-connector.cli-database.js';
import { SecretVault } from './secrets/application/secret-vault.service.js';
import { SealedSecretRepository } from './secrets/persistence/sealed-secret.repository.js';

export const KEYS_USAGE = `psa-connector keys rotate [--schema <name>]

Brings the stored credentials under a new master key: PSA_MASTER_KEY is the new one, PSA_PREVIOUS_MASTER_KEYS the ones before,
separated by commas, each base64 of 32 bytes. Reads the database named by DATABASE_URL. Can be ended at any moment and run again.
  --schema       schema of the connector's tables (default psa_connector)
Exit code 0: nothing needs an earlier key any more; 1: some credentials could not be read, or not be
moved, and stay as they are.`;

const OPTIONS = { schema: { type: 'string' }, help: { type: 'boolean' } } as const;
const KEY_BYTES = 32;
const KEY_ID_LENGTH = 16;

/** Runs `keys …` and gives the exit code. */
export async function runKeysCommand(words: string[]): Promise<number> {
  const parsed = parsedOrNull(words);
  if (parsed?.positionals.join(' ') !== 'rotate' || parsed.values.help === true) {
    process.stderr.write(`${KEYS_USAGE}\n`);
    return parsed?.values.help === true ? 0 : 2;
  }
  const current = keysOf('PSA_MASTER_KEY');
  const previous = keysOf('PSA_PREVIOUS_MASTER_KEYS');
  const [key] = current ?? [];
  if (key === undefined || current?.length !== 1 || previous === null) {
    process.stderr.write(
      `PSA_MASTER_KEY must be base64 of ${KEY_BYTES} bytes, PSA_PREVIOUS_MASTER_KEYS a list of such.\n`,
    );
    return 2;
  }
  return withDatabase(parsed.values.schema, (dataSource) => rotate(dataSource, key, previous));
}

function parsedOrNull(words: string[]) {
  try {
    return parseArgs({ args: words, options: OPTIONS, allowPositionals: true });
  } catch {
    return null;
  }
}

async function rotate(dataSource: DataSource, current: MasterKey, previous: MasterKey[]): Promise<number> {
  const clock = new SystemClock();
  const transactions = new TransactionRunner(dataSource);
  const provider: MasterKeyProvider = {
    currentKey: () => Promise.resolve(current),
    keyById: (id) => Promise.resolve([current, ...previous].find((key) => key.id === id) ?? null),
  };
  const rotation = new MasterKeyRotation(
    new SecretVault(new SealedSecretRepository(dataSource), provider, clock),
    new ConnectionRepository(dataSource),
    new AuditTrail(new AuditEntryRepository(dataSource), clock, transactions),
    transactions,
  );
  const { masterKeyId, moved, unreadable, left } = await rotation.run();
  for (const { connectionId, detail } of unreadable)
    process.stdout.write(`connection ${connectionId}: ${detail}\n`);
  process.stdout.write(`${moved} moved to master key ${masterKeyId}, ${unreadable.length} not readable\n`);
  if (left > 0) process.stdout.write(`${left} still under an earlier master key; run this again\n`);
  return unreadable.length === 0 && left === 0 ? 0 : 1;
}

/** Keys of a variable with the ids the standalone host gives them; null when one is not a key. */
function keysOf(name: string): MasterKey[] | null {
  const texts = (process.env[name] ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const keys = texts.map((text) => Buffer.from(text, 'base64'));
  if (keys.some((key) => key.length !== KEY_BYTES)) return null;
  return keys.map((key) => ({
    id: createHash('sha256').update(key).digest('hex').slice(0, KEY_ID_LENGTH),
    key,
  }));
}
