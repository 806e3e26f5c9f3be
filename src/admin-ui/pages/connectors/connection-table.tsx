import type { ReactNode } from 'react';
import { Anchor, Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import type { Connection } from '../../api/connections.js';
import { listSyncRuns, startSyncRun } from '../../api/sync-runs.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { Instant } from '../../components/instant.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { useAction } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';
import { ApiBudgetLeft } from './api-budget.js';
import { OpenFindings } from './findings-links.js';
import { CapabilityBadges, ConnectionStateBadge, SyncRunStateBadge } from './state-badges.js';

function LastSyncRun({ connectionId }: { connectionId: string }): ReactNode {
  const messages = useMessages();
  const client = useApi();
  const query = useQuery({
    queryKey: ['sync-runs', connectionId, 'latest'],
    queryFn: ({ signal }) => listSyncRuns(client, connectionId, { limit: 1, signal }),
  });
  if (query.data === undefined) return messages.common.noValue;
  const [run] = query.data.items;
  if (run === undefined) return messages.connectors.neverSynced;
  return (
    <Stack gap={2} align="flex-start">
      <SyncRunStateBadge state={run.state} />
      <Text size="xs" c="dimmed">
        <Instant value={run.finishedAt ?? run.startedAt ?? run.createdAt} />
      </Text>
    </Stack>
  );
}

function useColumns(actions: (connection: Connection) => ReactNode): Column<Connection>[] {
  const { connectors } = useMessages();
  return [
    {
      key: 'alias',
      header: connectors.alias,
      isRowHeader: true,
      render: (row) => (
        <Anchor component={Link} href={`/connectors/${row.id}`} fw={600} fz="inherit" underline="always">
          {row.alias}
        </Anchor>
      ),
    },
    { key: 'currency', header: connectors.currency, isShort: true, render: (row) => row.currency },
    {
      key: 'instance',
      header: connectors.instance,
      render: (row) => (
        <Stack gap={2}>
          <span>{connectors.instanceText(row.instance.id, row.instance.zoneName)}</span>
          <ApiBudgetLeft connectionId={row.id} />
        </Stack>
      ),
    },
    { key: 'state', header: connectors.state, render: (row) => <ConnectionStateBadge state={row.state} /> },
    {
      key: 'capabilities',
      header: connectors.capabilities,
      render: (row) => <CapabilityBadges capabilities={row.capabilities} />,
    },
    {
      key: 'lastSync',
      header: connectors.lastSync,
      render: (row) => <LastSyncRun connectionId={row.id} />,
    },
    {
      key: 'findings',
      header: connectors.findings,
      render: (row) => <OpenFindings connectionId={row.id} />,
    },
    { key: 'actions', header: connectors.actions, render: actions },
  ];
}

/** All connections; "Sync now" starts a run and goes to where its progress is shown. */
export function ConnectionTable({ connections }: { connections: readonly Connection[] }): ReactNode {
  const messages = useMessages();
  const client = useApi();
  const canSync = useCan('sync:run');
  const [, navigate] = useLocation();
  const sync = useAction((id: string) => startSyncRun(client, id));

  async function syncNow(id: string): Promise<void> {
    const result = await sync.run(id);
    if (result?.ok === true) navigate(`/connectors/${id}`);
  }

  const columns = useColumns((row) =>
    canSync ? (
      <Button
        size="xs"
        variant="default"
        disabled={row.state === 'disabled' || sync.isPending}
        aria-label={messages.connectors.syncNowOf(row.alias)}
        onClick={() => void syncNow(row.id)}
      >
        {messages.connectors.syncNow}
      </Button>
    ) : null,
  );
  return (
    <Stack gap="md">
      {sync.problem === null ? null : (
        <ProblemNotice problem={sync.problem} title={messages.sync.notStarted} />
      )}
      <DataTable
        label={messages.connectors.table}
        columns={columns}
        groups={[{ key: 'all', rows: connections }]}
        rowKey={(row) => row.id}
      />
    </Stack>
  );
}
