const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What ending the host takes, collected while it starts; run once, last first, whoever asks first. */
export class Shutdown {
  readonly #steps: (() => Promise<void>)[] = [];
  readonly #say: (line: string) => void;
  #ending: Promise<void> | null = null;
  #isStarting = true;
  #request: { exitCode: number } | null = null;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** Whether the end was asked for. */
  get isRequested(): boolean {
    return this.#request !== null;
  }

  /** Adds what must be closed before everything added earlier. */
  add(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  /** The start is over: an end asked for meanwhile happens now. */
  started(): void {
    this.#isStarting = false;
    if (this.#request !== null) void this.#end(this.#request.exitCode);
  }

  /** Asks for the end; while the host starts, it waits for what is being opened, so that nothing is left half-open. */
  start(reason: string, exitCode: number): void {
    if (this.#request !== null) return;
    this.#request = { exitCode };
    this.#say(`${reason}; shutting down.`);
    if (!this.#isStarting) void this.#end(exitCode);
  }

  /** Closes everything added so far. */
  async closeAll(): Promise<void> {
    this.#request ??= { exitCode: 1 };
    this.#ending ??= this.#runSteps();
    await this.#ending;
  }

  async #end(exitCode: number): Promise<void> {
    await this.closeAll();
    process.exit(exitCode);
  }

  async #runSteps(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        // The rest must be closed all the same.
        this.#say(`Closing failed: ${(error as Error).message}`);
      }
    }
  }
}

/** Ends the host on Ctrl-C, `kill` and a closed terminal; a second signal ends it at once. */
export function endOnSignals(shutdown: Shutdown): void {
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (shutdown.isRequested) process.exit(1);
      shutdown.start(`Received ${signal}`, 0);
    });
  }
}
