import { useCallback, useState } from 'react';

export interface Undoable {
  /** What was done, for people. */
  label: string;
  undo: () => Promise<void>;
}

export interface UndoStack {
  /** What would be undone next. */
  last: Undoable | null;
  push: (step: Undoable) => void;
  /** Takes the last step from the stack once it is undone; raises what undoing raises. */
  undoLast: () => Promise<Undoable | null>;
}

/** Kept steps; older ones are forgotten. */
const DEPTH = 50;

/** What was done on this page since it was opened, to be taken back in reverse order. */
export function useUndo(): UndoStack {
  const [steps, setSteps] = useState<readonly Undoable[]>([]);
  const last = steps.at(-1) ?? null;
  const push = useCallback((step: Undoable) => setSteps((known) => [...known, step].slice(-DEPTH)), []);
  const undoLast = useCallback(async () => {
    if (last === null) return null;
    await last.undo();
    setSteps((known) => known.filter((step) => step !== last));
    return last;
  }, [last]);
  return { last, push, undoLast };
}
