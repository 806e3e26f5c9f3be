import { describe, expect, it, vi } from 'vitest';
import { EventStreamParser, readEvents } from './event-stream.js';
import type { ServerEvent } from './event-stream.js';

function parseWhole(text: string): ServerEvent[] {
  return new EventStreamParser().push(text);
}

function parseByCharacter(text: string): ServerEvent[] {
  const parser = new EventStreamParser();
  return text.split('').flatMap((character) => parser.push(character));
}

describe('EventStreamParser', () => {
  const expected = [
    { event: 'run', data: '{"state":"running"}' },
    { event: 'message', data: 'first\nsecond' },
  ];

  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
  ])('gives the same messages for %s lines, whole and in pieces', (_name, end) => {
    const text = [
      ': comment',
      'event: run',
      'id: 1',
      'data: {"state":"running"}',
      '',
      'data: first',
      'data:second',
      '',
      '',
    ].join(end);
    expect(parseWhole(text)).toEqual(expected);
    expect(parseByCharacter(text)).toEqual(expected);
  });

  it('gives nothing for a message without data and forgets its name', () => {
    expect(parseWhole('event: ping\n\ndata: x\n\n')).toEqual([{ event: 'message', data: 'x' }]);
  });

  it('drops a message the stream ended in the middle of', () => {
    expect(parseWhole('data: half')).toEqual([]);
  });

  it('removes only one space after the colon', () => {
    expect(parseWhole('data:  two spaces\n\n')).toEqual([{ event: 'message', data: ' two spaces' }]);
  });
});

describe('readEvents', () => {
  it('puts characters together that were split between chunks', async () => {
    const bytes = new TextEncoder().encode('data: Zürich\n\n');
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
        controller.close();
      },
    });
    const events: ServerEvent[] = [];
    for await (const event of readEvents(stream)) events.push(event);
    expect(events).toEqual([{ event: 'message', data: 'Zürich' }]);
  });

  it('cancels the stream when the reader has seen enough', async () => {
    const cancel = vi.fn<() => void>();
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\ndata: 2\n\n')),
      cancel,
    });
    for await (const event of readEvents(stream)) {
      expect(event.data).toBe('1');
      break;
    }
    expect(cancel).toHaveBeenCalledOnce();
  });
});
