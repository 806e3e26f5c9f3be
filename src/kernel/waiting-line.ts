interface Place<T> {
  serve(value: T): void;
  fail(error: unknown): void;
}

/** Whoever waits for something that is given out one by one: first come, first served; a place can be left. */
export class WaitingLine<T> {
  readonly #places = new Set<Place<T>>();

  get length(): number {
    return this.#places.size;
  }

  /** Waits for its turn. @throws the signal's reason when aborted before; the error of `fail` */
  join(signal?: AbortSignal): Promise<T> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    return new Promise<T>((resolve, reject) => {
      const leave = (): void => {
        this.#places.delete(place);
        signal?.removeEventListener('abort', giveUp);
      };
      const giveUp = (): void => {
        leave();
        reject(signal?.reason as Error);
      };
      const place: Place<T> = {
        serve: (value) => {
          leave();
          resolve(value);
        },
        fail: (error) => {
          leave();
          reject(error);
        },
      };
      this.#places.add(place);
      signal?.addEventListener('abort', giveUp);
    });
  }

  /** Gives a value to whoever waits longest; false when nobody waits. */
  serve(value: T): boolean {
    const [first] = this.#places;
    first?.serve(value);
    return first !== undefined;
  }

  /** Ends every wait with an error. */
  fail(error: unknown): void {
    for (const place of this.#places) place.fail(error);
  }
}
