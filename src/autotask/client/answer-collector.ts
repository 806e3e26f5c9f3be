import type { Dispatcher } from 'undici';
import type { VendorAnswer } from './failure-table.js';

const UTF8 = new TextDecoder();

/** Below it stand answers that announce the one that counts. */
const FIRST_FINAL_STATUS = 200;

/**
 * Puts one answer together. In the place of the client's `request()`, which wraps each body in a stream that young collections leave alone,
 * and the body with it (see the README).
 */
export class AnswerCollector implements Dispatcher.DispatchHandler {
  readonly #answer = Promise.withResolvers<VendorAnswer>();
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #isAborted = false;
  #head: Pick<VendorAnswer, 'status' | 'headers'> | undefined;

  /** Rejects with what the HTTP client raises. */
  get answer(): Promise<VendorAnswer> {
    return this.#answer.promise;
  }

  /** Whether the answer has begun to come. */
  get hasBegun(): boolean {
    return this.#head !== undefined;
  }

  /** Ends the request; one that waits for a connection ends once it has one, or has failed to get one. */
  abort(): void {
    this.#isAborted = true;
    this.#controller?.abort(new DOMException('The request was ended', 'AbortError'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isAborted) this.abort();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: VendorAnswer['headers'],
  ): void {
    if (status >= FIRST_FINAL_STATUS) this.#head = { status, headers };
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#head === undefined) this.#answer.reject(new Error('An answer ended before it began'));
    else this.#answer.resolve({ ...this.#head, body: UTF8.decode(Buffer.concat(this.#chunks)) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#answer.reject(error);
  }
}
