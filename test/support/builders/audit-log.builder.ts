import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { AuditArchive } from '../../../src/audit/application/audit-archive.service.js';
import { AuditCheckpoints } from '../../../src/audit/application/audit-checkpoints.service.js';
import { AuditTrail } from '../../../src/audit/application/audit-trail.service.js';
import { AuditVerification } from '../../../src/audit/application/audit-verification.service.js';
import { trustedKeysOf } from '../../../src/audit/domain/audit-checkpoint.js';
import { AUDIT_OPERATIONS } from '../../../src/audit/domain/audit-operations.js';
import { AuditChainRepository } from '../../../src/audit/persistence/audit-chain.repository.js';
import { AuditEntryRepository } from '../../../src/audit/persistence/audit-entry.repository.js';
import { ChainSegmentRepository } from '../../../src/audit/persistence/chain-segment.repository.js';
import { CheckpointRepository } from '../../../src/audit/persistence/checkpoint.repository.js';
import { systemContext } from '../../../src/core/use-case-context.js';
import type { AuditAnchor, AuditCheckpoint, AuditSigningKeyProvider } from '../../../src/index.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { openInstallation } from './installation.builder.js';

export const DAY_MS = 86_400_000;

/** Keeps what it is given, or refuses. */
export class FakeAnchor implements AuditAnchor {
  readonly published: AuditCheckpoint[] = [];
  isDown = false;
  asked = 0;
  /** Tenants whose checkpoints it never takes. */
  readonly refuses = new Set<string>();

  publish({ ...checkpoint }: AuditCheckpoint): Promise<void> {
    this.asked += 1;
    if (this.isDown) return Promise.reject(new Error('the anchor is down'));
    if (this.refuses.has(checkpoint.tenantId)) return Promise.reject(new Error('no such object lock'));
    this.published.push(checkpoint);
    return Promise.resolve();
  }
}

export type AuditLogUnderTest = Awaited<ReturnType<typeof openAuditLog>>;

/** A log in a database of its own, with all that signs, archives and verifies it; the clock stands two months ahead. */
export async function openAuditLog() {
  const installation = await openInstallation();
  const { dataSource, transactions } = installation;
  // After the months the migration made begin, which it does with the month after the present one.
  const clock = new FakeClock(new Date(Date.now() + 62 * DAY_MS).toISOString());
  const anchor = new FakeAnchor();
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const chain = new AuditChainRepository(dataSource);
  const store = new CheckpointRepository(dataSource);
  const segments = new ChainSegmentRepository(dataSource);
  const keys = keyProvider('key-1', privateKey);
  const trail = new AuditTrail(new AuditEntryRepository(dataSource), clock, transactions);
  const checkpoints = new AuditCheckpoints(chain, store, keys, anchor, clock);
  const archiveTrusting = (keyProvider: AuditSigningKeyProvider) =>
    new AuditArchive(chain, store, trustedKeysOf(keyProvider), checkpoints, trail, transactions, clock);
  const append = async (tenantId: string, times = 1): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      await transactions.run((tx) =>
        trail.append(tx, systemContext(tenantId, 'request-1'), {
          operation: AUDIT_OPERATIONS.updateConnection,
          subject: { type: 'connection', id: null, label: 'Main' },
        }),
      );
    }
  };
  return {
    installation,
    clock,
    anchor,
    privateKey,
    publicKey,
    chain,
    store,
    segments,
    checkpoints,
    archive: archiveTrusting(keys),
    archiveTrusting,
    verification: new AuditVerification(chain, store, segments, trustedKeysOf(keys)),
    append,
  };
}

export function keyProvider(id: string, privateKey: KeyObject) {
  return { currentKey: () => Promise.resolve({ id, privateKey }) };
}
