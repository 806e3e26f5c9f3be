import { parseArgs } from 'node:util';
import type { DataSource } from 'typeorm';
import { AuditVerification, type ChainReport } from './audit/application/audit-verification.service.js';
import { AuditChainRepository } from './audit/persistence/audit-chain.repository.js';
import { resolveSettings } from './core/psa-connector.settings.js';
import { dataSourceOptions } from './platform/persistence/data-source.js';
import { openMigrated } from './platform/persistence/migrate.js';
import { PERSISTENCE_LISTS } from './psa-connector.persistence.js';

export const AUDIT_USAGE = `psa-connector audit verify [--tenant <id>] [--schema <name>] [--json]

Reads the database named by DATABASE_URL (postgres://user:password@host:port/database).
  verify      recomputes the hash chain of every tenant, or of one
  --tenant    only this tenant
  --schema    schema of the connector's tables (default psa_connector)
  --json      one JSON object per tenant instead of sentences`;

const OPTIONS = {
  tenant: { type: 'string' },
  schema: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** Runs `audit …` and gives the exit code. */
export async function runAuditCommand(words: string[]): Promise<number> {
  const parsed = parsedOrNull(words);
  if (parsed === null || parsed.values.help === true || parsed.positionals.join(' ') !== 'verify') {
    process.stderr.write(`${AUDIT_USAGE}\n`);
    return parsed?.values.help === true ? 0 : 2;
  }
  const { tenant, schema, json } = parsed.values;
  return withDatabase(schema, (dataSource) => verifyAll(dataSource, tenant, json === true));
}

function parsedOrNull(words: string[]) {
  try {
    return parseArgs({ args: words, options: OPTIONS, allowPositionals: true });
  } catch {
    return null;
  }
}

async function withDatabase<T>(
  schema: string | undefined,
  work: (dataSource: DataSource) => Promise<T>,
): Promise<T> {
  const database = {
    url: process.env['DATABASE_URL'] ?? '',
    migrate: 'never' as const,
    ...(schema === undefined ? {} : { schema }),
  };
  const settings = resolveSettings({ database });
  const dataSource = await openMigrated(dataSourceOptions(settings.database, PERSISTENCE_LISTS));
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

async function verifyAll(
  dataSource: DataSource,
  tenant: string | undefined,
  asJson: boolean,
): Promise<number> {
  const chain = new AuditChainRepository(dataSource);
  const verification = new AuditVerification(chain);
  const tenants = tenant === undefined ? await chain.tenants() : [tenant];
  let broken = 0;
  for (const tenantId of tenants) {
    const startedAt = performance.now();
    const report = await verification.verify(tenantId);
    const seconds = (performance.now() - startedAt) / 1000;
    process.stdout.write(`${asJson ? JSON.stringify(report) : sentenceOf(report, seconds)}\n`);
    if (!report.isIntact) broken += 1;
  }
  if (!asJson) process.stdout.write(`${tenants.length} tenants, ${broken} broken\n`);
  return broken === 0 ? 0 : 1;
}

function sentenceOf({ tenantId, verified, head, problem }: ChainReport, seconds: number): string {
  const count = `tenant ${tenantId}: ${verified} entries verified in ${seconds.toFixed(1)} s`;
  const last = `the last is ${head.sequence} with hash ${head.hash}`;
  return problem === null
    ? `${count}; intact, ${last}`
    : `${count}; BROKEN (${problem.kind}) at entry ${problem.sequence}${problem.entryId === null ? '' : ` with id ${problem.entryId}`}: ${problem.detail} Until there ${last}`;
}
