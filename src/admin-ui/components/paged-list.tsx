import type { ReactNode } from 'react';
import { Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { InfiniteData, QueryKey, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { Page } from '../api/page.js';
import { toProblem } from '../api/problem.js';
import { LoadMore } from './load-more.js';
import { Loading } from './loading.js';
import { ProblemNotice } from './problem-notice.js';

/** A list read page by page, as far as it has been read. */
export type Pages<P> = UseInfiniteQueryResult<InfiniteData<P, string | undefined>>;

/** How a list is kept up to date. */
interface PagesOptions<P> {
  staleTime?: number;
  /** Milliseconds after which it is read again, by what was read last; false for not at all. */
  refetchEvery?: (pages: readonly P[]) => number | false;
}

/** Reads a list page by page; `read` gets the cursor of the page, which the first does not have. */
export function usePages<P extends Page<unknown>>(
  queryKey: QueryKey,
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<P>,
  { staleTime, refetchEvery }: PagesOptions<P> = {},
): Pages<P> {
  return useInfiniteQuery<P, Error, InfiniteData<P, string | undefined>, QueryKey, string | undefined>({
    queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    ...(staleTime === undefined ? {} : { staleTime }),
    ...(refetchEvery === undefined
      ? {}
      : { refetchInterval: ({ state: { data } }) => refetchEvery(data?.pages ?? []) }),
  });
}

interface PagedListProps<T> {
  pages: Pages<Page<T>>;
  /** Shown instead of a list without items. */
  none: ReactNode;
  /** Says how many items are shown. */
  shown: (count: number) => string;
  /** Short lists that are always complete need not say how many items they have. */
  hidesCount?: boolean;
  children: (items: readonly T[]) => ReactNode;
}

/** What a list looks like while it is read, when it cannot be read, when it is empty, and when there is more of it. */
export function PagedList<T>({ pages, none, shown, hidesCount, children }: PagedListProps<T>): ReactNode {
  if (pages.isPending) return <Loading />;
  if (pages.data === undefined) {
    return <ProblemNotice problem={toProblem(pages.error)} onRetry={() => void pages.refetch()} />;
  }
  const items = pages.data.pages.flatMap((page) => page.items);
  if (items.length === 0 && !pages.hasNextPage) {
    return typeof none === 'string' ? <Text role="status">{none}</Text> : none;
  }
  return (
    <Stack gap="sm">
      {children(items)}
      {pages.isFetchNextPageError ? (
        <ProblemNotice problem={toProblem(pages.error)} onRetry={() => void pages.fetchNextPage()} />
      ) : null}
      {hidesCount === true && !pages.hasNextPage ? null : (
        <LoadMore
          text={shown(items.length)}
          hasMore={pages.hasNextPage}
          isLoading={pages.isFetchingNextPage}
          onMore={() => void pages.fetchNextPage()}
        />
      )}
    </Stack>
  );
}
