import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Secret } from '../../kernel/secret.js';
import { LocalRequestSlots } from './local-request-slots.js';
import { RequestLimiter } from './request-limiter.js';

const CODE = 'DEMONSTRATIONCODE0123456789';
const noRest = () => 0;

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
const limiterOn = (slots = new LocalRequestSlots(), instance = '1', code = CODE) =>
  new RequestLimiter(slots, new Secret(code), instance);

describe('the request limiter', () => {
  it('runs three requests of an entity at a time, whatever the case of its name', async () => {
    const limiter = limiterOn();
    const { started, work } = heldWork();
    const names = ['Companies', 'companies/query', 'COMPANIES', 'Companies/1', 'Companies/query/count'];
    const outcomes = Promise.allSettled(names.map((name) => limiter.run(name, work, noRest)));
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

  it.each([
    ['another entity', '1', CODE, 'Contracts'],
    ['another instance', '2', CODE, 'Companies'],
    ['another tracking identifier', '1', 'OTHER', 'Companies'],
  ])('does not let requests of one hold up those of %s', async (_what, instance, code, entity) => {
    const slots = new LocalRequestSlots();
    const { started, work } = heldWork();
    const all = Array.from({ length: 3 }, () => limiterOn(slots).run('Companies', work, noRest));
    const other = limiterOn(slots, instance, code);
    expect(await other.run(entity, () => Promise.resolve('answer'), noRest)).toBe('answer');
    for (const held of started) held.resolve();
    await Promise.all(all);
  });

  it('makes metadata calls of an instance one by one, and counts them with the queries of their entity', async () => {
    const slots = new LocalRequestSlots();
    const [limiter, other] = [limiterOn(slots), limiterOn(slots, '1', 'OTHER')];
    const { started, work } = heldWork();
    const metadata = [
      limiter.run('Companies/entityInformation', work, noRest),
      limiter.run('Contracts/EntityInformation/fields', work, noRest),
      other.run('Contacts/entityInformation', work, noRest),
    ];
    const queries = Array.from({ length: 3 }, () => limiter.run('Companies/query', work, noRest));
    await settled();
    expect(started).toHaveLength(3);
    for (let n = 0; n < 6; n += 1) {
      started[n]?.resolve();
      await settled();
    }
    await Promise.all([...metadata, ...queries]);
  });

  it('ends a request that was aborted while it waited, without sending it', async () => {
    const limiter = limiterOn();
    const { started, work } = heldWork();
    const running = Array.from({ length: 3 }, () => limiter.run('Companies', work, noRest));
    const controller = new AbortController();
    const waiting = limiter.run('Companies', work, noRest, controller.signal);
    controller.abort(new Error('shutting down'));
    await expect(waiting).rejects.toThrow('shutting down');
    for (const held of started) held.resolve();
    await Promise.all(running);
    expect(started).toHaveLength(3);
  });
});

describe('the rest of a slot', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('keeps it from being used again for so long, told what came of the request', async () => {
    const limiter = limiterOn();
    const raised: unknown[] = [];
    const rest = (error: unknown): number => {
      raised.push(error);
      return 100;
    };
    const failure = new Error('refused');
    await limiter.run('Companies', () => Promise.resolve(), rest);
    await limiter.run('Companies', () => Promise.reject(failure), rest).catch(() => undefined);
    await limiter.run('Companies', () => Promise.resolve(), rest);
    expect(raised).toEqual([undefined, failure, undefined]);
    const work = vi.fn<() => Promise<void>>(() => Promise.resolve());
    const fourth = limiter.run('Companies', work, noRest);
    await vi.advanceTimersByTimeAsync(99);
    expect(work).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(work).toHaveBeenCalledOnce();
    await fourth;
  });
});
