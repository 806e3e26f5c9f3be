import { setTimeout as wait } from 'node:timers/promises';

/** Asks again every 100 ms until the answer is not null, for what announces itself by no event. Fails after `withinMs`. */
export async function until<T>(what: string, ask: () => Promise<T | null>, withinMs = 30_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await wait(100);
  }
}
