import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { HostEnvironment } from './environment.js';
import { keepPrivateText } from './private-file.js';

/** The token that signs in as administrator, and where it comes from. */
export interface BootstrapToken {
  token: string;
  /** File it is kept in, or null when the environment gave it. */
  file: string | null;
  /** Whether this start made it: only then it is printed. */
  isNew: boolean;
}

/** The token of the environment, else one generated once into `<data dir>/bootstrap-token`. */
export async function findBootstrapToken(environment: HostEnvironment): Promise<BootstrapToken> {
  if (environment.bootstrapToken !== undefined) {
    return { token: environment.bootstrapToken, file: null, isNew: false };
  }
  const file = join(environment.dataDir, 'bootstrap-token');
  const { text, isNew } = await keepPrivateText(file, () => randomBytes(24).toString('base64url'));
  return { token: text, file, isNew };
}
