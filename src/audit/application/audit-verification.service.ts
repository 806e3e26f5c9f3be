import type { KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { AuditCheckpoint } from '../../ports/host/audit-anchor.port.js';
import type { AuditEntry } from '../domain/audit-entry.js';
import { AUDIT_CHAIN_READER, type AuditChainReader, type ChainPoint } from '../domain/audit-store.js';
import {
  checkpointFault,
  TRUSTED_CHECKPOINT_KEYS,
  type TrustedCheckpointKeys,
} from '../domain/audit-checkpoint.js';
import {
  CHAIN_SEGMENT_CHECKER,
  type ChainSegment,
  type ChainSegmentChecker,
  segmentsOf,
} from '../domain/chain-segment.js';
import { CHAIN_START, type ChainProblem, ChainVerifier } from '../domain/chain-verifier.js';
import { CHECKPOINT_STORE, type CheckpointStore } from '../domain/checkpoint-store.js';

/** What recomputing a tenant's chain found. */
export interface ChainReport {
  tenantId: string;
  isIntact: boolean;
  /** Entries that follow from the ones before, up to the first that does not. */
  verified: number;
  /** The last entry before the first verified one; sequence 0 where nothing was sealed. */
  start: ChainPoint;
  /** The last verified entry; keep its hash elsewhere, to show later that nothing was cut off. */
  head: ChainPoint;
  problem: ChainProblem | null;
  /** Signed checkpoints that were compared with the chain. */
  checkpoints: number;
  /**
   * Whether the keys of the checkpoints had to be trusted ones. False: no trusted key is known, and a checkpoint shows only that
   * it was signed with the key it holds, which whoever writes to the database can replace.
   */
  areKeysCompared: boolean;
}

/** Entries read at a time; two such pages are in memory. */
const PAGE = 4000;
const LAST_SEQUENCE = '9223372036854775807';

/** Recomputes chains in constant memory: the next page is read while one is hashed. */
@Injectable()
export class AuditVerification {
  constructor(
    @Inject(AUDIT_CHAIN_READER) private readonly chain: AuditChainReader,
    @Inject(CHECKPOINT_STORE) private readonly store: CheckpointStore,
    @Inject(CHAIN_SEGMENT_CHECKER) private readonly segments: ChainSegmentChecker,
    @Inject(TRUSTED_CHECKPOINT_KEYS) private readonly trust: TrustedCheckpointKeys,
  ) {}

  /** @param signal ends the work early, with the signal's reason */
  async verify(tenantId: string, signal?: AbortSignal): Promise<ChainReport> {
    const start = (await this.store.seal(tenantId)) ?? CHAIN_START;
    const checkpoints = await this.store.list(tenantId);
    // Read after the checkpoints, so that none of them lies beyond it.
    const head = await this.chain.head(tenantId);
    const trusted = await this.trust.keys();
    const verifier = new ChainVerifier(start, checkpoints);
    const problem =
      firstFault(checkpoints, trusted) ??
      (await this.verifyEntries(tenantId, verifier, head, signal)) ??
      verifier.end(head ?? verifier.head) ??
      (head === null ? await this.missingHead(tenantId, verifier) : null);
    return {
      tenantId,
      isIntact: problem === null,
      verified: verifier.verified,
      start,
      head: verifier.head,
      problem,
      checkpoints: checkpoints.length,
      areKeysCompared: trusted !== null,
    };
  }

  private async verifyEntries(
    tenantId: string,
    verifier: ChainVerifier,
    head: ChainPoint | null,
    signal: AbortSignal | undefined,
  ): Promise<ChainProblem | null> {
    // What is appended meanwhile is not looked at. Entries without any head are: they do not belong there.
    const through = head?.sequence ?? LAST_SEQUENCE;
    if (head !== null) await this.passWholeSegments(tenantId, verifier, head, signal);
    for await (const page of pagesOf(this.chain, tenantId, verifier.head.sequence, through)) {
      signal?.throwIfAborted();
      for (const entry of page) {
        const problem = verifier.take(entry);
        if (problem !== null) return problem;
      }
    }
    return null;
  }

  /** Without its head nothing says where a log ends; only one that was never begun has none. */
  private async missingHead(tenantId: string, verifier: ChainVerifier): Promise<ChainProblem | null> {
    if (!(await this.chain.lacksHead(tenantId))) return null;
    const { sequence } = verifier.head;
    const detail = `The chain head is missing: the log ends with entry ${sequence}, and nothing says whether more followed.`;
    return { kind: 'head', sequence, entryId: null, detail };
  }

  /** Brings the verifier to the first segment in which something is wrong; from there on it goes entry by entry, to say what. */
  private async passWholeSegments(
    tenantId: string,
    verifier: ChainVerifier,
    { sequence }: ChainPoint,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const places = segmentsOf(verifier.head.sequence, sequence, verifier.signed);
    const checked: ChainSegment[] = [];
    const noted = function* () {
      for (const segment of places) {
        checked.push(segment);
        yield segment;
      }
    };
    for await (const result of this.segments.check(tenantId, noted())) {
      signal?.throwIfAborted();
      const segment = checked.shift();
      if (segment === undefined || !verifier.pass(segment.through, result)) return;
    }
  }
}

function firstFault(
  checkpoints: readonly AuditCheckpoint[],
  trusted: readonly KeyObject[] | null,
): ChainProblem | null {
  for (const checkpoint of checkpoints) {
    const detail = checkpointFault(checkpoint, trusted);
    if (detail !== null) return { kind: 'checkpoint', sequence: checkpoint.sequence, entryId: null, detail };
  }
  return null;
}

/** Pages of the chain in ascending order, each asked for before the one before is used. */
async function* pagesOf(
  chain: AuditChainReader,
  tenantId: string,
  after: string,
  through: string,
): AsyncGenerator<AuditEntry[]> {
  let page = await chain.read(tenantId, after, through, PAGE);
  while (page.length > 0) {
    const last = page.at(-1)?.sequence ?? through;
    const next = page.length < PAGE ? Promise.resolve([]) : chain.read(tenantId, last, through, PAGE);
    // Whoever stops early does not wait for it, and its failure is then nobody's.
    next.catch(() => undefined);
    yield page;
    page = await next;
  }
}
