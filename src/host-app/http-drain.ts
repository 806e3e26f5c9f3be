import type { Server, ServerResponse } from 'node:http';

/** With the 30 seconds a request to Autotask may take and the 20 of running jobs, the end fits the 60 the README allows. */
const DRAIN_MS = 8_000;

/** Lets the requests under way be answered before the host closes what they need. */
export class HttpDrain {
  readonly #underWay = new Set<ServerResponse>();
  #isBegun = false;
  #tellEmpty: () => void = () => undefined;

  /** Whether the host is ending: what comes now is for another replica. */
  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** Counts a request until its answer is sent or its connection is gone. */
  watch(response: ServerResponse): void {
    this.#underWay.add(response);
    response.once('close', () => {
      this.#underWay.delete(response);
      if (this.#underWay.size === 0) this.#tellEmpty();
    });
  }

  /** Resolves when every request watched is answered, at the latest after `withinMs`; the server goes on listening. */
  async finish(server: Pick<Server, 'closeIdleConnections'>, withinMs = DRAIN_MS): Promise<void> {
    this.#isBegun = true;
    server.closeIdleConnections();
    for (const response of this.#underWay) {
      if (!response.headersSent) response.setHeader('Connection', 'close');
    }
    if (this.#underWay.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#tellEmpty = resolve;
      timer = setTimeout(resolve, withinMs);
    });
    clearTimeout(timer);
  }
}
