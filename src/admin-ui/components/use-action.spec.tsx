// @vitest-environment happy-dom
import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { ApiProblem } from '../api/problem.js';
import { useAction } from './use-action.js';

describe('useAction', () => {
  afterEach(cleanup);

  it('does not call twice while the first call is under way', async () => {
    let calls = 0;
    const gate = Promise.withResolvers<string>();
    const { result } = renderHook(() =>
      useAction(() => {
        calls += 1;
        return gate.promise;
      }),
    );
    let first: Promise<unknown> = Promise.resolve();
    await act(async () => {
      first = result.current.run();
      expect(await result.current.run()).toBeNull();
    });
    expect(result.current.isPending).toBe(true);
    await act(async () => {
      gate.resolve('done');
      expect(await first).toEqual({ ok: true, value: 'done' });
    });
    expect(calls).toBe(1);
    expect(result.current.isPending).toBe(false);
  });

  it('keeps the problem until the next call', async () => {
    const problem = new ApiProblem({ status: 409, code: 'connection.alias_taken' });
    const answers = [Promise.reject(problem), Promise.resolve(1)];
    const { result } = renderHook(() => useAction(() => answers.shift() ?? Promise.resolve(0)));
    await act(async () => {
      expect(await result.current.run()).toEqual({ ok: false, problem });
    });
    expect(result.current.problem).toBe(problem);
    await act(async () => {
      await result.current.run();
    });
    expect(result.current.problem).toBeNull();
  });
});
