import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { MasterKey } from '../index.js';
import type { HostEnvironment } from './environment.js';
import { keepPrivateText } from './private-file.js';
import { StartError } from './start-error.js';

const KEY_BYTES = 32;
const KEY_ID_LENGTH = 16;

/** The master key and where it comes from. */
export interface HostMasterKey extends MasterKey {
  /** File it is kept in, or null when the environment gave it. */
  file: string | null;
}

/**
 * The key of the environment, else one generated once into `<data dir>/master-key`. Its id is made from the key itself, so that
 * a connection wrapped with another key is told apart.
 * @throws StartError when the file holds something else
 */
export async function findMasterKey(environment: HostEnvironment): Promise<HostMasterKey> {
  if (environment.masterKey !== undefined) return withId(environment.masterKey, null);
  const file = join(environment.dataDir, 'master-key');
  const { text } = await keepPrivateText(file, () => randomBytes(KEY_BYTES).toString('base64'));
  const key = Buffer.from(text, 'base64');
  if (key.length !== KEY_BYTES) {
    throw new StartError(`The file ${file} does not hold a master key (base64 of ${KEY_BYTES} bytes).`);
  }
  return withId(key, file);
}

/** Earlier keys, by the ids they had as the key of this host. */
export function previousMasterKeys({ previousMasterKeys }: HostEnvironment): MasterKey[] {
  return previousMasterKeys.map((key) => withId(key, null)).map(({ id, key }) => ({ id, key }));
}

function withId(key: Buffer, file: string | null): HostMasterKey {
  return { id: createHash('sha256').update(key).digest('hex').slice(0, KEY_ID_LENGTH), key, file };
}
