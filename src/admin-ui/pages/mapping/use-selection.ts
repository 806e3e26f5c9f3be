import { useCallback, useState } from 'react';

export interface Selection {
  keys: ReadonlySet<string>;
  toggle: (key: string) => void;
  set: (keys: Iterable<string>) => void;
  clear: () => void;
}

/** Which rows are chosen to be acted on together. */
export function useSelection(): Selection {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback(
    (key: string) =>
      setKeys((known) => {
        const next = new Set(known);
        if (!next.delete(key)) next.add(key);
        return next;
      }),
    [],
  );
  const set = useCallback((chosen: Iterable<string>) => setKeys(new Set(chosen)), []);
  const clear = useCallback(() => setKeys(new Set()), []);
  return { keys, toggle, set, clear };
}
