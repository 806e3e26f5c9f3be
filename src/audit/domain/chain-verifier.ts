import { type AuditEntry, chainHash, GENESIS_HASH } from './audit-entry.js';
import type { ChainPoint } from './audit-store.js';
import type { SegmentResult } from './chain-segment.js';

export type ChainProblemKind = 'changed' | 'missing' | 'reordered' | 'head' | 'checkpoint';

/** The first place where a chain is broken. */
export interface ChainProblem {
  kind: ChainProblemKind;
  /** The place in the chain, counted from 1. */
  sequence: string;
  /** Id of the entry found there; null where there is none. */
  entryId: string | null;
  /** One sentence. */
  detail: string;
}

/** Where a chain begins that nothing was sealed of. */
export const CHAIN_START: ChainPoint = { sequence: '0', hash: GENESIS_HASH };

/** How far to look for the place an entry was taken from. */
const NEIGHBOURS = 1000n;

/** Recomputes a chain entry by entry and stops at the first that does not follow from the one before. */
export class ChainVerifier {
  #sequence: bigint;
  #hash: string;
  #verified = 0;

  readonly #signed: Map<string, string>;

  /** @param start the last entry that is known already @param signed entries whose hash is known from elsewhere */
  constructor(start: ChainPoint = CHAIN_START, signed: readonly ChainPoint[] = []) {
    this.#signed = new Map(signed.map(({ sequence, hash }) => [sequence, hash]));
    this.#sequence = BigInt(start.sequence);
    this.#hash = start.hash;
  }

  get verified(): number {
    return this.#verified;
  }

  /** The last entry that followed. */
  get head(): ChainPoint {
    return { sequence: String(this.#sequence), hash: this.#hash };
  }

  /** What was signed, from anywhere in the chain. */
  get signed(): ChainPoint[] {
    return [...this.#signed].map(([sequence, hash]) => ({ sequence, hash }));
  }

  /** Takes a whole segment that begins at the next place; false, and nothing taken, when it is not whole or does not follow. */
  pass(through: string, { isWhole, previousHash, hash }: SegmentResult): boolean {
    if (!isWhole || previousHash !== this.#hash) return false;
    this.#verified += Number(BigInt(through) - this.#sequence);
    this.#sequence = BigInt(through);
    this.#hash = hash;
    return true;
  }

  /** Takes the next entry; gives what is wrong with it, or null when it follows. */
  take(entry: AuditEntry): ChainProblem | null {
    const expected = this.#sequence + 1n;
    const found = BigInt(entry.sequence);
    if (found > expected) return missing(expected, found - 1n, entry);
    if (found < expected) return reordered(String(expected), entry, `it is numbered ${entry.sequence}`);
    const hash = chainHash(this.#hash, entry.sequence, entry);
    if (hash !== entry.hash || entry.previousHash !== this.#hash) return this.explain(entry);
    const signed = this.#signed.get(entry.sequence);
    if (signed !== undefined && signed !== hash) return notSigned(entry);
    this.#sequence = expected;
    this.#hash = hash;
    this.#verified += 1;
    return null;
  }

  /** After the last entry: whether the chain ends where its head says. */
  end(head: ChainPoint): ChainProblem | null {
    const last = this.head;
    if (BigInt(head.sequence) > this.#sequence) {
      return missing(this.#sequence + 1n, BigInt(head.sequence), null);
    }
    for (const sequence of this.#signed.keys()) {
      if (BigInt(sequence) > this.#sequence) return missing(this.#sequence + 1n, BigInt(sequence), null);
    }
    if (head.hash === last.hash && head.sequence === last.sequence) return null;
    const detail = `The chain head says entry ${head.sequence} with hash ${head.hash}; the log ends with entry ${last.sequence} and ${last.hash}.`;
    return { kind: 'head', sequence: last.sequence, entryId: null, detail };
  }

  /** An entry whose hash still fits its content, at another place or after another entry, was moved; else it was changed. */
  private explain(entry: AuditEntry): ChainProblem {
    const own = BigInt(entry.sequence);
    for (let offset = 1n; offset <= NEIGHBOURS; offset += 1n) {
      for (const place of [own - offset, own + offset]) {
        if (chainHash(entry.previousHash, String(place), entry) === entry.hash) {
          return reordered(entry.sequence, entry, `it was written as entry ${place}`);
        }
      }
    }
    const isWhole = chainHash(entry.previousHash, entry.sequence, entry) === entry.hash;
    const detail = isWhole
      ? `Entry ${entry.sequence} follows another entry than the one before it: one of the two was replaced.`
      : `Entry ${entry.sequence} was changed: its content does not give its hash.`;
    return { kind: 'changed', sequence: entry.sequence, entryId: entry.id, detail };
  }
}

function missing(first: bigint, last: bigint, next: AuditEntry | null): ChainProblem {
  const which = first === last ? `Entry ${first} is` : `Entries ${first} to ${last} are`;
  const where = next === null ? 'at the end' : `before entry ${next.sequence}`;
  return {
    kind: 'missing',
    sequence: String(first),
    entryId: null,
    detail: `${which} missing ${where}.`,
  };
}

function notSigned({ sequence, id }: AuditEntry): ChainProblem {
  const detail = `Entry ${sequence} is not the one a checkpoint was signed for: the log was written anew.`;
  return { kind: 'checkpoint', sequence, entryId: id, detail };
}

function reordered(place: string, entry: AuditEntry, because: string): ChainProblem {
  return {
    kind: 'reordered',
    sequence: place,
    entryId: entry.id,
    detail: `The entry at place ${place} does not belong there: ${because}.`,
  };
}
