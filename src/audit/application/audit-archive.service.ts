import { Inject, Injectable } from '@nestjs/common';
import { systemContext } from '../../core/use-case-context.js';
import { newId } from '../../kernel/ids.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { AuditCheckpoint } from '../../ports/host/audit-anchor.port.js';
import { ArchiveRefusedError } from '../domain/audit.errors.js';
import { jsonLines } from '../domain/audit-export.js';
import {
  checkpointFault,
  TRUSTED_CHECKPOINT_KEYS,
  type TrustedCheckpointKeys,
} from '../domain/audit-checkpoint.js';
import type { AuditEntry } from '../domain/audit-entry.js';
import { AUDIT_OPERATIONS } from '../domain/audit-operations.js';
import { AUDIT_CHAIN_READER, type AuditChainReader, type ChainPoint } from '../domain/audit-store.js';
import { CHAIN_START, ChainVerifier } from '../domain/chain-verifier.js';
import { type ArchivedChain, CHECKPOINT_STORE, type CheckpointStore } from '../domain/checkpoint-store.js';
import { AuditCheckpoints } from './audit-checkpoints.service.js';
import { asConnectorError, AuditTrail } from './audit-trail.service.js';

/** A file of an archive, which appears under its name when it is whole. */
export interface ArchiveFile {
  write(text: string): Promise<void>;
  /**
   * Resolves when the file is on disk with its name.
   * @returns false, and nothing was changed, where a file of that name with other content is there
   */
  close(): Promise<boolean>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

/** Where an archive is written. */
export interface ArchiveFiles {
  open(name: string): Promise<ArchiveFile>;
  /** The content of a file; null where there is none. */
  read(name: string): Promise<string | null>;
}

const PAGE = 2000;

/**
 * Takes whole months out of the database without breaking a chain: every tenant's entries are verified and compared with what was
 * signed of them while they are written to a file, and the last one is signed; then the partitions are dropped and that signature is
 * kept, in one transaction. It is published afterwards, again and again until the anchor takes it: an anchor that is down holds up no
 * archive and loses nothing. Verifying goes on from the seal.
 */
@Injectable()
export class AuditArchive {
  constructor(
    @Inject(AUDIT_CHAIN_READER) private readonly chain: AuditChainReader,
    @Inject(CHECKPOINT_STORE) private readonly store: CheckpointStore,
    @Inject(TRUSTED_CHECKPOINT_KEYS) private readonly trust: TrustedCheckpointKeys,
    private readonly checkpoints: AuditCheckpoints,
    private readonly trail: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param before first instant that is kept: the first of a month, in UTC
   * @throws ArchiveRefusedError, SigningKeyMissingError; nothing was dropped then, and a failed entry tells why
   */
  async archive(before: Date, files: ArchiveFiles): Promise<ArchivedChain[]> {
    const archived = await this.archiveAll(before, files).catch(async (error: unknown) => {
      await this.tellRefusal(before, error);
      throw error;
    });
    await this.checkpoints.publish();
    return archived;
  }

  /** A tenant's log tells of no other tenant. */
  private async tellRefusal(before: Date, error: unknown): Promise<void> {
    const about = error instanceof ArchiveRefusedError ? error.tenantId : null;
    const event = {
      operation: AUDIT_OPERATIONS.archiveAuditLog,
      subject: { type: 'auditLog', id: null, label: 'Audit log' },
      details: { before: before.toISOString() },
    } as const;
    for (const tenantId of about === null ? await this.chain.tenants() : [about]) {
      await this.trail.appendRefusal(systemContext(tenantId, newId()), event, asConnectorError(error));
    }
  }

  private async archiveAll(before: Date, files: ArchiveFiles): Promise<ArchivedChain[]> {
    const now = this.clock.now();
    if (before.getTime() > Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)) {
      throw new ArchiveRefusedError('the present month is not over.');
    }
    const chains = await this.store.lastBefore(before);
    if (chains.length === 0) throw new ArchiveRefusedError('no partition with entries ends by then.');
    const archived: ArchivedChain[] = [];
    for (const { tenantId, sequence, isContiguous } of chains) {
      if (!isContiguous) {
        const reason = `tenant ${tenantId} has entries of a later month below entry ${sequence}, which a release before this one wrote.`;
        throw new ArchiveRefusedError(reason, tenantId);
      }
      archived.push(await this.writeChain(tenantId, sequence, files));
    }
    await this.transactions.run(async (tx) => {
      await this.store.dropBefore(tx, before, archived, this.clock.now());
      for (const { checkpoint, fileName } of archived) {
        const { tenantId, sequence, hash, keyId } = checkpoint;
        await this.trail.append(tx, systemContext(tenantId, newId()), {
          operation: AUDIT_OPERATIONS.archiveAuditLog,
          subject: { type: 'auditLog', id: null, label: fileName },
          details: { before: before.toISOString(), sequence, hash, keyId },
        });
      }
    });
    return archived;
  }

