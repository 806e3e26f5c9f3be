import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { Button, Checkbox, Group, NumberInput, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { createApiToken } from '../../api/access.js';
import type { NewApiToken } from '../../api/access.js';
import { Dialog } from '../../components/dialog.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { Notice } from '../../components/tone.js';
import { useAction } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useSession } from '../../session.js';
import { fieldErrors } from './form-errors.js';

const DEFAULT_DAYS = 90;
const MAX_DAYS = 366;

/** The only place the token is ever shown; it is gone when the dialog closes. */
function MadeToken({ token, onClose }: { token: string; onClose: () => void }): ReactNode {
  const messages = useMessages();
  return (
    <Stack gap="md">
      <Notice tone="warning" role="status">
        <p>{messages.accounts.tokenMade}</p>
      </Notice>
      <TextInput label={messages.accounts.madeToken} value={token} readOnly ff="monospace" />
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          {messages.common.close}
        </Button>
      </Group>
    </Stack>
  );
}

function AddTokenForm(props: { onMade: (token: string) => void; onClose: () => void }): ReactNode {
  const messages = useMessages();
  const { accounts: texts } = messages;
  const client = useApi();
  const { session } = useSession();
  const queryClient = useQueryClient();
  const [name, setName] = useState('');
  const [permissions, setPermissions] = useState<string[]>([]);
  const [days, setDays] = useState<number | string>(DEFAULT_DAYS);
  const create = useAction((token: NewApiToken) => createApiToken(client, token));
  const errors = fieldErrors(create.problem);
  const isExplained = Object.keys(errors).length > 0;

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const result = await create.run({ name, permissions, expiresInDays: Number(days) });
    if (result?.ok !== true) return;
    props.onMade(result.value.token);
    await queryClient.invalidateQueries({ queryKey: ['api-tokens'] });
  }

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <Stack gap="md">
        <TextInput
          label={texts.tokenName}
          description={texts.tokenNameHint}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={errors['name']}
          autoComplete="off"
          required
          data-autofocus
        />
        <Checkbox.Group
          label={texts.permissions}
          value={permissions}
          onChange={setPermissions}
          error={errors['permissions']}
        >
          <Stack gap={6} mt={6}>
            {(session?.actor.permissions ?? []).map((permission) => (
              <Checkbox key={permission} value={permission} label={permission} />
            ))}
          </Stack>
        </Checkbox.Group>
        <NumberInput
          label={texts.expiresInDays}
          value={days}
          onChange={setDays}
          min={1}
          max={MAX_DAYS}
          allowDecimal={false}
          hideControls
          error={errors['expiresInDays']}
        />
        {create.problem === null || isExplained ? null : (
          <ProblemNotice problem={create.problem} title={texts.notDone} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onClose}>
            {messages.common.cancel}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {texts.addToken}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function AddApiTokenDialog(props: { isOpen: boolean; onClose: () => void }): ReactNode {
  const messages = useMessages();
  const [made, setMade] = useState<string | null>(null);

  function close(): void {
    setMade(null);
    props.onClose();
  }

  return (
    <Dialog isOpen={props.isOpen} onClose={close} title={messages.accounts.addToken}>
      {made === null ? (
        <AddTokenForm onMade={setMade} onClose={close} />
      ) : (
        <MadeToken token={made} onClose={close} />
      )}
    </Dialog>
  );
}
