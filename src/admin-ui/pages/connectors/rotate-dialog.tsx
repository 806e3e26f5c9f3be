import type { ReactNode } from 'react';
import { Button, Group, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { updateConnection } from '../../api/connections.js';
import type { Connection } from '../../api/connections.js';
import { Dialog } from '../../components/dialog.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { useAction } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';
import { AccessChecklist } from './access-checklist.js';
import { EMPTY_CONNECTION_FORM, toNewConnection } from './connection-form.js';
import type { ConnectionFormValues } from './connection-form.js';
import { CredentialInputs, focusFirstError, showFieldErrors } from './credential-inputs.js';
import { useConnectionChanged } from './use-connection-changed.js';

interface RotateProps {
  connection: Connection;
  onClose: () => void;
}

function RotateForm({ connection, onClose }: RotateProps): ReactNode {
  const messages = useMessages();
  const client = useApi();
  const changed = useConnectionChanged();
  const form = useForm<ConnectionFormValues>({
    initialValues: { ...EMPTY_CONNECTION_FORM, username: connection.username },
    validate: {
      username: (value) => (value.trim() === '' ? messages.common.required : null),
      secret: (value) => (value === '' ? messages.common.required : null),
    },
  });
  const rotate = useAction((values: ConnectionFormValues) =>
    updateConnection(client, connection.id, { credentials: toNewConnection(values).credentials }),
  );

  async function submit(values: ConnectionFormValues): Promise<void> {
    const result = await rotate.run(values);
    if (result === null) return;
    if (!result.ok) {
      showFieldErrors(form, result.problem);
      return;
    }
    form.reset();
    changed(result.value, messages.connection.rotated);
    onClose();
  }

  const report = rotate.problem?.accessReport ?? null;
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(
        (values) => void submit(values),
        (errors) => focusFirstError(form, errors),
      )}
    >
      <Stack gap="md">
        <Text>{messages.connection.rotateHint}</Text>
        <CredentialInputs form={form} />
        {rotate.problem === null ? null : (
          <ProblemNotice problem={rotate.problem} title={messages.connection.actionFailed} />
        )}
        {report === null ? null : <AccessChecklist report={report} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {messages.common.cancel}
          </Button>
          <Button type="submit" loading={rotate.isPending}>
            {messages.common.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function RotateDialog(props: RotateProps & { isOpen: boolean }): ReactNode {
  const messages = useMessages();
  return (
    <Dialog isOpen={props.isOpen} onClose={props.onClose} title={messages.connection.rotateTitle} size="lg">
      <RotateForm connection={props.connection} onClose={props.onClose} />
    </Dialog>
  );
}
