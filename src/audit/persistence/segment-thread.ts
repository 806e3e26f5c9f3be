import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ChainSegment, SegmentResult } from '../domain/chain-segment.js';
import { type SegmentAnswer, SegmentBytes, type SegmentMessage } from './segment-bytes.js';

/** Recomputes one segment at a time from its bytes. */
export interface SegmentLane {
  begin(segment: ChainSegment): void;
  /** Memory of `PIECE_BYTES` to fill; resolves when the lane can take more. It is the caller's until it is taken. */
  memory(): Promise<ArrayBuffer>;
  /** Takes what was filled. Never fails, so that whoever reads goes on to the end and leaves the connection usable; `end` does. */
  take(memory: ArrayBuffer, length: number): void;
  end(): Promise<SegmentResult>;
  close(): Promise<void>;
}

/** Bytes of a piece: handing one over costs as much as hashing some entries. */
export const PIECE_BYTES = 1 << 18;
/** Pieces of a lane, used again and again: what bounds the memory when reading is faster than hashing. */
const PIECES = 6;

/** A lane with a thread of its own, or, where none can be started (a bundler left its file out), one without. */
export async function openLane(): Promise<SegmentLane> {
  const worker = new Worker(new URL('./segment-worker.js', import.meta.url));
  try {
    // Its first message says that it is ready; when it cannot start there is an error instead.
    await once(worker, 'message');
    return new ThreadLane(worker);
  } catch {
    await worker.terminate();
    return new LocalLane();
  }
}

/** Works where it is called. */
export class LocalLane implements SegmentLane {
  #bytes: SegmentBytes | null = null;
  readonly #memory = new ArrayBuffer(PIECE_BYTES);

  begin(segment: ChainSegment): void {
    this.#bytes = new SegmentBytes(segment);
  }

  memory(): Promise<ArrayBuffer> {
    return Promise.resolve(this.#memory);
  }

  take(memory: ArrayBuffer, length: number): void {
    this.#bytes?.take(new Uint8Array(memory, 0, length));
  }

  end(): Promise<SegmentResult> {
    if (this.#bytes === null) throw new Error('No segment was begun');
    return Promise.resolve(this.#bytes.end());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

class ThreadLane implements SegmentLane {
  readonly #free = Array.from({ length: PIECES }, () => new ArrayBuffer(PIECE_BYTES));
  #failure: Error | null = null;
  #wake: () => void = () => undefined;
  #result: SegmentResult | null = null;

  constructor(private readonly worker: Worker) {
    worker.on('message', (answer: SegmentAnswer) => {
      if (answer.kind === 'taken') this.#free.push(answer.memory);
      if (answer.kind === 'result') this.#result = answer.result;
      this.#wake();
    });
    const fail = (error: Error): void => {
      this.#failure ??= error;
      this.#wake();
    };
    worker.on('error', fail);
    worker.on('exit', () => fail(new Error('The thread that recomputes the chain ended')));
  }

  begin(segment: ChainSegment): void {
    this.#result = null;
    this.send({ kind: 'begin', segment });
  }

  async memory(): Promise<ArrayBuffer> {
    await this.until(() => this.#free.length > 0);
    return this.#free.pop() ?? new ArrayBuffer(PIECE_BYTES);
  }

  take(memory: ArrayBuffer, length: number): void {
    // Moved rather than copied; it comes back when the thread is done with it.
    if (this.#failure === null) this.send({ kind: 'piece', memory, length }, [memory]);
  }

  async end(): Promise<SegmentResult> {
    this.send({ kind: 'end' });
    await this.until(() => this.#result !== null);
    if (this.#result === null) throw this.#failure ?? new Error('No result');
    return this.#result;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private send(message: SegmentMessage, moved: ArrayBuffer[] = []): void {
    this.worker.postMessage(message, moved);
  }

  private async until(isSo: () => boolean): Promise<void> {
    while (!isSo() && this.#failure === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
