import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { changeSyncSchedule, getSyncSchedule } from '../../api/sync-runs.js';
import { FactList } from '../../components/fact-list.js';
import { Instant } from '../../components/instant.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { useAction } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';
import { SyncCronDialog } from './sync-cron-dialog.js';

const POLL_MS = 30_000;

/** When the connection is pulled next; pauses and resumes that. */
export function SyncSchedulePart({ connectionId }: { connectionId: string }): ReactNode {
  const messages = useMessages();
  const { sync, common } = messages;
  const client = useApi();
  const queryClient = useQueryClient();
  const canSync = useCan('sync:run');
  const query = useQuery({
    queryKey: ['sync-schedule', connectionId],
    queryFn: ({ signal }) => getSyncSchedule(client, connectionId, signal),
    refetchInterval: POLL_MS,
  });
  const schedule = query.data;
  const change = useAction((paused: boolean) => changeSyncSchedule(client, connectionId, { paused }));
  const [isChanging, setIsChanging] = useState(false);
  if (schedule === undefined) return null;

  async function toggle(paused: boolean): Promise<void> {
    await change.run(paused);
    await queryClient.invalidateQueries({ queryKey: ['sync-schedule', connectionId] });
  }

  const instant = (value: string | null): ReactNode =>
    value === null ? common.noValue : <Instant value={value} />;
  const pattern = <code>{schedule.effectiveCron}</code>;
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={3} size="h5">
          {sync.schedule}
        </Title>
        {canSync ? (
          <Group gap="xs">
            <Button variant="default" size="xs" onClick={() => setIsChanging(true)}>
              {sync.changeCron}
            </Button>
            <Button
              variant="default"
              size="xs"
              loading={change.isPending}
              onClick={() => void toggle(!schedule.paused)}
            >
              {schedule.paused ? sync.resume : sync.pause}
            </Button>
          </Group>
        ) : null}
      </Group>
      {change.problem === null ? null : <ProblemNotice problem={change.problem} title={sync.notChanged} />}
      {schedule.paused ? <Text size="sm">{sync.paused}</Text> : null}
      <FactList
        facts={[
          [sync.nextRun, instant(schedule.nextRunAt)],
          [sync.mode, sync.modes[schedule.nextMode]],
          [sync.nextSweep, instant(schedule.nextSweepAt)],
          [
            sync.cron,
            schedule.syncCron === null ? (
              pattern
            ) : (
              <span>
                {pattern} ({sync.ownCron})
              </span>
            ),
          ],
        ]}
      />
      <SyncCronDialog
        connectionId={connectionId}
        schedule={schedule}
        isOpen={isChanging}
        onClose={() => setIsChanging(false)}
      />
    </Stack>
  );
}
