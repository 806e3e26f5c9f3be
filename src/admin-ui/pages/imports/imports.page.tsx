import type { ReactNode } from 'react';
import { Anchor, Paper, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { listImports } from '../../api/generated/api.js';
import type { ImportSummary } from '../../api/generated/api.js';
import { toProblem } from '../../api/problem.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { formatInstant, formatNumber } from '../../components/format.js';
import { LoadMore } from '../../components/load-more.js';
import { Loading } from '../../components/loading.js';
import { PageTitle } from '../../components/page-title.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';
import { ImportStateBadge } from './import-state-badge.js';
import { UploadPanel } from './upload-panel.js';

const PAGE = 25;

function useColumns(): Column<ImportSummary>[] {
  const { imports, common } = useMessages();
  return [
    {
      key: 'file',
      header: imports.file,
      isRowHeader: true,
      render: ({ id, fileName }) => (
        <Anchor component={Link} href={`/imports/${id}`} fz="inherit" underline="always">
          {fileName ?? imports.unnamed}
        </Anchor>
      ),
    },
    { key: 'state', header: imports.state, render: ({ state }) => <ImportStateBadge state={state} /> },
    { key: 'format', header: imports.format, render: ({ format }) => imports.formats[format] },
    {
      key: 'month',
      header: imports.month,
      render: ({ billingMonth }) => billingMonth ?? common.noValue,
    },
    {
      key: 'accepted',
      header: imports.accepted,
      isNumeric: true,
      render: ({ lines }) => formatNumber(lines.accepted),
    },
    {
      key: 'rejected',
      header: imports.rejected,
      isNumeric: true,
      render: ({ lines }) => formatNumber(lines.rejected),
    },
    { key: 'created', header: imports.created, render: ({ createdAt }) => formatInstant(createdAt) },
    { key: 'by', header: imports.by, render: ({ createdBy }) => createdBy.name },
  ];
}

function ImportList(): ReactNode {
  const { imports } = useMessages();
  const client = useApi();
  const columns = useColumns();
  const query = useInfiniteQuery({
    queryKey: ['imports'],
    queryFn: ({ pageParam, signal }) => listImports(client, { limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  if (query.isPending) return <Loading />;
  if (query.data === undefined) {
    return <ProblemNotice problem={toProblem(query.error)} onRetry={() => void query.refetch()} />;
  }
  const items = query.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <Text>{imports.none}</Text>;
  return (
    <Stack gap="sm">
      <DataTable
        label={imports.table}
        columns={columns}
        groups={[{ key: 'all', rows: items }]}
        rowKey={({ id }) => id}
      />
      <LoadMore
        text={imports.shown(items.length)}
        hasMore={query.hasNextPage}
        isLoading={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
      />
    </Stack>
  );
}

/** Imported bills, and the way to import one. */
export function ImportsPage(): ReactNode {
  const { imports } = useMessages();
  const canImport = useCan('imports:write');
  return (
    <Stack>
      <PageTitle>{imports.title}</PageTitle>
      <Text c="dimmed">{imports.intro}</Text>
      {canImport ? <UploadPanel /> : null}
      <Paper withBorder p="md" bg="var(--psa-surface)">
        <ImportList />
      </Paper>
    </Stack>
  );
}
