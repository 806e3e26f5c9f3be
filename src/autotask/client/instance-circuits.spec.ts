import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  PsaOutcomeUnknownError,
  PsaRateLimitedError,
  PsaRequestRejectedError,
  PsaUnexpectedAnswerError,
  PsaUnreachableError,
} from '../../ports/psa/psa.errors.js';
import { type InstanceCircuit, InstanceCircuits } from './instance-circuits.js';

const URL_OF_ZONE = 'https://webservices1.autotask.net/ATServicesRest/';
const unreachable = () => Promise.reject(new PsaUnreachableError('down'));
const answer = () => Promise.resolve('answer');
const OPEN = { code: 'psa.unreachable', context: { circuit: 'open', isSent: false } };

async function failTimes(circuit: InstanceCircuit, times: number, request = unreachable): Promise<void> {
  for (let n = 0; n < times; n += 1) await circuit.run(request).catch(() => undefined);
}

const circuits = () => new InstanceCircuits({ failures: 3, restMs: 10_000 });

describe('the circuit of an instance', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('opens after so many unreachable answers in a row, and then sends nothing', async () => {
    const circuit = circuits().of('1', URL_OF_ZONE);
    await failTimes(circuit, 3);
    const request = vi.fn<typeof answer>(answer);
    await expect(circuit.run(request)).rejects.toMatchObject(OPEN);
    expect(request).not.toHaveBeenCalled();
  });

  it('opens too when writes end without an answer', async () => {
    const circuit = circuits().of('1', URL_OF_ZONE);
    const cause = new PsaUnreachableError('504');
    await failTimes(circuit, 3, () => Promise.reject(new PsaOutcomeUnknownError('?', { cause })));
    await expect(circuit.run(answer)).rejects.toMatchObject(OPEN);
  });

  it.each([
    ['a good one', answer],
    ['a refusal', () => Promise.reject(new PsaRequestRejectedError('no'))],
    ['an odd one', () => Promise.reject(new PsaUnexpectedAnswerError('html'))],
  ])('starts counting anew after an answer: %s', async (_what, answered) => {
    const circuit = circuits().of('1', URL_OF_ZONE);
    await failTimes(circuit, 2);
    await circuit.run<unknown>(answered).catch(() => undefined);
    await failTimes(circuit, 2);
    expect(await circuit.run(answer)).toBe('answer');
  });

  it('learns nothing from a request that our own limits held back', async () => {
    const circuit = circuits().of('1', URL_OF_ZONE);
    const held = new PsaRateLimitedError('used up', 60, { context: { budget: 'exhausted' } });
    await failTimes(circuit, 2);
    await expect(circuit.run(() => Promise.reject(held))).rejects.toBe(held);
    await failTimes(circuit, 1);
    await expect(circuit.run(answer)).rejects.toMatchObject(OPEN);
  });

  it('hands on what a request raises', async () => {
    const error = new PsaRequestRejectedError('no');
    await expect(
      circuits()
        .of('1', URL_OF_ZONE)
        .run(() => Promise.reject(error)),
    ).rejects.toBe(error);
  });

  it('lets one request probe after the rest, and closes when that is answered', async () => {
    const circuit = circuits().of('1', URL_OF_ZONE);
    await failTimes(circuit, 3);
    vi.advanceTimersByTime(10_000);
    expect(await circuit.run(answer)).toBe('answer');
    await failTimes(circuit, 2);
    expect(await circuit.run(answer)).toBe('answer');
  });

  it('opens again when the probe fails', async () => {
    const circuit = circuits().of('1', URL_OF_ZONE);
    await failTimes(circuit, 3);
    vi.advanceTimersByTime(10_000);
    await expect(circuit.run(unreachable)).rejects.toMatchObject({ detail: 'down' });
    await expect(circuit.run(answer)).rejects.toMatchObject(OPEN);
  });

  it('is one per instance', async () => {
    const all = circuits();
    await failTimes(all.of('1', URL_OF_ZONE), 3);
    await expect(all.of('1', URL_OF_ZONE).run(answer)).rejects.toMatchObject(OPEN);
    expect(await all.of('2', URL_OF_ZONE).run(answer)).toBe('answer');
  });
});
