import { useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { Anchor, Paper, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { listAuditEntries } from '../../api/audit-entries.js';
import type { AuditEntry } from '../../api/audit-entries.js';
import { toProblem } from '../../api/problem.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { Instant } from '../../components/instant.js';
import { LoadMore } from '../../components/load-more.js';
import { Loading } from '../../components/loading.js';
import { PageTitle } from '../../components/page-title.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { useHashQuery } from '../../hash-location.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';
import { AuditEntryDrawer } from './audit-entry-drawer.js';
import { AuditProof } from './audit-proof.js';
import { AuditFilterForm } from './audit-filter-form.js';
import { filtersFromQuery, filtersToQuery, hasFilters, toAuditQuery } from './audit-filters.js';
import type { AuditFilters } from './audit-filters.js';
import { AuditOutcomeBadge } from './audit-outcome-badge.js';

function useColumns(onOpen: (entry: AuditEntry) => void): Column<AuditEntry>[] {
  const messages = useMessages();
  const { audit } = messages;
  return [
    { key: 'time', header: audit.time, render: (entry) => <Instant value={entry.occurredAt} /> },
    {
      key: 'operation',
      header: audit.operation,
      isRowHeader: true,
      render: (entry) => (
        <Anchor
          component="button"
          type="button"
          underline="always"
          fz="inherit"
          fw={600}
          ta="start"
          aria-haspopup="dialog"
          onClick={() => onOpen(entry)}
        >
          {entry.operation}
        </Anchor>
      ),
    },
    {
      key: 'outcome',
      header: audit.outcome,
      render: (entry) => <AuditOutcomeBadge outcome={entry.outcome} />,
    },
    { key: 'actor', header: audit.actor, render: (entry) => entry.actor.name },
    {
      key: 'subject',
      header: audit.subject,
      render: (entry) => entry.subject.label ?? entry.subject.id ?? entry.subject.type,
    },
  ];
}

function AuditTable({ filters }: { filters: AuditFilters }): ReactNode {
  const messages = useMessages();
  const client = useApi();
  const [opened, setOpened] = useState<AuditEntry | null>(null);
  const columns = useColumns(setOpened);
  const query = useInfiniteQuery({
    queryKey: ['audit-entries', filters],
    queryFn: ({ pageParam, signal }) =>
      listAuditEntries(client, { ...toAuditQuery(filters), cursor: pageParam, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    // An audit log that hides the newest entry misleads: every visit asks again.
    staleTime: 0,
  });
  const entries = query.data?.pages.flatMap((page) => page.items) ?? [];
  // A page looks at a bounded part of the log and may find nothing in it: go on until there is something to show.
  const goesOn = entries.length === 0 && query.hasNextPage && !query.isError;
  const { fetchNextPage, isFetching } = query;
  useEffect(() => {
    if (goesOn && !isFetching) void fetchNextPage();
  }, [goesOn, isFetching, fetchNextPage]);
  if (query.isPending || goesOn) return <Loading />;
  if (query.data === undefined) {
    return <ProblemNotice problem={toProblem(query.error)} onRetry={() => void query.refetch()} />;
  }
  if (entries.length === 0) {
    return (
      <Text role="status">{hasFilters(filters) ? messages.audit.noneFiltered : messages.audit.none}</Text>
    );
  }
  return (
    <Stack gap="sm">
      <DataTable
        label={messages.audit.table}
        columns={columns}
        groups={[{ key: 'all', rows: entries }]}
        rowKey={(entry) => entry.id}
      />
      <LoadMore
        text={messages.audit.shown(entries.length)}
        hasMore={query.hasNextPage}
        isLoading={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
      />
      <AuditEntryDrawer entry={opened} onClose={() => setOpened(null)} />
    </Stack>
  );
}

/** Administration › Audit Logs; the filters are part of the address, so that a view can be passed on. */
export function AuditLogsPage(): ReactNode {
  const messages = useMessages();
  const [query, replaceQuery] = useHashQuery();
  const queryText = query.toString();
  const filters = useMemo(() => filtersFromQuery(new URLSearchParams(queryText)), [queryText]);
  return (
    <Stack gap="md">
      <PageTitle>{messages.audit.title}</PageTitle>
      <Text c="dimmed">{messages.audit.intro}</Text>
      <AuditFilterForm filters={filters} onChange={(next) => replaceQuery(filtersToQuery(next))} />
      <AuditProof filters={filters} />
      <Paper withBorder p="md" bg="var(--psa-surface)">
        <AuditTable filters={filters} />
      </Paper>
    </Stack>
  );
}
