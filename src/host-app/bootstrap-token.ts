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

/** As long as one that the host makes itself. Shorter ones are still taken, because hosts run with them. */
const STRONG_LENGTH = 32;

/** What to say of a token that somebody may have made up: wrong bearer tokens are not slowed down. */
export function weakTokenWarning({ profile, bootstrapToken }: HostEnvironment): string | null {
  const isWeak = profile === 'production' && (bootstrapToken?.length ?? STRONG_LENGTH) < STRONG_LENGTH;
  return isWeak
    ? `PSA_BOOTSTRAP_TOKEN has fewer than ${STRONG_LENGTH} characters. Guesses at it are not slowed down: use random ones, such as those of "openssl rand -base64 32".`
    : null;
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
