import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { Button, Group, Stack } from '@mantine/core';
import { changeOwnPassword } from '../api/session.js';
import { useMessages } from '../messages/messages.js';
import { useApi } from '../session.js';
import { Dialog } from './dialog.js';
import { ProblemNotice } from './problem-notice.js';
import { SecretInput } from './secret-input.js';
import { useAction } from './use-action.js';
import { useAnnouncement } from './use-announcement.js';

function OwnPasswordForm({ onClose }: { onClose: () => void }): ReactNode {
  const messages = useMessages();
  const { accounts: texts } = messages;
  const client = useApi();
  const announce = useAnnouncement();
  const [currentPassword, setCurrent] = useState('');
  const [newPassword, setNew] = useState('');
  const change = useAction(() => changeOwnPassword(client, { currentPassword, newPassword }));

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const result = await change.run();
    if (result?.ok !== true) return;
    announce(texts.passwordChanged);
    onClose();
  }

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <Stack gap="md">
        <SecretInput
          label={texts.currentPassword}
          value={currentPassword}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          autoComplete="current-password"
          required
          data-autofocus
        />
        <SecretInput
          label={texts.newPassword}
          value={newPassword}
          onChange={(event) => setNew(event.currentTarget.value)}
          autoComplete="new-password"
          required
        />
        {change.problem === null ? null : <ProblemNotice problem={change.problem} title={texts.notDone} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {messages.common.cancel}
          </Button>
          <Button type="submit" loading={change.isPending}>
            {messages.common.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Changes the password of whoever is signed in. */
export function OwnPasswordDialog(props: { isOpen: boolean; onClose: () => void }): ReactNode {
  const messages = useMessages();
  return (
    <Dialog isOpen={props.isOpen} onClose={props.onClose} title={messages.accounts.ownPassword}>
      <OwnPasswordForm onClose={props.onClose} />
    </Dialog>
  );
}
