/** The same items; the next one is fetched while the one before is worked on. Whoever leaves early ends the source. */
export async function* readAhead<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  const source = items[Symbol.asyncIterator]();
  let next = source.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done === true) return;
      next = source.next();
      // Whoever stops early leaves a promise behind that nobody waits for.
      next.catch(() => undefined);
      yield value;
    }
  } finally {
    await source.return?.();
  }
}
