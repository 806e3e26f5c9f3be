import { useCallback, useMemo } from 'react';
import { useInfiniteQuery, useQueries, useQueryClient } from '@tanstack/react-query';
import type { InfiniteData } from '@tanstack/react-query';
import type {
  MappingCandidate,
  MappingKind,
  MappingRow,
  MappingState,
  MappingSuggestion,
} from '../../api/mapping-rows.js';
import type { MappingCalls } from '../../api/mappings.js';
import type { Page } from '../../api/page.js';
import type { ApiProblem } from '../../api/problem.js';
import { toProblem } from '../../api/problem.js';

export interface MappingFilters {
  /** Null: every state. */
  state: MappingState | null;
  search: string;
}

export interface MappingList {
  rows: readonly MappingRow[];
  /** Of rows that are not mapped, by key; filled page by page. */
  candidates: ReadonlyMap<string, readonly MappingCandidate[]>;
  isPending: boolean;
  isReadingMore: boolean;
  hasMore: boolean;
  problem: ApiProblem | null;
  readMore: () => void;
  retry: () => void;
  /** Shows changed rows where they stand; nothing is read again, so that no row moves under the hands. */
  replace: (rows: readonly MappingRow[]) => void;
  /** Reads everything again. */
  refresh: () => Promise<void>;
}

/** Stable, so that it runs only when an answer came. */
function byKey(
  pages: readonly { data?: Page<MappingSuggestion> | undefined }[],
): ReadonlyMap<string, readonly MappingCandidate[]> {
  return new Map(
    pages.flatMap(({ data }) => data?.items ?? []).map(({ key, candidates }) => [key, candidates]),
  );
}

type Pages = InfiniteData<Page<MappingRow>, string | undefined>;

/** The rows of one kind, read page by page, with suggestions for those that are not mapped. */
export function useMappingList(
  calls: MappingCalls,
  connectionId: string,
  kind: MappingKind,
  filters: MappingFilters,
): MappingList {
  const queryClient = useQueryClient();
  const { state, search } = filters;
  const queryKey = useMemo(
    () => ['mappings', connectionId, kind, state, search],
    [connectionId, kind, state, search],
  );
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      calls.list({ state: state ?? undefined, search, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    // What was mapped stays where it was until the person asks anew.
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const cursors = state === 'unmapped' ? ((query.data?.pageParams ?? []) as (string | undefined)[]) : [];
  const candidates = useQueries({
    queries: cursors.map((cursor) => ({
      queryKey: ['mapping-suggestions', connectionId, kind, search, cursor ?? ''],
      queryFn: ({ signal }: { signal: AbortSignal }) => calls.suggest({ search, cursor }, signal),
      staleTime: Infinity,
      refetchOnWindowFocus: false,
    })),
    combine: byKey,
  });
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data]);

  const replace = useCallback(
    (changed: readonly MappingRow[]) => {
      const byKey = new Map(changed.map((row) => [row.key, row]));
      queryClient.setQueryData<Pages>(queryKey, (known) =>
        known === undefined
          ? known
          : {
              ...known,
              pages: known.pages.map((page) => ({
                ...page,
                items: page.items.map((row) => byKey.get(row.key) ?? row),
              })),
            },
      );
      // The other states' lists are read anew when somebody looks at them.
      void queryClient.invalidateQueries({
        queryKey: ['mappings', connectionId],
        predicate: ({ queryKey: key }) => !(key[2] === kind && key[3] === state && key[4] === search),
        refetchType: 'none',
      });
    },
    [queryClient, queryKey, connectionId, kind, state, search],
  );
  const refresh = useCallback(async () => {
    await queryClient.invalidateQueries({ queryKey: ['mappings', connectionId] });
    await queryClient.invalidateQueries({ queryKey: ['mapping-suggestions', connectionId] });
  }, [queryClient, connectionId]);

  return {
    rows,
    candidates,
    isPending: query.isPending,
    isReadingMore: query.isFetchingNextPage,
    hasMore: query.hasNextPage,
    problem: query.error === null ? null : toProblem(query.error),
    readMore: () => {
      if (!query.isFetchingNextPage) void query.fetchNextPage();
    },
    retry: () => void query.refetch(),
    replace,
    refresh,
  };
}
