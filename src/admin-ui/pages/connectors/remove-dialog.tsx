import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { removeConnection } from '../../api/connections.js';
import type { Connection } from '../../api/connections.js';
import { Dialog } from '../../components/dialog.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { Notice } from '../../components/tone.js';
import { useAction } from '../../components/use-action.js';
import { useAnnouncement } from '../../components/use-announcement.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';

interface RemoveProps {
  connection: Connection;
  onClose: () => void;
}

function RemoveForm({ connection, onClose }: RemoveProps): ReactNode {
  const messages = useMessages();
  const client = useApi();
  const queryClient = useQueryClient();
  const announce = useAnnouncement();
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<string | null>(null);
  const remove = useAction(() => removeConnection(client, connection.id));

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (typed.trim() !== connection.alias.trim()) {
      setError(messages.connection.removeMismatch);
      return;
    }
    const result = await remove.run();
    if (result?.ok !== true) return;
    announce(messages.connection.removed(connection.alias));
    onClose();
    navigate('/connectors');
    queryClient.removeQueries({ queryKey: ['connection', connection.id] });
    await queryClient.invalidateQueries({ queryKey: ['connections'] });
  }

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <Stack gap="md">
        <Notice tone="warning">
          <p>{messages.connection.removeWarning}</p>
        </Notice>
        <TextInput
          label={messages.connection.removeConfirm(connection.alias)}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setError(null);
          }}
          error={error}
          autoComplete="off"
          data-autofocus
        />
        {remove.problem === null ? null : (
          <ProblemNotice problem={remove.problem} title={messages.connection.actionFailed} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {messages.common.cancel}
          </Button>
          <Button type="submit" color="red" loading={remove.isPending}>
            {messages.connection.remove}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Removes a connection once its alias has been typed. */
export function RemoveDialog(props: RemoveProps & { isOpen: boolean }): ReactNode {
  const messages = useMessages();
  return (
    <Dialog isOpen={props.isOpen} onClose={props.onClose} title={messages.connection.removeTitle}>
      <RemoveForm connection={props.connection} onClose={props.onClose} />
    </Dialog>
  );
}
