import { describe, expect, it } from 'vitest';
import {
  PsaAccessDeniedError,
  PsaCredentialsRejectedError,
  PsaOutcomeUnknownError,
  PsaRateLimitedError,
  PsaRecordMalformedError,
  PsaRequestRejectedError,
  PsaUnexpectedAnswerError,
  PsaUnreachableError,
} from '../../ports/psa/psa.errors.js';
import { resendCount, retryRead, retryWrite } from './retry.js';

const OPTIONS = { attempts: 4, baseDelayMs: 100 };

/** Fails with each error in turn, then answers. */
function failing(...errors: Error[]) {
  const state = { calls: 0 };
  const read = (): Promise<string> => {
    const error = errors[state.calls];
    state.calls += 1;
    return error === undefined ? Promise.resolve('answer') : Promise.reject(error);
  };
  return { state, read };
}

const limited = (seconds: number) =>
  new PsaRateLimitedError('slow down', seconds, { context: { retryAfterGiven: true } });

/** Notes the waits instead of keeping them. */
function notedWaits() {
  const waits: number[] = [];
  const wait = (milliseconds: number): Promise<void> => {
    waits.push(milliseconds);
    return Promise.resolve();
  };
  return { waits, wait };
}

const slow = () => new PsaUnreachableError('slow', { context: { errorCode: 'TimeoutError' } });

describe('retries of reads', () => {
  it.each([
    new PsaUnreachableError('down'),
    new PsaUnexpectedAnswerError('cut off'),
    new PsaRateLimitedError('threads', 30),
    limited(0),
  ])('repeats after %s', async (error) => {
    const { state, read } = failing(error);
    const { waits, wait } = notedWaits();
    await expect(retryRead(read, OPTIONS, undefined, wait)).resolves.toBe('answer');
    expect(state.calls).toBe(2);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeLessThan(1000);
  });

  it.each([
    new PsaCredentialsRejectedError('no'),
    new PsaAccessDeniedError('no'),
    new PsaRequestRejectedError('no'),
    new PsaRecordMalformedError('Companies', '1', 'x', 'is odd'),
    new TypeError('a defect'),
  ])('does not repeat after %s', async (error) => {
    const { state, read } = failing(error);
    await expect(retryRead(read, OPTIONS)).rejects.toBe(error);
    expect(state.calls).toBe(1);
  });

  it('gives up after the last attempt with the last error', async () => {
    const errors = [1, 2, 3, 4, 5].map((n) => new PsaUnreachableError(`attempt ${n}`));
    const { state, read } = failing(...errors);
    await expect(retryRead(read, OPTIONS, undefined, notedWaits().wait)).rejects.toBe(errors[3]);
    expect(state.calls).toBe(4);
  });

  it('repeats a request that took too long once', async () => {
    const errors = [new PsaUnreachableError('gone'), slow(), slow(), slow()];
    const { state, read } = failing(...errors);
    await expect(retryRead(read, OPTIONS, undefined, notedWaits().wait)).rejects.toBe(errors[2]);
    expect(state.calls).toBe(3);
  });

  it('waits as long as the PSA asks', async () => {
    const { read } = failing(limited(45), limited(60));
    const { waits, wait } = notedWaits();
    await expect(retryRead(read, OPTIONS, undefined, wait)).resolves.toBe('answer');
    expect(waits).toEqual([45_000, 60_000]);
  });

  it('leaves a longer wait than a minute to the caller', async () => {
    const { state, read } = failing(limited(61));
    await expect(retryRead(read, OPTIONS)).rejects.toMatchObject({ retryAfterSeconds: 61 });
    expect(state.calls).toBe(1);
  });

  it('leaves an allowance that is used up to the caller at once, however short the wait', async () => {
    const exhausted = new PsaRateLimitedError('used up', 1, {
      context: { budget: 'exhausted', retryAfterGiven: true },
    });
    const { state, read } = failing(exhausted);
    await expect(retryRead(read, OPTIONS)).rejects.toBe(exhausted);
    expect(state.calls).toBe(1);
  });

  it('tells the request how often it was sent before', async () => {
    const sent: number[] = [];
    const { read } = failing(new PsaUnreachableError('down'), limited(0));
    const counting = async (): Promise<string> => {
      await Promise.resolve();
      sent.push(resendCount());
      return read();
    };
    await retryRead(counting, OPTIONS, undefined, notedWaits().wait);
    expect(sent).toEqual([0, 1, 2]);
    expect(resendCount()).toBe(0);
  });

  it('backs off ever longer, up to a cap', async () => {
    const { read } = failing(...Array.from({ length: 40 }, () => new PsaUnreachableError('down')));
    const { waits, wait } = notedWaits();
    await expect(retryRead(read, { attempts: 40, baseDelayMs: 100 }, undefined, wait)).rejects.toThrow(
      'down',
    );
    expect(waits).toHaveLength(39);
    expect(waits[0]).toBeLessThan(1000);
    expect(Math.max(...waits)).toBe(20_000);
  });

  it('ends its wait with the reason of the abort signal', async () => {
    const controller = new AbortController();
    const { state, read } = failing(limited(60));
    const result = retryRead(read, OPTIONS, controller.signal);
    setImmediate(() => controller.abort(new Error('shutting down')));
    await expect(result).rejects.toThrow('shutting down');
    expect(state.calls).toBe(1);
  });
});

const notSent = new PsaUnreachableError('refused', { context: { isSent: false } });
const circuitOpen = new PsaUnreachableError('open', { context: { isSent: false, circuit: 'open' } });

describe('retries of writes', () => {
  it.each([notSent, new PsaRateLimitedError('threads', 30), limited(0)])(
    'repeats after %s',
    async (error) => {
      const { state, read } = failing(error);
      const { wait } = notedWaits();
      await expect(retryWrite(read, OPTIONS, undefined, wait)).resolves.toBe('answer');
      expect(state.calls).toBe(2);
    },
  );

  it.each([
    new PsaOutcomeUnknownError('who knows'),
    new PsaUnreachableError('reset', { context: { isSent: true } }),
    new PsaUnreachableError('503'),
    new PsaUnexpectedAnswerError('a page'),
    new PsaCredentialsRejectedError('no'),
    new PsaAccessDeniedError('no'),
    new PsaRequestRejectedError('no'),
    limited(61),
    circuitOpen,
  ])('does not repeat after %s', async (error) => {
    const { state, read } = failing(error);
    await expect(retryWrite(read, OPTIONS, undefined, notedWaits().wait)).rejects.toBe(error);
    expect(state.calls).toBe(1);
  });
});

it('does not repeat a read of an instance that is left alone', async () => {
  const { state, read } = failing(circuitOpen);
  await expect(retryRead(read, OPTIONS, undefined, notedWaits().wait)).rejects.toBe(circuitOpen);
  expect(state.calls).toBe(1);
});