  private async writeChain(tenantId: string, last: string, files: ArchiveFiles): Promise<ArchivedChain> {
    const start = (await this.store.seal(tenantId)) ?? CHAIN_START;
    const signed = await this.signedFrom(tenantId, start, last);
    const verifier = new ChainVerifier(start, signed);
    const fileName = `audit-${encodeURIComponent(tenantId)}-${BigInt(start.sequence) + 1n}-${last}.jsonl`;
    const file = await files.open(fileName);
    let head: ChainPoint;
    try {
      await this.follow(tenantId, last, verifier, (page) => file.write(jsonLines(page)));
      head = verifier.head;
      const through = signed.at(-1)?.sequence ?? last;
      if (isAfter(through, last)) await this.follow(tenantId, through, verifier);
    } catch (error) {
      await file.discard();
      throw error;
    }
    if (!(await file.close())) throw taken(tenantId, fileName);
    return { checkpoint: await this.signBeside(tenantId, head, fileName, files), fileName };
  }

  /** Signs what a file ends with, in a file beside it; a run that ended before it dropped anything may have done so. */
  private async signBeside(
    tenantId: string,
    head: ChainPoint,
    fileName: string,
    files: ArchiveFiles,
  ): Promise<AuditCheckpoint> {
    const name = `${fileName}.checkpoint`;
    const trusted = await this.trust.keys();
    const before = checkpointIn(await files.read(name));
    const isOurs =
      before !== null && isOf(before, tenantId, head) && checkpointFault(before, trusted) === null;
    if (isOurs) return before;
    const checkpoint = await this.checkpoints.sign(tenantId, head);
    const file = await files.open(name);
    await file.write(`${JSON.stringify(checkpoint)}\n`);
    if (!(await file.close())) throw taken(tenantId, name);
    return checkpoint;
  }

  /**
   * What was signed of the entries that leave, from the seal through the first checkpoint behind them: hashes that fit each other do
   * not show that a log was not written anew, and what is dropped is compared with nothing afterwards.
   */
  private async signedFrom(tenantId: string, start: ChainPoint, last: string): Promise<ChainPoint[]> {
    const stored = (await this.store.list(tenantId)).filter((one) => !isAfter(start.sequence, one.sequence));
    const behind = stored.findIndex(({ sequence }) => isAfter(sequence, last));
    const signed = behind === -1 ? stored : stored.slice(0, behind + 1);
    const trusted = await this.trust.keys();
    for (const checkpoint of signed) {
      const fault = checkpointFault(checkpoint, trusted);
      if (fault === null) continue;
      throw new ArchiveRefusedError(`a checkpoint of tenant ${tenantId} is not believed. ${fault}`, tenantId);
    }
    return signed;
  }

  /** Brings the verifier to an entry, page by page. */
  private async follow(
    tenantId: string,
    through: string,
    verifier: ChainVerifier,
    write: (page: readonly AuditEntry[]) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    while (verifier.head.sequence !== through) {
      const page = await this.chain.read(tenantId, verifier.head.sequence, through, PAGE);
      for (const entry of page) {
        const problem = verifier.take(entry);
        if (problem !== null) throw broken(tenantId, problem.detail);
      }
      if (page.length === 0)
        throw new ArchiveRefusedError(
          `the chain of tenant ${tenantId} ends before entry ${through}.`,
          tenantId,
        );
      await write(page);
    }
  }
}

function isAfter(sequence: string, other: string): boolean {
  return BigInt(sequence) > BigInt(other);
}

function broken(tenantId: string, detail: string): ArchiveRefusedError {
  return new ArchiveRefusedError(`the chain of tenant ${tenantId} is broken. ${detail}`, tenantId);
}

function taken(tenantId: string, name: string): ArchiveRefusedError {
  return new ArchiveRefusedError(`a file ${name} with other content is there; move it away.`, tenantId);
}

function checkpointIn(text: string | null): AuditCheckpoint | null {
  try {
    return JSON.parse(text ?? 'null') as AuditCheckpoint | null;
  } catch {
    return null;
  }
}

function isOf(checkpoint: AuditCheckpoint, tenantId: string, { sequence, hash }: ChainPoint): boolean {
  return checkpoint.tenantId === tenantId && checkpoint.sequence === sequence && checkpoint.hash === hash;
}
