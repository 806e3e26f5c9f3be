import { chown, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type PostgresBinaries, runPostgresProgram } from './postgres-binaries.js';
import { StartError } from './start-error.js';

const NOBODY = 65534;

/** The words put in front of a PostgreSQL program, and who then owns the files it uses. */
export interface Isolation {
  prefix: readonly string[];
  /** The user the data must belong to, or null for whoever runs this process. */
  owner: number | null;
}

/** What `chooseIsolation` looks at; given by tests to force one of the ways. */
export interface Circumstances {
  platform: NodeJS.Platform;
  /** The user running this process; undefined on Windows. */
  uid: number | undefined;
  /** Owner of the data directory. */
  dataOwner: number;
}

/**
 * The ways of running PostgreSQL here, best first. PostgreSQL refuses to run as root, so root either gives it a user
 * namespace in which the same files belong to nobody, or becomes the files' owner. On Linux the server is told to shut down
 * when its parent dies, so that nothing is left behind after `kill -9`.
 */
export function possibleIsolations({ platform, uid, dataOwner }: Circumstances): Isolation[] {
  const plain: Isolation = { prefix: [], owner: null };
  if (platform !== 'linux') return [plain];
  const dieWithParent = ['setpriv', '--pdeathsig', 'INT'];
  if (uid !== 0) return [{ prefix: dieWithParent, owner: null }, plain];
  // Lets the unprivileged user pass through directories closed to it, such as root's home.
  const passThrough = ['--inh-caps', '+dac_override', '--ambient-caps', '+dac_override'];
  if (dataOwner !== 0) return [become(dataOwner, passThrough), become(dataOwner, [])];
  const namespace = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];
  return [
    { prefix: [...namespace, ...dieWithParent], owner: null },
    { prefix: namespace, owner: null },
    become(NOBODY, passThrough),
    become(NOBODY, []),
  ];
}

function become(user: number, extra: readonly string[]): Isolation {
  const identity = ['--reuid', String(user), '--regid', String(user), '--clear-groups'];
  return { prefix: ['setpriv', ...identity, ...extra, '--pdeathsig', 'INT'], owner: user };
}

/** The first way in which PostgreSQL's programs run at all, and the version they report, such as `18.4`. */
export async function chooseIsolation(
  binaries: PostgresBinaries,
  isolations: readonly Isolation[],
): Promise<{ isolation: Isolation; version: string }> {
  const refusals: string[] = [];
  for (const isolation of isolations) {
    try {
      const output = await runPostgresProgram(binaries, [
        ...isolation.prefix,
        binaries.postgres,
        '--version',
      ]);
      return { isolation, version: /\d+(\.\d+)?/.exec(output)?.[0] ?? 'unknown' };
    } catch (error) {
      refusals.push((error as Error).message.trim());
    }
  }
  throw new StartError(
    'The embedded PostgreSQL cannot be run here. Start the host as an ordinary user, or set DATABASE_URL to a ' +
      `PostgreSQL of your own. What was tried:\n${refusals.map((refusal) => `  ${refusal}`).join('\n')}`,
  );
}

/** Gives a folder and everything in it to a user, where it is not that user's already. */
export async function giveTo(owner: number, path: string): Promise<void> {
  const stats = await lstat(path);
  if (stats.uid !== owner) await chown(path, owner, owner);
  if (!stats.isDirectory()) return;
  for (const name of await readdir(path)) await giveTo(owner, join(path, name));
}
