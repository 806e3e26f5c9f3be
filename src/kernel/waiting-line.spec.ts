import { describe, expect, it } from 'vitest';
import { WaitingLine } from './waiting-line.js';

describe('a waiting line', () => {
  it('serves in the order of arrival', async () => {
    const line = new WaitingLine<number>();
    const served: string[] = [];
    const wait = async (name: string) => served.push(`${name} ${await line.join()}`);
    const all = ['first', 'second', 'third'].map(wait);
    expect(line.length).toBe(3);
    for (const value of [1, 2, 3]) expect(line.serve(value)).toBe(true);
    expect(line.serve(4)).toBe(false);
    await Promise.all(all);
    expect(served).toEqual(['first 1', 'second 2', 'third 3']);
  });

  it('forgets whoever leaves, without losing what is given out', async () => {
    const line = new WaitingLine<string>();
    const controller = new AbortController();
    const impatient = line.join(controller.signal);
    const patient = line.join(new AbortController().signal);
    controller.abort(new Error('enough'));
    expect(line.length).toBe(1);
    line.serve('slot');
    await expect(impatient).rejects.toThrow('enough');
    await expect(patient).resolves.toBe('slot');
    await expect(line.join(controller.signal)).rejects.toThrow('enough');
    expect(line.length).toBe(0);
  });

  it('ends every wait with an error', async () => {
    const line = new WaitingLine<string>();
    const outcomes = Promise.allSettled([line.join(), line.join()]);
    line.fail(new Error('closed'));
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(line.length).toBe(0);
  });
});
