import { parentPort } from 'node:worker_threads';
import { type SegmentAnswer, SegmentBytes, type SegmentMessage } from './segment-bytes.js';

/** The program of a thread that recomputes segments: see `segment-thread.ts`. */
const port = parentPort;
if (port === null) throw new Error('This file is the program of a worker thread');
const answer = (message: SegmentAnswer, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved);

let bytes: SegmentBytes | null = null;
port.on('message', (message: SegmentMessage) => {
  if (message.kind === 'begin') {
    bytes = new SegmentBytes(message.segment);
  } else if (message.kind === 'piece') {
    const { memory, length } = message;
    bytes?.take(new Uint8Array(memory, 0, length));
    answer({ kind: 'taken', memory }, [memory]);
  } else if (bytes !== null) {
    answer({ kind: 'result', result: bytes.end() });
  }
});
answer({ kind: 'ready' });
