import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button, Group } from '@mantine/core';
import { updateConnection } from '../../api/connections.js';
import type { Connection } from '../../api/connections.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { useAction } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';
import { RemoveDialog } from './remove-dialog.js';
import { RenameDialog } from './rename-dialog.js';
import { RotateDialog } from './rotate-dialog.js';
import { useConnectionChanged } from './use-connection-changed.js';

type OpenDialog = 'rename' | 'rotate' | 'remove' | null;

/** What can be done with a connection. */
export function ConnectionActions({ connection }: { connection: Connection }): ReactNode {
  const messages = useMessages();
  const client = useApi();
  const changed = useConnectionChanged();
  const [open, setOpen] = useState<OpenDialog>(null);
  const isDisabled = connection.state === 'disabled';
  const toggle = useAction(() => updateConnection(client, connection.id, { enabled: isDisabled }));

  async function toggleEnabled(): Promise<void> {
    const result = await toggle.run();
    if (result?.ok === true) {
      changed(result.value, isDisabled ? messages.connection.enabled : messages.connection.disabled);
    }
  }

  const close = (): void => setOpen(null);
  return (
    <>
      <Group gap="xs">
        <Button variant="default" size="xs" onClick={() => setOpen('rename')}>
          {messages.connection.rename}
        </Button>
        <Button variant="default" size="xs" onClick={() => setOpen('rotate')}>
          {messages.connection.rotate}
        </Button>
        <Button variant="default" size="xs" loading={toggle.isPending} onClick={() => void toggleEnabled()}>
          {isDisabled ? messages.connection.enable : messages.connection.disable}
        </Button>
        <Button color="red" size="xs" onClick={() => setOpen('remove')}>
          {messages.connection.remove}
        </Button>
      </Group>
      {toggle.problem === null ? null : (
        <ProblemNotice problem={toggle.problem} title={messages.connection.actionFailed} />
      )}
      <RenameDialog connection={connection} isOpen={open === 'rename'} onClose={close} />
      <RotateDialog connection={connection} isOpen={open === 'rotate'} onClose={close} />
      <RemoveDialog connection={connection} isOpen={open === 'remove'} onClose={close} />
    </>
  );
}
