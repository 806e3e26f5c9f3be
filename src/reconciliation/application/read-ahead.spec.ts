import { describe, expect, it } from 'vitest';
import { readAhead } from './read-ahead.js';

async function* broken() {
  yield await Promise.resolve(1);
  throw new Error('The source is broken');
}

describe('readAhead', () => {
  it('fetches one item more than was taken, and no further', async () => {
    const fetched: number[] = [];
    const taken: [number, number[]][] = [];
    async function* source() {
      for (let item = 1; item <= 3; item += 1) {
        fetched.push(item);
        yield Promise.resolve(item);
      }
    }
    for await (const item of readAhead(source())) {
      await new Promise((resolve) => setImmediate(resolve));
      taken.push([item, [...fetched]]);
    }
    expect(taken).toEqual([
      [1, [1, 2]],
      [2, [1, 2, 3]],
      [3, [1, 2, 3]],
    ]);
  });

  it('ends the source when its reader leaves', async () => {
    let isEnded = false;
    async function* source() {
      try {
        for (;;) yield Promise.resolve(1);
      } finally {
        isEnded = true;
      }
    }
    for await (const item of readAhead(source())) if (item === 1) break;
    expect(isEnded).toBe(true);
  });

  it('tells what fails in its turn', async () => {
    const taken: number[] = [];
    const reading = async () => {
      for await (const item of readAhead(broken())) taken.push(item);
    };
    await expect(reading()).rejects.toThrow('The source is broken');
    expect(taken).toEqual([1]);
  });
});
