import { useCallback, useRef, useState } from 'react';
import type { ApiProblem } from '../api/problem.js';
import { toProblem } from '../api/problem.js';

export type ActionResult<T> = { ok: true; value: T } | { ok: false; problem: ApiProblem };

export interface Action<A extends unknown[], T> {
  /** Does nothing while an earlier call is under way: null. */
  run: (...args: A) => Promise<ActionResult<T> | null>;
  isPending: boolean;
  problem: ApiProblem | null;
  reset: () => void;
}

/**
 * A call that changes something, with its state. The query library's mutations are not used because they keep the arguments,
 * secrets included, in a cache.
 */
export function useAction<A extends unknown[], T>(call: (...args: A) => Promise<T>): Action<A, T> {
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const isBusy = useRef(false);

  const run = async (...args: A): Promise<ActionResult<T> | null> => {
    if (isBusy.current) return null;
    isBusy.current = true;
    setPending(true);
    setProblem(null);
    try {
      return { ok: true, value: await call(...args) };
    } catch (error) {
      const problem = toProblem(error);
      setProblem(problem);
      return { ok: false, problem };
    } finally {
      isBusy.current = false;
      setPending(false);
    }
  };
  const reset = useCallback(() => setProblem(null), []);
  return { run, isPending, problem, reset };
}
