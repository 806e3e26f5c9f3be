import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ChainSegment, SegmentResult } from '../domain/chain-segment.js';
import { type SegmentAnswer, SegmentBytes, type SegmentMessage } from './segment-bytes.js';

/** Recomputes one segment at a time from its bytes. */
export interface SegmentLane {
  begin(segment: ChainSegment): void;
  /** Resolves when more can be given. The piece, and the memory it lies in, is the lane's from then on. */
  take(piece: Uint8Array<ArrayBuffer>): Promise<void>;
  end(): Promise<SegmentResult>;
  close(): Promise<void>;
}

/** Pieces on their way to a thread: what bounds the memory when reading is faster than hashing. */
const PIECES_AHEAD = 8;

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

  begin(segment: ChainSegment): void {
    this.#bytes = new SegmentBytes(segment);
  }

  take(piece: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#bytes?.take(piece);
    return Promise.resolve();
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
  #ahead = 0;
  #failure: Error | null = null;
  #wake: () => void = () => undefined;
  #result: SegmentResult | null = null;

  constructor(private readonly worker: Worker) {
    worker.on('message', (answer: SegmentAnswer) => {
      if (answer.kind === 'taken') this.#ahead -= 1;
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

  /** Never fails, so that whoever reads goes on to the end and leaves the connection usable; `end` does. */
  async take(piece: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#failure !== null) return;
    this.#ahead += 1;
    // Every piece has memory of its own, which is handed over rather than copied.
    this.send({ kind: 'piece', bytes: piece }, [piece.buffer]);
    await this.until(() => this.#ahead < PIECES_AHEAD);
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
