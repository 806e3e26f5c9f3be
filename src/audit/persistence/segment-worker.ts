import { parentPort } from 'node:worker_threads';
import { type SegmentAnswer, SegmentBytes, type SegmentMessage } from './segment-bytes.js';

/** The program of a thread that recomputes segments: see `segment-thread.ts`. */
const port = parentPort;
if (port === null) throw new Error('This file is the program of a worker thread');
const answer = (message: SegmentAnswer): void => port.postMessage(message);

let bytes: SegmentBytes | null = null;
port.on('message', (message: SegmentMessage) => {
  if (message.kind === 'begin') {
    bytes = new SegmentBytes(message.segment);
  } else if (message.kind === 'piece') {
    bytes?.take(message.bytes);
    answer({ kind: 'taken' });
  } else if (bytes !== null) {
    answer({ kind: 'result', result: bytes.end() });
  }
});
answer({ kind: 'ready' });
