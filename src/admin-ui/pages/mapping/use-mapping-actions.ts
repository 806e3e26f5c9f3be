import { useCallback, useRef, useState } from 'react';
import type { MappingCandidate, MappingRow } from '../../api/mapping-rows.js';
import type { MappingCalls } from '../../api/mappings.js';
import type { ApiProblem } from '../../api/problem.js';
import { toProblem } from '../../api/problem.js';
import { useAnnouncement } from '../../components/use-announcement.js';
import { useMessages } from '../../messages/messages.js';
import { acceptBest, mapRow, readAgain, removeMapping, restoreRow } from './mapping-changes.js';
import { useUndo } from './use-undo.js';
import type { Undoable } from './use-undo.js';

export interface MappingActions {
  lastDone: Undoable | null;
  /** Why rows were refused, by key. */
  refusals: ReadonlyMap<string, string>;
  problem: ApiProblem | null;
  isBusy: boolean;
  /** Raises `ApiProblem`, for the dialog that asked. */
  map: (row: MappingRow, target: { id: string; name: string }) => Promise<void>;
  exclude: (row: MappingRow, reason: string) => Promise<void>;
  remove: (row: MappingRow) => Promise<void>;
  accept: (wanted: readonly { row: MappingRow; candidate: MappingCandidate }[]) => Promise<void>;
  undo: () => Promise<void>;
}

interface Context {
  calls: MappingCalls;
  /** Whether a row goes from one counterpart to another in one step. */
  movesFreely: boolean;
  replace: (rows: readonly MappingRow[]) => void;
}

/** What can be done on the mapping page; each step can be undone, the last one first. */
export function useMappingActions({ calls, movesFreely, replace }: Context): MappingActions {
  const { mapping } = useMessages();
  const announce = useAnnouncement();
  const { last, push, undoLast } = useUndo();
  const [refusals, setRefusals] = useState<ReadonlyMap<string, string>>(new Map());
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isBusy, setBusy] = useState(false);

  // An earlier step is undone from what later ones left, whose ids may be others.
  const latest = useRef(new Map<string, MappingRow>());
  const show = useCallback(
    (rows: readonly MappingRow[]) => {
      for (const row of rows) latest.current.set(row.key, row);
      replace(rows);
    },
    [replace],
  );

  const done = useCallback(
    (label: string, changes: readonly { before: MappingRow; now: MappingRow }[]) => {
      show(changes.map(({ now }) => now));
      const changed = new Set(changes.map(({ now }) => now.key));
      setRefusals((known) => new Map([...known].filter(([key]) => !changed.has(key))));
      announce(label);
      push({
        label,
        undo: async () => {
          for (const { before, now } of changes) {
            const from = latest.current.get(now.key) ?? now;
            show([await restoreRow(calls, before, from, movesFreely)]);
          }
        },
      });
    },
    [announce, calls, movesFreely, push, show],
  );

  const map = useCallback(
    async (row: MappingRow, target: { id: string; name: string }) => {
      const now = await mapRow(calls, row, target.id, movesFreely);
      done(mapping.mappedRow(row.name, now.targetName ?? target.name), [{ before: row, now }]);
    },
    [calls, done, mapping, movesFreely],
  );
  const exclude = useCallback(
    async (row: MappingRow, reason: string) => {
      const now = await calls.exclude(row, reason);
      done(mapping.excludedRow(row.name), [{ before: row, now }]);
    },
    [calls, done, mapping],
  );

  /** For what no dialog asked for: a problem is shown above the rows. */
  const guarded = useCallback(async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(toProblem(error));
    } finally {
      setBusy(false);
    }
  }, []);

  const remove = useCallback(
    (row: MappingRow) =>
      guarded(async () => {
        const now = await removeMapping(calls, row);
        done(mapping.removedRow(row.name), [{ before: row, now }]);
      }),
    [calls, done, guarded, mapping],
  );
  const accept = useCallback(
    (wanted: readonly { row: MappingRow; candidate: MappingCandidate }[]) =>
      guarded(async () => {
        const { outcomes, mapped } = await acceptBest(calls, wanted);
        const refused = outcomes.filter(({ outcome }) => outcome === 'refused');
        const changes = movesFreely ? mapped : await withOwnIds(calls, mapped);
        const [only] = changes;
        if (only !== undefined) {
          const { name, targetName } = only.now;
          done(
            changes.length === 1
              ? mapping.mappedRow(name, targetName ?? '')
              : mapping.acceptedRows(changes.length),
            changes,
          );
        }
        setRefusals(
          (known) =>
            new Map([
              ...known,
              ...refused.map(({ key, detail, code }) => [key, detail ?? code ?? ''] as const),
            ]),
        );
        if (refused.length > 0) announce(mapping.refusedRows(refused.length));
      }),
    [announce, calls, done, guarded, mapping, movesFreely],
  );
  const undo = useCallback(
    () =>
      guarded(async () => {
        const undone = await undoLast();
        announce(undone === null ? mapping.nothingToUndo : mapping.undone(undone.label));
      }),
    [announce, guarded, mapping, undoLast],
  );
  return { lastDone: last, refusals, problem, isBusy, map, exclude, remove, accept, undo };
}

/** Offers are removed by an id that accepting them does not tell. */
async function withOwnIds(
  calls: MappingCalls,
  mapped: readonly { before: MappingRow; now: MappingRow }[],
): Promise<{ before: MappingRow; now: MappingRow }[]> {
  if (mapped.length === 0) return [];
  const rows = await readAgain(
    calls,
    mapped.map(({ now }) => now),
    new AbortController().signal,
  );
  const before = new Map(mapped.map((change) => [change.before.key, change.before]));
  return rows.flatMap((now) => {
    const row = before.get(now.key);
    return row === undefined ? [] : [{ before: row, now }];
  });
}
