import type { ReactNode } from 'react';
import { Button, Group } from '@mantine/core';
import type { Connection } from '../../api/connections.js';
import type { SyncMode } from '../../api/sync-runs.js';
import { useMessages } from '../../messages/messages.js';

/** Starts a run, of what changed or of everything, or cancels the one under way. */
export function SyncActions(props: {
  connection: Connection;
  isRunning: boolean;
  isStarting: boolean;
  isCancelling: boolean;
  onStart: (mode?: SyncMode) => void;
  onCancel: () => void;
}): ReactNode {
  const { sync } = useMessages();
  const { isRunning, isStarting } = props;
  const isOff = props.connection.state === 'disabled' || isRunning;
  return (
    <Group gap="xs">
      {isRunning ? (
        <Button size="xs" variant="default" loading={props.isCancelling} onClick={props.onCancel}>
          {sync.cancel}
        </Button>
      ) : (
        <Button
          size="xs"
          variant="default"
          disabled={isOff || isStarting}
          onClick={() => props.onStart('full')}
        >
          {sync.full}
        </Button>
      )}
      <Button size="xs" loading={isStarting} disabled={isOff} onClick={() => props.onStart()}>
        {sync.now}
      </Button>
    </Group>
  );
}
