import { useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { Anchor, Paper, Stack, Text } from '@mantine/core';
import { listAuditEntries } from '../../api/audit-entries.js';
import type { AuditEntry } from '../../api/audit-entries.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { Instant } from '../../components/instant.js';
import { Loading } from '../../components/loading.js';
import { PageTitle } from '../../components/page-title.js';
import { PagedList, usePages } from '../../components/paged-list.js';
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
  const pages = usePages(
    ['audit-entries', filters],
    (cursor, signal) => listAuditEntries(client, { ...toAuditQuery(filters), cursor, signal }),
    // An audit log that hides the newest entry misleads: every visit asks again.
    { staleTime: 0 },
  );
  // A page looks at a bounded part of the log and may find nothing in it: go on until there is something to show.
  const hasEntries = pages.data?.pages.some(({ items }) => items.length > 0) === true;
  const goesOn = !hasEntries && pages.hasNextPage && !pages.isError;
  const { fetchNextPage, isFetching } = pages;
  useEffect(() => {
    if (goesOn && !isFetching) void fetchNextPage();
  }, [goesOn, isFetching, fetchNextPage]);
  if (goesOn) return <Loading />;
  return (
    <>
      <PagedList
        pages={pages}
        none={hasFilters(filters) ? messages.audit.noneFiltered : messages.audit.none}
        shown={messages.audit.shown}
      >
        {(entries) => (
          <DataTable
            label={messages.audit.table}
            columns={columns}
            groups={[{ key: 'all', rows: entries }]}
            rowKey={(entry) => entry.id}
          />
        )}
      </PagedList>
      <AuditEntryDrawer entry={opened} onClose={() => setOpened(null)} />
    </>
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
