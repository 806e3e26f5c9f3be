import { type AuditEntry, chainHash } from './audit-entry.js';
import type { ChainPoint } from './audit-store.js';

/** A run of places in a chain, with the entries in it whose hash is known from elsewhere. */
export interface ChainSegment {
  /** The place before the first. */
  after: string;
  /** The last place. */
  through: string;
  signed: readonly ChainPoint[];
}

/** An entry as a link of the chain. */
export interface ChainLink {
  sequence: string;
  previousHash: string;
  hash: string;
  /** The hash that its content gives over the previous one it names. */
  computed: string;
}

export function linkOf(entry: AuditEntry): ChainLink {
  const { sequence, previousHash, hash } = entry;
  return { sequence, previousHash, hash, computed: chainHash(previousHash, sequence, entry) };
}

/** What recomputing a segment by itself gave. */
export interface SegmentResult {
  /** Whether every place has an entry that follows from the one before it in the segment, and fits what was signed. */
  isWhole: boolean;
  /** The hash that the first entry names as its predecessor's: to be compared with the segment before. */
  previousHash: string;
  /** Hash of the last entry. */
  hash: string;
}

/** Recomputes segments of a chain, several at a time where the machine can. */
export interface ChainSegmentChecker {
  /** One result for each segment, in their order. */
  check(tenantId: string, segments: Iterable<ChainSegment>): AsyncIterable<SegmentResult>;
}

export const CHAIN_SEGMENT_CHECKER = Symbol('CHAIN_SEGMENT_CHECKER');

/** Places in a segment: enough that beginning one costs nothing, few enough that going through one again does not matter. */
const SEGMENT = 20_000n;

/** Cuts the places after one up to another into segments. */
export function* segmentsOf(
  after: string,
  through: string,
  signed: readonly ChainPoint[],
): Generator<ChainSegment> {
  const end = BigInt(through);
  const points = signed.toSorted((a, b) => (BigInt(a.sequence) < BigInt(b.sequence) ? -1 : 1));
  let next = 0;
  for (let start = BigInt(after); start < end; start += SEGMENT) {
    const last = start + SEGMENT < end ? start + SEGMENT : end;
    const first = next;
    while (next < points.length && BigInt(points[next]?.sequence ?? 0) <= last) next += 1;
    yield { after: String(start), through: String(last), signed: points.slice(first, next) };
  }
}

/**
 * Recomputes one segment. Every entry is hashed over the previous hash it names itself, which must be the hash of the entry before
 * it; so segments can be recomputed in any order, and form a chain when each begins with the hash the one before ends with.
 */
export class SegmentCheck {
  #place: bigint;
  readonly #through: bigint;
  #first: string | null = null;
  #hash: string | null = null;
  #isSound = true;
  readonly #signed: Map<string, string>;

  constructor({ after, through, signed }: ChainSegment) {
    this.#place = BigInt(after);
    this.#through = BigInt(through);
    this.#signed = new Map(signed.map(({ sequence, hash }) => [sequence, hash]));
  }

  take({ sequence, previousHash, hash, computed }: ChainLink): void {
    if (!this.#isSound) return;
    this.#place += 1n;
    this.#first ??= previousHash;
    const signed = this.#signed.size === 0 ? undefined : this.#signed.get(sequence);
    this.#isSound =
      sequence === String(this.#place) &&
      (this.#hash === null || this.#hash === previousHash) &&
      computed === hash &&
      (signed === undefined || signed === hash);
    this.#hash = hash;
  }

  end(): SegmentResult {
    return {
      isWhole: this.#isSound && this.#place === this.#through,
      previousHash: this.#first ?? '',
      hash: this.#hash ?? '',
    };
  }
}
