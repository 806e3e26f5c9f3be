import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { Button, Divider, Group, NativeSelect, Stack, Switch, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { endSessionsOf, removeAccount, ROLES, updateAccount } from '../../api/access.js';
import type { Account, AccountChange, Role } from '../../api/access.js';
import { Dialog } from '../../components/dialog.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { SecretInput } from '../../components/secret-input.js';
import { useAction } from '../../components/use-action.js';
import { useAnnouncement } from '../../components/use-announcement.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';
import { fieldErrors } from './form-errors.js';

interface EditProps {
  account: Account;
  onClose: () => void;
}

/** Closes the dialog, says what was done and shows the list anew. */
function useDone(onClose: () => void): (text: string) => void {
  const queryClient = useQueryClient();
  const announce = useAnnouncement();
  return (text) => {
    announce(text);
    onClose();
    void queryClient.invalidateQueries({ queryKey: ['accounts'] });
  };
}

/** What differs from the account; the API refuses a change that changes nothing. */
function changeOf(
  account: Account,
  values: { displayName: string; role: Role; enabled: boolean; password: string },
): AccountChange {
  const change: AccountChange = { displayName: values.displayName };
  if (values.role !== account.role) change.role = values.role;
  if (values.enabled !== account.enabled) change.enabled = values.enabled;
  if (values.password !== '') change.password = values.password;
  return change;
}

function EditAccountForm({ account, onClose }: EditProps): ReactNode {
  const messages = useMessages();
  const { accounts: texts } = messages;
  const client = useApi();
  const done = useDone(onClose);
  const [values, setValues] = useState({
    displayName: account.displayName,
    role: account.role,
    enabled: account.enabled,
    password: '',
  });
  const update = useAction((change: AccountChange) => updateAccount(client, account.id, change));
  const errors = fieldErrors(update.problem);
  const isExplained = Object.keys(errors).length > 0;

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const result = await update.run(changeOf(account, values));
    if (result?.ok === true) done(texts.changed(account.userName));
  }

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <Stack gap="md">
        <TextInput
          label={texts.displayName}
          value={values.displayName}
          onChange={(event) => setValues({ ...values, displayName: event.currentTarget.value })}
          error={errors['displayName']}
          autoComplete="off"
          required
          data-autofocus
        />
        <NativeSelect
          label={texts.role}
          value={values.role}
          onChange={(event) => setValues({ ...values, role: event.currentTarget.value as Role })}
          data={ROLES.map((value) => ({ value, label: texts.roles[value] }))}
        />
        <SecretInput
          label={texts.newPassword}
          description={texts.newPasswordHint}
          value={values.password}
          onChange={(event) => setValues({ ...values, password: event.currentTarget.value })}
          error={errors['password']}
          autoComplete="new-password"
        />
        <Switch
          label={texts.enabled}
          checked={values.enabled}
          onChange={(event) => setValues({ ...values, enabled: event.currentTarget.checked })}
        />
        {update.problem === null || isExplained ? null : (
          <ProblemNotice problem={update.problem} title={texts.notDone} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {messages.common.cancel}
          </Button>
          <Button type="submit" loading={update.isPending}>
            {messages.common.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What cannot be taken back; deleting asks once more. */
function EndingActions({ account, onClose }: EditProps): ReactNode {
  const { accounts: texts } = useMessages();
  const client = useApi();
  const done = useDone(onClose);
  const [isSure, setSure] = useState(false);
  const end = useAction(() => endSessionsOf(client, account.id));
  const remove = useAction(() => removeAccount(client, account.id));
  const problem = end.problem ?? remove.problem;

  async function signOutEverywhere(): Promise<void> {
    const result = await end.run();
    if (result?.ok === true) done(texts.signedOutEverywhere(account.userName));
  }

  async function removeOnceSure(): Promise<void> {
    if (!isSure) {
      setSure(true);
      return;
    }
    const result = await remove.run();
    if (result?.ok === true) done(texts.removed(account.userName));
  }

  return (
    <Stack gap="md">
      {problem === null ? null : <ProblemNotice problem={problem} title={texts.notDone} />}
      <Group justify="space-between">
        <Button variant="default" loading={end.isPending} onClick={() => void signOutEverywhere()}>
          {texts.signOutEverywhere}
        </Button>
        <Button color="red" loading={remove.isPending} onClick={() => void removeOnceSure()}>
          {isSure ? texts.removeConfirm : texts.remove}
        </Button>
      </Group>
    </Stack>
  );
}

export function EditAccountDialog(props: { account: Account | null; onClose: () => void }): ReactNode {
  const messages = useMessages();
  const { account, onClose } = props;
  return (
    <Dialog isOpen={account !== null} onClose={onClose} title={messages.accounts.editTitle}>
      {account === null ? null : (
        <Stack gap="md">
          <EditAccountForm account={account} onClose={onClose} />
          <Divider />
          <EndingActions account={account} onClose={onClose} />
        </Stack>
      )}
    </Dialog>
  );
}
