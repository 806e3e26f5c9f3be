import type { AuditEntry } from '../../../src/audit/domain/audit-entry.js';
import { packCredentials } from '../../../src/connections/domain/connection-credentials.js';
import type { Connection } from '../../../src/connections/domain/connection.js';
import { newId } from '../../../src/kernel/ids.js';
import { Secret } from '../../../src/kernel/secret.js';
import type { SyncRun } from '../../../src/sync/domain/sync-run.js';
import { aConnection } from './connection.builder.js';
import type { TestInstallation } from './installation.builder.js';
import { fillPsa } from './psa-world.builder.js';
import { buildServices, type TestServices } from './services.builder.js';
import { aSyncRun } from './sync-run.builder.js';

const TABLES = [
  'psa_currency',
  'psa_company',
  'psa_service',
  'psa_contract',
  'psa_contract_service',
  'psa_contract_service_unit',
];

const NEVER = new AbortController().signal;

/** What a test of runs does and looks at: one connection, in a tenant of its own, to a PSA with a little of everything. */
export interface SyncScenario {
  services: TestServices;
  connection: Connection;
  queuedRun(change?: Partial<SyncRun>): Promise<SyncRun>;
  find(run: SyncRun): Promise<SyncRun>;
  /** Works on a run, a new one unless given, to its end. */
  execute(run?: SyncRun): Promise<SyncRun>;
  stateOfConnection(): Promise<string | undefined>;
  /** Everything mirrored for the connection, by table. */
  mirrored(): Promise<Record<string, unknown[]>>;
  auditEntries(): Promise<AuditEntry[]>;
  /** Rows and sessions that should be gone once the run has ended. */
  leftOvers(run: SyncRun): Promise<{ seenPages: number; openSessions: number }>;
}

export async function buildSyncScenario(installation: TestInstallation): Promise<SyncScenario> {
  const services = buildServices(installation);
  const { stores, vault, psa, runner } = services;
  fillPsa(psa);
  const connection = aConnection({ tenantId: newId() });
  const credentials = { username: connection.username, secret: new Secret('the-secret') };
  const sealed = await vault.seal(connection.id, packCredentials(credentials));
  await installation.transactions.run(async (tx) => {
    await stores.connections.insert(tx, connection);
    await vault.put(tx, connection.id, sealed);
  });
  const queuedRun = async (change: Partial<SyncRun> = {}) => {
    const run = aSyncRun({ connectionId: connection.id, tenantId: connection.tenantId, ...change });
    await installation.transactions.run((tx) => stores.runs.insert(tx, run));
    return run;
  };
  const find = async ({ id }: SyncRun) => {
    const run = await stores.runs.find(id);
    if (run === null) throw new Error('The run is gone');
    return run;
  };
  return {
    services,
    connection,
    queuedRun,
    find,
    execute: async (given) => {
      const run = given ?? (await queuedRun());
      await runner.execute(run.id, NEVER);
      return find(run);
    },
    stateOfConnection: async () => (await stores.connections.find(connection.id))?.state,
    mirrored: () => mirroredOf(installation, connection.id),
    auditEntries: async () =>
      (await stores.audit.list(connection.tenantId, {}, { limit: 50 }, undefined)).items,
    leftOvers: async ({ id }) => {
      const pages = await installation.query('SELECT 1 FROM mirror_seen_page WHERE pull_id = $1', [id]);
      return { seenPages: pages.length, openSessions: psa.openSessions };
    },
  };
}

async function mirroredOf(
  installation: TestInstallation,
  connectionId: string,
): Promise<Record<string, unknown[]>> {
  const rows = TABLES.map(async (table): Promise<[string, unknown[]]> => [
    table,
    await installation.query(
      `SELECT to_jsonb(m) - 'connection_id' AS row FROM ${table} m WHERE connection_id = $1 ORDER BY external_id`,
      [connectionId],
    ),
  ]);
  return Object.fromEntries(await Promise.all(rows));
}
