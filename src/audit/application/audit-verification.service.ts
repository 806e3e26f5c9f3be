import { Inject, Injectable } from '@nestjs/common';
import type { AuditEntry } from '../domain/audit-entry.js';
import { AUDIT_CHAIN_READER, type AuditChainReader, type ChainPoint } from '../domain/audit-store.js';
import { CHAIN_START, type ChainProblem, ChainVerifier } from '../domain/chain-verifier.js';

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
}

/** Entries read at a time; two such pages are in memory. */
const PAGE = 4000;
const LAST_SEQUENCE = '9223372036854775807';

/** Recomputes chains in constant memory: the next page is read while one is hashed. */
@Injectable()
export class AuditVerification {
  constructor(@Inject(AUDIT_CHAIN_READER) private readonly chain: AuditChainReader) {}

  /** @param signal ends the work early, with the signal's reason */
  async verify(tenantId: string, signal?: AbortSignal): Promise<ChainReport> {
    const start = CHAIN_START;
    const head = await this.chain.head(tenantId);
    const verifier = new ChainVerifier(start);
    const problem =
      (await this.verifyEntries(tenantId, verifier, head, signal)) ?? verifier.end(head ?? start);
    return {
      tenantId,
      isIntact: problem === null,
      verified: verifier.verified,
      start,
      head: verifier.head,
      problem,
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
    for await (const page of pagesOf(this.chain, tenantId, verifier.head.sequence, through)) {
      signal?.throwIfAborted();
      for (const entry of page) {
        const problem = verifier.take(entry);
        if (problem !== null) return problem;
      }
    }
    return null;
  }
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
