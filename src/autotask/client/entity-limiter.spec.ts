import { describe, expect, it } from 'vitest';
import { EntityLimiter } from './entity-limiter.js';

/** Work that ends when the test says so. */
function heldWork() {
  const started: PromiseWithResolvers<void>[] = [];
  const work = (): Promise<void> => {
    const held = Promise.withResolvers<void>();
    started.push(held);
    return held.promise;
  };
  return { started, work };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the entity limiter', () => {
  it('runs three requests of an entity at a time, whatever the case of its name', async () => {
    const limiter = new EntityLimiter();
    const { started, work } = heldWork();
    const all = ['Companies', 'companies', 'COMPANIES', 'Companies', 'Companies'].map((name) =>
      limiter.run(name, work),
    );
    const outcomes = Promise.allSettled(all);
    await settled();
    expect(started).toHaveLength(3);
    started[0]?.resolve();
    await settled();
    expect(started).toHaveLength(4);
    started[1]?.reject(new Error('refused'));
    await settled();
    expect(started).toHaveLength(5);
    for (const held of started) held.resolve();
    expect((await outcomes).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
  });

  it('does not let one entity hold up another', async () => {
    const limiter = new EntityLimiter();
    const { started, work } = heldWork();
    const all = Array.from({ length: 4 }, () => limiter.run('Companies', work));
    expect(await limiter.run('Contracts', () => Promise.resolve('answer'))).toBe('answer');
    for (const held of started) held.resolve();
    await settled();
    started[3]?.resolve();
    expect(await Promise.all(all)).toHaveLength(4);
  });

  it('ends a request that was aborted while it waited, without sending it', async () => {
    const limiter = new EntityLimiter();
    const { started, work } = heldWork();
    const running = Array.from({ length: 3 }, () => limiter.run('Companies', work));
    const controller = new AbortController();
    const waiting = limiter.run('Companies', work, controller.signal);
    controller.abort(new Error('shutting down'));
    for (const held of started) held.resolve();
    await expect(waiting).rejects.toThrow('shutting down');
    await Promise.all(running);
    expect(started).toHaveLength(3);
  });
});
