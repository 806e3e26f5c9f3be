import { setImmediate } from 'node:timers/promises';

/**
 * Until the requests that were just handed to the HTTP client are written: it takes them in one turn of the event loop, and writes
 * them in the next, once it has seen that the connection is still open. Awaited before work that keeps the loop busy.
 */
export async function requestsHaveLeft(): Promise<void> {
  await setImmediate();
  await setImmediate();
}
