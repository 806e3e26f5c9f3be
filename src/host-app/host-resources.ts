import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { SANDBOX_INTEGRATION_CODE } from '../autotask-simulator/sandbox-users.js';
import { demandAdministrator } from './access/administrator-check.js';
import { openHostDatabase } from './access/host-database.js';
import { type BootstrapToken, findBootstrapToken } from './bootstrap-token.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import type { HostEnvironment } from './environment.js';
import { findSigningKeys, type HostSigningKeys } from './audit-ports.js';
import { findMasterKey, type HostMasterKey } from './master-key.js';
import { startSandbox } from './sandbox.js';
import type { Shutdown } from './shutdown.js';
import { StartError } from './start-error.js';

/** How long a start waits for the host before it to finish shutting down. */
const LOCK_WAIT_MS = 5000;

/** Everything the connector needs, given by the environment or supplied by the host itself. */
export interface HostResources {
  databaseUrl: string;
  autotask: { discoveryUrl?: string; allowedHosts: string[]; integrationCode?: string };
  /** Null when only accounts and API tokens sign in. */
  bootstrapToken: BootstrapToken | null;
  /** The host's own tables, open and migrated. */
  hostDatabase: DataSource;
  masterKey: HostMasterKey;
  /** Sign audit checkpoints; null: there are none. */
  signingKeys: HostSigningKeys | null;
  /** Address of the built-in sandbox, or null when a real Autotask is used. */
  sandboxUrl: string | null;
  /** Where the embedded database keeps its data, or null when one was given. */
  embeddedDatabaseDir: string | null;
  /** CSS of the installation for the admin UI; empty: none. */
  stylesheet: string;
  /** What is embedded, generated or simulated, one sentence each. */
  notices: string[];
}

/**
 * Starts or generates what the environment does not give (only an evaluation may lack anything) and registers how to end it.
 * @throws StartError
 */
export async function prepareResources(
  environment: HostEnvironment,
  shutdown: Shutdown,
): Promise<HostResources> {
  const { databaseUrl, embeddedDatabaseDir } = await prepareDatabase(environment, shutdown);
  const { autotask, sandboxUrl } = await prepareAutotask(environment, shutdown);
  const hostDatabase = await openHostDatabase(databaseUrl);
  shutdown.add(() => hostDatabase.destroy());
  const usesToken = environment.access.signIn === 'bootstrap';
  const bootstrapToken = usesToken ? await findBootstrapToken(environment) : null;
  // A provider makes administrators of the people it says are.
  if (!usesToken && environment.access.oidc === undefined) await demandAdministrator(hostDatabase);
  const masterKey = await findMasterKey(environment);
  const signingKeys = await findSigningKeys(environment);
  const stylesheet = await readStylesheet(environment);
  const notices = [
    ...(sandboxUrl === null
      ? []
      : ['Autotask is simulated by the built-in sandbox: nothing reaches a real one.']),
    ...(embeddedDatabaseDir === null
      ? []
      : [`Data is kept in an embedded PostgreSQL under ${embeddedDatabaseDir}.`]),
    ...(masterKey.file === null
      ? []
      : [
          `The master key was generated into ${masterKey.file}: whoever loses it loses all stored credentials.`,
        ]),
  ];
  return {
    databaseUrl,
    autotask,
    bootstrapToken,
    hostDatabase,
    masterKey,
    signingKeys,
    sandboxUrl,
    embeddedDatabaseDir,
    stylesheet,
    notices,
  };
}

async function readStylesheet({ adminUi: { stylesheetFile } }: HostEnvironment): Promise<string> {
  if (stylesheetFile === undefined) return '';
  try {
    return await readFile(stylesheetFile, 'utf8');
  } catch (cause) {
    throw new StartError(`PSA_UI_STYLESHEET_FILE cannot be read (${(cause as Error).message}).`, { cause });
  }
}

async function prepareDatabase(
  environment: HostEnvironment,
  shutdown: Shutdown,
): Promise<Pick<HostResources, 'databaseUrl' | 'embeddedDatabaseDir'>> {
  if (environment.databaseUrl !== undefined) {
    return { databaseUrl: environment.databaseUrl, embeddedDatabaseDir: null };
  }
  const dataDir = join(environment.dataDir, 'postgres');
  const server = await startEmbeddedPostgres({ dataDir, lockWaitMs: LOCK_WAIT_MS });
  shutdown.add(() => server.stop());
  void server.exited.then(() => shutdown.start('The embedded PostgreSQL ended by itself', 1));
  return { databaseUrl: server.url, embeddedDatabaseDir: dataDir };
}

async function prepareAutotask(
  environment: HostEnvironment,
  shutdown: Shutdown,
): Promise<Pick<HostResources, 'autotask' | 'sandboxUrl'>> {
  const { discoveryUrl, allowedHosts } = environment.autotask;
  const integrationCode =
    environment.autotask.integrationCode ??
    (environment.profile === 'evaluation' ? SANDBOX_INTEGRATION_CODE : undefined);
  const given = { allowedHosts, ...(integrationCode === undefined ? {} : { integrationCode }) };
  if (discoveryUrl !== undefined) return { autotask: { discoveryUrl, ...given }, sandboxUrl: null };
  // Production talks to the vendor, whose address the library knows.
  if (environment.profile === 'production') return { autotask: given, sandboxUrl: null };
  const sandbox = await startSandbox(environment.dataDir);
  shutdown.add(() => sandbox.stop());
  const { discoveryUrl: sandboxUrl, host } = sandbox;
  return {
    autotask: { ...given, discoveryUrl: sandboxUrl, allowedHosts: [host, ...allowedHosts] },
    sandboxUrl,
  };
}
