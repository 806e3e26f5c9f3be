import { useLayoutEffect, useMemo, useRef } from 'react';

type Handlers = Record<string, (...args: never[]) => unknown>;

/** Functions that keep their identity and always run the newest version, so that memoised parts are not drawn again. */
export function useStable<H extends Handlers>(handlers: H): H {
  const newest = useRef(handlers);
  useLayoutEffect(() => {
    newest.current = handlers;
  });
  const names = Object.keys(handlers).join(' ');
  return useMemo(() => {
    const entries = names
      .split(' ')
      .map((name) => [name, (...args: never[]) => newest.current[name]?.(...args)]);
    return Object.fromEntries(entries) as H;
  }, [names]);
}
