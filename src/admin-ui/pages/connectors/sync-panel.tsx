import { useState } from 'react';
import type { ReactNode } from 'react';
import { Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { Connection } from '../../api/connections.js';
import { toProblem } from '../../api/problem.js';
import { cancelSyncRun, isTerminal, listSyncRuns, startSyncRun } from '../../api/sync-runs.js';
import type { SyncMode, SyncRun } from '../../api/sync-runs.js';
import { LoadMore } from '../../components/load-more.js';
import { Loading } from '../../components/loading.js';
import { usePages } from '../../components/paged-list.js';
import { Panel } from '../../components/panel.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { useAction } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';
import { SyncActions } from './sync-actions.js';
import { ApiBudgetChart } from './api-budget.js';
import { MissingRecordsQuestion } from './sync-missing-records.js';
import { SyncRunHistory } from './sync-run-history.js';
import { SyncRunProgress } from './sync-run-progress.js';
import { SyncSchedulePart } from './sync-schedule-part.js';
import { useLiveSyncRun } from './use-live-sync-run.js';

/** Error code of a run that stopped because far fewer records were shown than are known. */
const VISIBILITY_QUESTION = 'sync.visibility_shrunk';

const SCHEDULE_POLL_MS = 30_000;

/** A run seen live is newer than the one in the list. */
function withLive(runs: readonly SyncRun[], live: SyncRun | null): SyncRun[] {
  return runs.map((run) => (run.id === live?.id && !isTerminal(run.state) ? live : run));
}

/** Starts sync runs and shows the one under way, the latest result and the history. */
export function SyncPanel({ connection }: { connection: Connection }): ReactNode {
  const messages = useMessages();
  const client = useApi();
  const queryClient = useQueryClient();
  const canSync = useCan('sync:run');
  const canDecide = useCan('connection:write');
  const [startedId, setStartedId] = useState<string | null>(null);
  const start = useAction((mode?: SyncMode) => startSyncRun(client, connection.id, mode));
  const cancel = useAction((id: string) => cancelSyncRun(client, id));
  const query = usePages(
    ['sync-runs', connection.id],
    (cursor, signal) => listSyncRuns(client, connection.id, { limit: 10, cursor, signal }),
    { refetchEvery: () => SCHEDULE_POLL_MS },
  );
  const listed = query.data?.pages.flatMap((page) => page.items) ?? [];
  const underWay = listed.find((run) => !isTerminal(run.state));
  const live = useLiveSyncRun(connection.id, startedId ?? underWay?.id ?? null);
  const runs = withLive(listed, live.run);
  const isRunning = runs.some((run) => !isTerminal(run.state));
  const [latest] = runs;

  async function syncNow(mode?: SyncMode): Promise<void> {
    const result = await start.run(mode);
    if (result?.ok === true) setStartedId(result.value.id);
    await queryClient.invalidateQueries({ queryKey: ['sync-runs', connection.id] });
  }

  async function cancelRun(): Promise<void> {
    if (latest !== undefined) await cancel.run(latest.id);
    await queryClient.invalidateQueries({ queryKey: ['sync-runs', connection.id] });
  }

  return (
    <Panel
      title={messages.sync.title}
      actions={
        canSync ? (
          <SyncActions
            connection={connection}
            isRunning={isRunning}
            isStarting={start.isPending}
            isCancelling={cancel.isPending}
            onStart={(mode) => void syncNow(mode)}
            onCancel={() => void cancelRun()}
          />
        ) : null
      }
    >
      {connection.state === 'disabled' ? <Text>{messages.sync.disabledHint}</Text> : null}
      {start.problem === null ? null : (
        <ProblemNotice problem={start.problem} title={messages.sync.notStarted} />
      )}
      {cancel.problem === null ? null : (
        <ProblemNotice problem={cancel.problem} title={messages.sync.notCancelled} />
      )}
      {live.problem === null ? null : <ProblemNotice problem={live.problem} />}
      {query.isPending ? <Loading /> : null}
      {query.data === undefined && query.error !== null ? (
        <ProblemNotice problem={toProblem(query.error)} onRetry={() => void query.refetch()} />
      ) : null}
      {query.data !== undefined && latest === undefined ? <Text>{messages.sync.none}</Text> : null}
      <ApiBudgetChart connectionId={connection.id} />
      {latest === undefined ? null : (
        <Stack gap="sm">
          <Title order={3} size="h5">
            {messages.sync.latest}
          </Title>
          <SyncRunProgress run={latest} />
          {latest.error?.code === VISIBILITY_QUESTION && canDecide ? (
            <MissingRecordsQuestion key={latest.id} connectionId={connection.id} />
          ) : null}
        </Stack>
      )}
      <SyncSchedulePart connectionId={connection.id} />
      {latest === undefined ? null : (
        <Stack gap="sm">
          <Title order={3} size="h5">
            {messages.sync.history}
          </Title>
          <SyncRunHistory runs={runs} />
          <LoadMore
            text=""
            hasMore={query.hasNextPage}
            isLoading={query.isFetchingNextPage}
            onMore={() => void query.fetchNextPage()}
          />
        </Stack>
      )}
    </Panel>
  );
}
