import { type ChainSegment, linkOf, SegmentCheck, type SegmentResult } from '../domain/chain-segment.js';
import { type AuditRow, fromRow } from './audit-row.js';
import { CopyLines, valuesOf } from './copy-text.js';
import { PlainLines } from './plain-line.js';

/** Recomputes a segment from what COPY gives of it. */
export class SegmentBytes {
  readonly #lines = new CopyLines();
  readonly #plain = new PlainLines();
  readonly #check: SegmentCheck;
  #isReadable = true;

  constructor(segment: ChainSegment) {
    this.#check = new SegmentCheck(segment);
  }

  /** Never fails, so that whoever reads goes on to the end: a row that cannot be read makes the segment not whole. */
  take(piece: Uint8Array): void {
    if (!this.#isReadable) return;
    try {
      for (const line of this.#lines.take(piece)) {
        this.#check.take(this.#plain.linkOf(line) ?? linkOf(fromRow(valuesOf(line) as AuditRow)));
      }
    } catch {
      this.#isReadable = false;
    }
  }

  end(): SegmentResult {
    const result = this.#check.end();
    return { ...result, isWhole: result.isWhole && this.#isReadable };
  }
}

/** What is sent to the thread that recomputes segments, one after the other. */
export type SegmentMessage =
  | { kind: 'begin'; segment: ChainSegment }
  | { kind: 'piece'; memory: ArrayBuffer; length: number }
  | { kind: 'end' };

/** What it answers: that it is there, that it is done with a piece, whose memory it gives back, and the result. */
export type SegmentAnswer =
  { kind: 'ready' } | { kind: 'taken'; memory: ArrayBuffer } | { kind: 'result'; result: SegmentResult };
