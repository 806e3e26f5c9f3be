import { describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../../../test/support/fakes/fake-clock.js';
import { Readiness } from '../application/readiness.service.js';
import { HealthController } from './health.controller.js';

const check = () => Promise.resolve();

function aReadiness() {
  const query = vi.fn<(sql: string) => Promise<unknown[]>>(() => Promise.resolve([]));
  const clock = new FakeClock();
  const dataSource = {
    query,
    manager: { queryRunner: { query: () => Promise.resolve({ records: [] }) } },
    migrations: [],
  };
  const readiness = new Readiness(dataSource as never, { check } as never, { check } as never, clock);
  return { readiness, query, clock };
}

describe('readiness', () => {
  it('tells the same for a second, and looks anew after it', async () => {
    const { readiness, query, clock } = aReadiness();
    const [first, second] = await Promise.all([readiness.check(), readiness.check()]);
    expect(second).toBe(first);
    const asked = query.mock.calls.length;
    clock.advance(999);
    expect(await readiness.check()).toBe(first);
    expect(query).toHaveBeenCalledTimes(asked);
    clock.advance(1);
    expect(await readiness.check()).not.toBe(first);
    expect(query).toHaveBeenCalledTimes(2 * asked);
  });

  it('is over when the application closes', async () => {
    const { readiness } = aReadiness();
    const controller = new HealthController(readiness);
    await expect(controller.ready()).resolves.toEqual({ status: 'ok' });
    readiness.onModuleDestroy();
    await expect(controller.ready()).rejects.toMatchObject({
      code: 'health.not_ready',
      detail: 'Not ready. The process is shutting down.',
    });
  });
});
