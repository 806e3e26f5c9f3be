import type { ReactNode } from 'react';
import { Stack, Text } from '@mantine/core';
import type { CountKey, SyncRun } from '../../api/sync-runs.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { formatNumber } from '../../components/format.js';
import { Instant } from '../../components/instant.js';
import { useMessages } from '../../messages/messages.js';
import { SyncRunStateBadge } from './state-badges.js';
import { durationText } from './sync-run-progress.js';

function total(run: SyncRun, key: CountKey): string {
  return formatNumber(run.entities.reduce((sum, entity) => sum + entity[key], 0));
}

function useColumns(): Column<SyncRun>[] {
  const messages = useMessages();
  const { sync } = messages;
  return [
    {
      key: 'created',
      header: sync.created,
      isRowHeader: true,
      render: (run) => <Instant value={run.createdAt} />,
    },
    { key: 'trigger', header: sync.trigger, isShort: true, render: (run) => sync.triggers[run.trigger] },
    { key: 'mode', header: sync.mode, isShort: true, render: (run) => sync.modes[run.mode] },
    {
      key: 'state',
      header: sync.state,
      render: (run) => (
        <Stack gap={2} align="flex-start">
          <SyncRunStateBadge state={run.state} />
          {run.error === null ? null : (
            <Text size="xs" c="dimmed">
              {run.error.detail}
            </Text>
          )}
        </Stack>
      ),
    },
    { key: 'duration', header: sync.duration, isNumeric: true, render: (run) => durationText(run, messages) },
    { key: 'apiCalls', header: sync.apiCalls, isNumeric: true, render: (run) => formatNumber(run.apiCalls) },
    { key: 'read', header: sync.read, isNumeric: true, render: (run) => total(run, 'read') },
    { key: 'new', header: sync.createdCount, isNumeric: true, render: (run) => total(run, 'created') },
    { key: 'updated', header: sync.updated, isNumeric: true, render: (run) => total(run, 'updated') },
    { key: 'deleted', header: sync.deleted, isNumeric: true, render: (run) => total(run, 'deleted') },
  ];
}

/** The runs of a connection, newest first, with the sums over all record kinds. */
export function SyncRunHistory({ runs }: { runs: readonly SyncRun[] }): ReactNode {
  const messages = useMessages();
  return (
    <DataTable
      label={messages.sync.history}
      columns={useColumns()}
      groups={[{ key: 'all', rows: runs }]}
      rowKey={(run) => run.id}
    />
  );
}
