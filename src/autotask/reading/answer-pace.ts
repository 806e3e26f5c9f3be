/** Answers looked at; the quickest of them tells, because a busy machine makes any of them slow. */
const LOOKED_AT = 32;

/** How long one has to wait for answers. */
export class AnswerPace {
  readonly #instantMs: number;
  readonly #lastMs: number[] = [];

  /** @param instantMs what takes less comes at once */
  constructor(instantMs: number) {
    this.#instantMs = instantMs;
  }

  /** Whether answers come at once; before the first one they may not. */
  get isInstant(): boolean {
    return this.#lastMs.some((ms) => ms < this.#instantMs);
  }

  answered(ms: number): void {
    this.#lastMs.push(ms);
    if (this.#lastMs.length > LOOKED_AT) this.#lastMs.shift();
  }
}
