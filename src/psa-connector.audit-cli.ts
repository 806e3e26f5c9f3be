import { createPrivateKey, createPublicKey, hash, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { DataSource } from 'typeorm';
import { AuditArchive } from './audit/application/audit-archive.service.js';
import { AuditCheckpoints } from './audit/application/audit-checkpoints.service.js';
import { AuditTrail } from './audit/application/audit-trail.service.js';
import { AuditVerification, type ChainReport } from './audit/application/audit-verification.service.js';
import { trustedKeysOf } from './audit/domain/audit-checkpoint.js';
import { AuditChainRepository } from './audit/persistence/audit-chain.repository.js';
import { AuditEntryRepository } from './audit/persistence/audit-entry.repository.js';
import { ChainSegmentRepository } from './audit/persistence/chain-segment.repository.js';
import { CheckpointRepository } from './audit/persistence/checkpoint.repository.js';
import { SystemClock } from './core/system-clock.js';
import { TransactionRunner } from './platform/persistence/transaction-runner.js';
import type { AuditSigningKey, AuditSigningKeyProvider } from './ports/host/audit-anchor.port.js';
import { folderFiles } from './psa-connector.archive-files.js';
import { withDatabase } from './psa-connector.cli-database.js';

export const AUDIT_USAGE = `psa-connector audit verify [--tenant <id>] [--public-key <file>]... [--json]
psa-connector audit checkpoint --signing-key <file>
psa-connector audit archive --before <YYYY-MM> --to <folder> --signing-key <file> [--public-key <file>]...

All read the database named by DATABASE_URL (postgres://user:password@host:port/database).
  verify         recomputes the hash chain of every tenant, or of one; exit code 1 when one is broken, or the one is unknown
  checkpoint     signs where each chain stands and prints the checkpoints, one JSON object per line
  archive        writes the entries before a month to files, verified and signed, and takes them out of the database
  --tenant       only this tenant
  --json         one JSON object per tenant instead of sentences
  --public-key   PEM file of an Ed25519 public key checkpoints may be signed with, also an earlier one
                 (openssl pkey -in key.pem -pubout -out public.pem); verify without any uses the key inside a checkpoint,
                 which whoever writes to the database can replace; archive believes that of --signing-key and these
  --signing-key  PEM file of an Ed25519 key (openssl genpkey -algorithm ed25519 -out key.pem)
  --before       first month that is kept, in UTC
  --to           folder for the archive; it must exist
  --schema       schema of the connector's tables (default psa_connector)`;

const OPTIONS = {
  tenant: { type: 'string' },
  schema: { type: 'string' },
  json: { type: 'boolean' },
  'public-key': { type: 'string', multiple: true },
  'signing-key': { type: 'string' },
  before: { type: 'string' },
  to: { type: 'string' },
  help: { type: 'boolean' },
} as const;

type Values = NonNullable<ReturnType<typeof parsedOrNull>>['values'];
type Command = (dataSource: DataSource, values: Values) => Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = { verify, checkpoint, archive };
const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/;

/** Runs `audit …` and gives the exit code. */
export async function runAuditCommand(words: string[]): Promise<number> {
  const parsed = parsedOrNull(words);
  const command = COMMANDS[parsed?.positionals.join(' ') ?? ''];
  if (parsed === null || parsed.values.help === true || command === undefined || !isComplete(parsed)) {
    process.stderr.write(`${AUDIT_USAGE}\n`);
    return parsed?.values.help === true ? 0 : 2;
  }
  return withDatabase(parsed.values.schema, (dataSource) => command(dataSource, parsed.values));
}

function parsedOrNull(words: string[]) {
  try {
    return parseArgs({ args: words, options: OPTIONS, allowPositionals: true });
  } catch {
    return null;
  }
}

function isComplete({ positionals: [name], values }: NonNullable<ReturnType<typeof parsedOrNull>>): boolean {
  if (name === 'verify') return true;
  if (values['signing-key'] === undefined) return false;
  return name === 'checkpoint' || (MONTH.test(values.before ?? '') && values.to !== undefined);
}

async function verify(dataSource: DataSource, values: Values): Promise<number> {
  const { tenant, json } = values;
  const trusted = values['public-key']?.map(readPublicKey) ?? null;
  const chain = new AuditChainRepository(dataSource);
  const verification = new AuditVerification(
    chain,
    new CheckpointRepository(dataSource),
    new ChainSegmentRepository(dataSource),
    { keys: () => Promise.resolve(trusted) },
  );
  const known = await chain.knownTenants();
  if (tenant !== undefined && !known.includes(tenant)) {
    process.stderr.write(`psa-connector: there is no audit log of tenant ${tenant}; nothing was verified.\n`);
    return 1;
  }
  const tenants = tenant === undefined ? known : [tenant];
  let broken = 0;
  for (const tenantId of tenants) {
    const startedAt = performance.now();
    const report = await verification.verify(tenantId);
    const seconds = (performance.now() - startedAt) / 1000;
    print(json === true ? JSON.stringify(report) : sentenceOf(report, seconds));
    if (!report.isIntact) broken += 1;
  }
  if (json !== true) print(`${tenants.length} tenants, ${broken} broken`);
  return broken === 0 ? 0 : 1;
}

function sentenceOf(report: ChainReport, seconds: number): string {
  const { tenantId, verified, head, problem, start, checkpoints, areKeysCompared } = report;
  const keys = areKeysCompared ? '' : ' (their keys were not compared: no --public-key)';
  const sealed = start.sequence === '0' ? '' : ` after the sealed entry ${start.sequence}`;
  const count = `tenant ${tenantId}: ${verified} entries verified${sealed} in ${seconds.toFixed(1)} s, ${checkpoints} checkpoints${checkpoints === 0 ? '' : keys}`;
  const last = `the last is ${head.sequence} with hash ${head.hash}`;
  if (problem === null) return `${count}; intact, ${last}`;
  const id = problem.entryId === null ? '' : ` with id ${problem.entryId}`;
  return `${count}; BROKEN (${problem.kind}) at entry ${problem.sequence}${id}: ${problem.detail} Until there ${last}`;
}

async function checkpoint(dataSource: DataSource, values: Values): Promise<number> {
  for (const created of await checkpointsOf(dataSource, values).create()) print(JSON.stringify(created));
  return 0;
}

async function archive(dataSource: DataSource, values: Values): Promise<number> {
  const [, year, month] = MONTH.exec(values.before ?? '') ?? [];
  const transactions = new TransactionRunner(dataSource);
  const clock = new SystemClock();
  const service = new AuditArchive(
    new AuditChainRepository(dataSource),
    new CheckpointRepository(dataSource),
    trustedKeysOf(signingKeysOf(values)),
    checkpointsOf(dataSource, values),
    new AuditTrail(new AuditEntryRepository(dataSource), clock, transactions),
    transactions,
    clock,
  );
  const before = new Date(Date.UTC(Number(year), Number(month) - 1, 1));
  for (const { checkpoint, fileName } of await service.archive(before, folderFiles(values.to ?? ''))) {
    print(
      `${fileName}: through entry ${checkpoint.sequence} of tenant ${checkpoint.tenantId}, hash ${checkpoint.hash}`,
    );
  }
  return 0;
}

/** What the command signs stays unpublished; the running host gives it to its anchor. */
function checkpointsOf(dataSource: DataSource, values: Values): AuditCheckpoints {
  return new AuditCheckpoints(
    new AuditChainRepository(dataSource),
    new CheckpointRepository(dataSource),
    signingKeysOf(values),
    null,
    new SystemClock(),
  );
}

function signingKeysOf(values: Values): AuditSigningKeyProvider {
  const key = readSigningKey(values['signing-key'] ?? '');
  const earlier = values['public-key']?.map(readPublicKey) ?? [];
  return { currentKey: () => Promise.resolve(key), earlierPublicKeys: () => Promise.resolve(earlier) };
}

/** The id is made from the public key, as the standalone host makes it. */
function readSigningKey(file: string): AuditSigningKey {
  const privateKey = createPrivateKey(readFileSync(file));
  const publicBytes = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return { id: hash('sha256', publicBytes, 'hex').slice(0, 16), privateKey };
}

function readPublicKey(file: string): KeyObject {
  const key = createPublicKey(readFileSync(file));
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new TypeError(`${file} holds a key of another kind than Ed25519.`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
