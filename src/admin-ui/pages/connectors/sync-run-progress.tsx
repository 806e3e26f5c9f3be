import type { ReactNode } from 'react';
import { Progress, Stack, Text } from '@mantine/core';
import { isTerminal } from '../../api/sync-runs.js';
import type { EntityCounts, SyncRun } from '../../api/sync-runs.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { FactList } from '../../components/fact-list.js';
import { formatNumber, secondsBetween } from '../../components/format.js';
import { Instant } from '../../components/instant.js';
import { Notice } from '../../components/tone.js';
import type { Messages } from '../../messages/en.js';
import { textFor, useMessages } from '../../messages/messages.js';
import { SyncRunStateBadge } from './state-badges.js';

/** How long a run took, in words. */
export function durationText(run: SyncRun, messages: Messages): string {
  const seconds = secondsBetween(run.startedAt, run.finishedAt);
  if (seconds === null) return messages.common.noValue;
  return seconds < 60
    ? messages.sync.seconds(formatNumber(Math.round(seconds * 10) / 10))
    : messages.sync.minutes(Math.floor(seconds / 60), Math.round(seconds % 60));
}

function countColumn(key: keyof Omit<EntityCounts, 'entity'>, header: string): Column<EntityCounts> {
  return { key, header, isNumeric: true, render: (row) => formatNumber(row[key]) };
}

function useCountColumns(): Column<EntityCounts>[] {
  const { sync } = useMessages();
  return [
    {
      key: 'entity',
      header: sync.entity,
      isRowHeader: true,
      render: (row) => textFor(sync.entities, row.entity),
    },
    countColumn('read', sync.read),
    countColumn('created', sync.createdCount),
    countColumn('updated', sync.updated),
    countColumn('deleted', sync.deleted),
    countColumn('unchanged', sync.unchanged),
  ];
}

/** One run: its state, what it cost, and the rows of each record kind. */
export function SyncRunProgress({ run }: { run: SyncRun }): ReactNode {
  const messages = useMessages();
  const columns = useCountColumns();
  const isUnderWay = !isTerminal(run.state);
  const startedAt = run.startedAt ?? run.createdAt;
  return (
    <Stack gap="sm">
      <div role="status">
        <SyncRunStateBadge state={run.state} />
      </div>
      {isUnderWay ? (
        <Progress value={100} striped animated size="sm" aria-label={messages.sync.states[run.state]} />
      ) : null}
      {run.error === null ? null : (
        <Notice tone="bad">
          <p>{run.error.detail}</p>
          <p>
            {messages.common.problemCode} <code>{run.error.code}</code>
          </p>
        </Notice>
      )}
      <FactList
        facts={[
          [messages.sync.trigger, messages.sync.triggers[run.trigger]],
          [messages.sync.started, <Instant key="started" value={startedAt} />],
          [messages.sync.duration, durationText(run, messages)],
          [messages.sync.apiCalls, formatNumber(run.apiCalls)],
        ]}
      />
      {run.entities.length === 0 ? null : (
        <DataTable
          label={messages.sync.progress}
          columns={columns}
          groups={[{ key: 'all', rows: run.entities }]}
          rowKey={(row) => row.entity}
        />
      )}
      {isUnderWay ? (
        <Text size="sm" c="dimmed">
          {messages.sync.live}
        </Text>
      ) : null}
    </Stack>
  );
}
