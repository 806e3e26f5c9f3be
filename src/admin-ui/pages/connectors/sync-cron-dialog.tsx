import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ApiProblem } from '../../api/problem.js';
import { changeSyncSchedule } from '../../api/sync-runs.js';
import type { SyncSchedule } from '../../api/sync-runs.js';
import { Dialog } from '../../components/dialog.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { useAction } from '../../components/use-action.js';
import { useAnnouncement } from '../../components/use-announcement.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';

interface CronProps {
  connectionId: string;
  schedule: SyncSchedule;
  onClose: () => void;
}

const EVERY_TWO_HOURS = '0 */2 * * *';

/** What the API says of the pattern itself; null where the problem is another. */
function patternError({ errors }: ApiProblem): string | null {
  return errors.find(({ pointer }) => pointer === '/syncCron')?.detail ?? null;
}

function CronForm({ connectionId, schedule, onClose }: CronProps): ReactNode {
  const { sync, common } = useMessages();
  const client = useApi();
  const queryClient = useQueryClient();
  const announce = useAnnouncement();
  const [cron, setCron] = useState(schedule.syncCron ?? '');
  const change = useAction((syncCron: string | null) =>
    changeSyncSchedule(client, connectionId, { syncCron }),
  );
  const error = change.problem === null ? null : patternError(change.problem);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const result = await change.run(cron.trim() === '' ? null : cron.trim());
    if (result?.ok !== true) return;
    queryClient.setQueryData(['sync-schedule', connectionId], result.value);
    announce(sync.cronChanged);
    onClose();
  }

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <Stack gap="md">
        <TextInput
          label={sync.cron}
          description={
            <>
              {sync.cronHint} <code style={{ whiteSpace: 'nowrap' }}>{EVERY_TWO_HOURS}</code>
            </>
          }
          placeholder={schedule.effectiveCron}
          value={cron}
          maxLength={100}
          onChange={(event) => {
            setCron(event.currentTarget.value);
            change.reset();
          }}
          error={error}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        {change.problem === null || error !== null ? null : (
          <ProblemNotice problem={change.problem} title={sync.notChanged} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button type="submit" loading={change.isPending}>
            {common.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Gives the connection a pattern of its own, or takes it away. */
export function SyncCronDialog(props: CronProps & { isOpen: boolean }): ReactNode {
  const { sync } = useMessages();
  return (
    <Dialog isOpen={props.isOpen} onClose={props.onClose} title={sync.cronTitle}>
      <CronForm connectionId={props.connectionId} schedule={props.schedule} onClose={props.onClose} />
    </Dialog>
  );
}
