import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HttpDrain } from './http-drain.js';

const SERVER = { closeIdleConnections: () => undefined };

/** An answer that is not sent yet. */
function aResponse() {
  const headers = new Map<string, string>();
  const setHeader = (name: string, value: string) => headers.set(name, value);
  const response = Object.assign(new EventEmitter(), { headersSent: false, setHeader });
  return { response: response as unknown as ServerResponse, headers };
}

describe('HttpDrain', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('ends at once where no request is under way', async () => {
    const drain = new HttpDrain();
    const { response } = aResponse();
    drain.watch(response);
    response.emit('close');
    await drain.finish(SERVER);
    expect(drain.isBegun).toBe(true);
  });

  it('waits for the last answer, and lets each end its connection', async () => {
    const drain = new HttpDrain();
    const [first, last] = [aResponse(), aResponse()];
    drain.watch(first.response);
    drain.watch(last.response);
    let isOver = false;
    const ended = drain.finish(SERVER).finally(() => (isOver = true));
    first.response.emit('close');
    await vi.advanceTimersByTimeAsync(7_000);
    expect(isOver).toBe(false);
    expect(last.headers.get('Connection')).toBe('close');
    last.response.emit('close');
    await ended;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits no longer than eight seconds', async () => {
    const drain = new HttpDrain();
    drain.watch(aResponse().response);
    const ended = drain.finish(SERVER);
    await vi.advanceTimersByTimeAsync(8_000);
    await expect(ended).resolves.toBeUndefined();
  });
});
