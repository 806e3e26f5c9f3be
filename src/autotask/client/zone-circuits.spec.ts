import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PsaRequestRejectedError, PsaUnreachableError } from '../../ports/psa/psa.errors.js';
import { type InstanceCircuit, InstanceCircuits } from './instance-circuits.js';

const ZONE = 'https://webservices5.autotask.net/ATServicesRest/';
const unreachable = () => Promise.reject(new PsaUnreachableError('down'));
const answer = () => Promise.resolve('answer');
const OPEN = { code: 'psa.unreachable', context: { circuit: 'open', isSent: false } };

let circuits: InstanceCircuits;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  circuits = new InstanceCircuits({ failures: 10, restMs: 10_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

const instance = (id: string, zone = ZONE): InstanceCircuit => circuits.of(id, zone);

async function fail(...ids: string[]): Promise<void> {
  for (const id of ids) await expect(instance(id).run(unreachable)).rejects.toThrow('down');
}

describe('the circuit of a zone', () => {
  it('opens after three instances in a row, for all of its instances and for no other zone', async () => {
    await fail('1', '2', '3');
    const request = vi.fn<typeof answer>(answer);
    await expect(instance('4').run(request)).rejects.toMatchObject(OPEN);
    expect(request).not.toHaveBeenCalled();
    expect(await instance('4', 'https://webservices6.autotask.net/ATServicesRest/').run(answer)).toBe(
      'answer',
    );
  });

  it('stays closed while it is the same instances that fail', async () => {
    await fail('1', '2', '1', '2', '1', '2', '1');
    expect(await instance('3').run(answer)).toBe('answer');
  });

  it.each([
    ['an answer', answer],
    ['a refusal', () => Promise.reject(new PsaRequestRejectedError('no'))],
  ])('begins anew after %s of any instance', async (_what, answered) => {
    await fail('1', '2');
    await instance('9')
      .run<unknown>(answered)
      .catch(() => undefined);
    await fail('3', '4');
    expect(await instance('5').run(answer)).toBe('answer');
  });

  it('lets one request probe after the rest, holds nobody meanwhile, and closes when that is answered', async () => {
    await fail('1', '2', '3');
    vi.advanceTimersByTime(10_000);
    const probe = Promise.withResolvers<string>();
    const probing = instance('1').run(() => probe.promise);
    await expect(instance('2').run(answer)).rejects.toMatchObject(OPEN);
    probe.resolve('answer');
    expect(await probing).toBe('answer');
    expect(await instance('2').run(answer)).toBe('answer');
    await fail('1', '2');
    expect(await instance('4').run(answer)).toBe('answer');
  });

  it('rests longer after each probe that fails', async () => {
    await fail('1', '2', '3');
    for (let probes = 0; probes < 8; probes += 1) {
      vi.advanceTimersByTime(60_000);
      await fail('4');
    }
    vi.advanceTimersByTime(10_000);
    await expect(instance('5').run(answer)).rejects.toMatchObject(OPEN);
    vi.advanceTimersByTime(50_000);
    expect(await instance('5').run(answer)).toBe('answer');
  });

  it('says nothing about an instance that was not asked', async () => {
    await fail('1', '2', '3');
    for (let requests = 0; requests < 20; requests += 1)
      await expect(instance('4').run(answer)).rejects.toMatchObject(OPEN);
    vi.advanceTimersByTime(10_000);
    expect(await instance('4').run(answer)).toBe('answer');
  });
});
