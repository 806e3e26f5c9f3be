import type { ReactNode } from 'react';
import { Progress, Stack, Text } from '@mantine/core';
import { isTerminal } from '../../api/sync-runs.js';
import type { CountKey, EntityCounts, SyncRun } from '../../api/sync-runs.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { FactList } from '../../components/fact-list.js';
import { formatNumber, secondsBetween } from '../../components/format.js';
import { Instant } from '../../components/instant.js';
import { Notice } from '../../components/tone.js';
import type { Messages } from '../../messages/en.js';
import { textFor, useMessages } from '../../messages/messages.js';
import { SyncRunStateBadge } from './state-badges.js';

/** The API gives all of them. */
const SHOWN_REJECTIONS = 5;

/** How long a run took, in words. */
export function durationText(run: SyncRun, messages: Messages): string {
  const seconds = secondsBetween(run.startedAt, run.finishedAt);
  if (seconds === null) return messages.common.noValue;
  return secondsText(seconds, messages);
}

function secondsText(seconds: number, messages: Messages): string {
  return seconds < 60
    ? messages.sync.seconds(formatNumber(Math.round(seconds * 10) / 10))
    : messages.sync.minutes(Math.floor(seconds / 60), Math.round(seconds % 60));
}

function countColumn(key: CountKey, header: string): Column<EntityCounts> {
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

function rowsText(read: number, expected: number | null, { sync }: Messages): string {
  return expected !== null && expected > 0
    ? sync.rows(formatNumber(read), formatNumber(expected))
    : sync.rowsRead(formatNumber(read));
}

/** The record kind at work, where the rows of the whole run are not known. */
function currentText({ progress }: SyncRun, messages: Messages): string | null {
  const { current, rowsExpected, entitiesComplete, entitiesTotal } = progress;
  if (current === null || rowsExpected !== null) return null;
  const { sync } = messages;
  const kind = textFor(sync.entities, current.entity);
  const place = sync.kindAtWork(kind, entitiesComplete + 1, entitiesTotal);
  return current.rowsExpected === null
    ? place
    : `${place}: ${rowsText(current.rowsRead, current.rowsExpected, messages)}`;
}

/** From 0 to 1: of the rows, or of the record kinds where the rows are not known; 1 where nothing is known. */
function doneShare({
  rowsRead,
  rowsExpected,
  entitiesComplete,
  entitiesTotal,
  current,
}: SyncRun['progress']): number {
  if (rowsExpected !== null && rowsExpected > 0) return Math.min(1, rowsRead / rowsExpected);
  if (entitiesTotal === 0) return 1;
  const expected = current?.rowsExpected ?? 0;
  const part = current === null || expected === 0 ? 0 : Math.min(1, current.rowsRead / expected);
  return (entitiesComplete + part) / entitiesTotal;
}

/** How far a run under way is. */
function RunProgressBar({ run }: { run: SyncRun }): ReactNode {
  const messages = useMessages();
  const { sync } = messages;
  const { rowsRead, rowsExpected, secondsLeft } = run.progress;
  const text = [rowsText(rowsRead, rowsExpected, messages), currentText(run, messages)]
    .filter((part) => part !== null)
    .join(' · ');
  return (
    <Stack gap={4}>
      <Progress
        value={doneShare(run.progress) * 100}
        striped
        animated={run.state === 'running'}
        size="sm"
        aria-label={`${sync.states[run.state]}: ${text}`}
      />
      <Text size="sm">
        {text}
        {secondsLeft === null ? '' : ` · ${sync.left(secondsText(secondsLeft, messages))}`}
      </Text>
    </Stack>
  );
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
      {isUnderWay ? <RunProgressBar run={run} /> : null}
      {run.waitingFor === null ? null : (
        <Notice tone="warning">
          <p>
            {messages.sync.waiting}: {run.waitingFor.detail}
          </p>
          {run.resumesAt === null ? null : (
            <p>
              {messages.sync.resumes} <Instant value={run.resumesAt} />
            </p>
          )}
        </Notice>
      )}
      {run.error === null ? null : (
        <Notice tone="bad">
          <p>{run.error.detail}</p>
          <p>
            {messages.common.problemCode} <code>{run.error.code}</code>
          </p>
        </Notice>
      )}
      {run.rejections.length === 0 ? null : (
        <Notice tone="warning">
          <p>{messages.sync.rejections(run.rejections.length)}</p>
          <ul>
            {run.rejections.slice(0, SHOWN_REJECTIONS).map(({ entity, externalId, detail }) => (
              <li key={`${entity} ${externalId}`}>{detail}</li>
            ))}
          </ul>
        </Notice>
      )}
      <FactList
        facts={[
          [messages.sync.trigger, messages.sync.triggers[run.trigger]],
          [messages.sync.mode, messages.sync.modes[run.mode]],
          [messages.sync.started, <Instant key="started" value={startedAt} />],
          [messages.sync.duration, durationText(run, messages)],
          [messages.sync.apiCalls, formatNumber(run.apiCalls)],
          [messages.sync.pages, formatNumber(run.progress.pages)],
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
