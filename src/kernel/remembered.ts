/**
 * Values by what they are made from, where making one takes long and the same few are asked for again and again. Forgets all of them when
 * there are too many, so that it needs no order.
 */
export class Remembered<K, V> {
  readonly #values = new Map<K, V>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: K): V | undefined {
    return this.#values.get(key);
  }

  /** Gives the value back. */
  keep(key: K, value: V): V {
    if (this.#values.size >= this.#most) this.#values.clear();
    this.#values.set(key, value);
    return value;
  }
}
