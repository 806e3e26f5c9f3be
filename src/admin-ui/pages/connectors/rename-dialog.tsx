import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { updateConnection } from '../../api/connections.js';
import type { Connection } from '../../api/connections.js';
import { Dialog } from '../../components/dialog.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { useAction } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';
import { fieldErrors } from './connection-form.js';
import { useConnectionChanged } from './use-connection-changed.js';

interface RenameProps {
  connection: Connection;
  onClose: () => void;
}

function RenameForm({ connection, onClose }: RenameProps): ReactNode {
  const messages = useMessages();
  const client = useApi();
  const changed = useConnectionChanged();
  const [alias, setAlias] = useState(connection.alias);
  const [error, setError] = useState<string | null>(null);
  const rename = useAction((value: string) => updateConnection(client, connection.id, { alias: value }));

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (alias.trim() === '') {
      setError(messages.common.required);
      return;
    }
    const result = await rename.run(alias.trim());
    if (result === null) return;
    if (!result.ok) {
      setError(fieldErrors(result.problem).alias ?? null);
      return;
    }
    changed(result.value, messages.connection.renamed);
    onClose();
  }

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <Stack gap="md">
        <TextInput
          label={messages.connectors.alias}
          value={alias}
          onChange={(event) => {
            setAlias(event.currentTarget.value);
            setError(null);
          }}
          error={error}
          required
          autoComplete="off"
          data-autofocus
        />
        {rename.problem === null ? null : (
          <ProblemNotice problem={rename.problem} title={messages.connection.actionFailed} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {messages.common.cancel}
          </Button>
          <Button type="submit" loading={rename.isPending}>
            {messages.common.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function RenameDialog(props: RenameProps & { isOpen: boolean }): ReactNode {
  const messages = useMessages();
  return (
    <Dialog isOpen={props.isOpen} onClose={props.onClose} title={messages.connection.renameTitle}>
      <RenameForm connection={props.connection} onClose={props.onClose} />
    </Dialog>
  );
}
