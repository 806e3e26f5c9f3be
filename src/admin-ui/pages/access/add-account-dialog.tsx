import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { createAccount, ROLES, TIERS } from '../../api/access.js';
import type { NewAccount, Role, Tier } from '../../api/access.js';
import { Dialog } from '../../components/dialog.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { SecretInput } from '../../components/secret-input.js';
import { useAction } from '../../components/use-action.js';
import { useAnnouncement } from '../../components/use-announcement.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useSession } from '../../session.js';
import { fieldErrors } from './form-errors.js';

interface Values {
  userName: string;
  displayName: string;
  password: string;
  role: Role;
  tier: Tier;
  tenantId: string;
}

function toNewAccount({ tenantId, ...values }: Values): NewAccount {
  return tenantId.trim() === '' ? values : { ...values, tenantId: tenantId.trim() };
}

function AddAccountForm({ onClose }: { onClose: () => void }): ReactNode {
  const messages = useMessages();
  const { accounts: texts } = messages;
  const client = useApi();
  const { session } = useSession();
  const queryClient = useQueryClient();
  const announce = useAnnouncement();
  const ownTier = session?.actor.tier ?? 'customer';
  const [values, setValues] = useState<Values>({
    userName: '',
    displayName: '',
    password: '',
    role: 'operator',
    tier: ownTier,
    tenantId: '',
  });
  const create = useAction((account: NewAccount) => createAccount(client, account));
  const errors = fieldErrors(create.problem);
  const isExplained = Object.keys(errors).length > 0;

  function set(change: Partial<Values>): void {
    setValues({ ...values, ...change });
  }

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const result = await create.run(toNewAccount(values));
    if (result?.ok !== true) return;
    announce(texts.created(result.value.userName));
    onClose();
    await queryClient.invalidateQueries({ queryKey: ['accounts'] });
  }

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <Stack gap="md">
        <TextInput
          label={texts.userName}
          description={texts.userNameHint}
          value={values.userName}
          onChange={(event) => set({ userName: event.currentTarget.value })}
          error={errors['userName']}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
          data-autofocus
        />
        <TextInput
          label={texts.displayName}
          value={values.displayName}
          onChange={(event) => set({ displayName: event.currentTarget.value })}
          error={errors['displayName']}
          autoComplete="off"
          required
        />
        <SecretInput
          label={texts.password}
          description={texts.passwordHint}
          value={values.password}
          onChange={(event) => set({ password: event.currentTarget.value })}
          error={errors['password']}
          autoComplete="new-password"
          required
        />
        <NativeSelect
          label={texts.role}
          value={values.role}
          onChange={(event) => set({ role: event.currentTarget.value as Role })}
          data={ROLES.map((value) => ({ value, label: texts.roles[value] }))}
          error={errors['role']}
        />
        <NativeSelect
          label={texts.tier}
          value={values.tier}
          onChange={(event) => set({ tier: event.currentTarget.value as Tier })}
          data={TIERS.slice(TIERS.indexOf(ownTier)).map((value) => ({ value, label: texts.tiers[value] }))}
          error={errors['tier']}
        />
        <TextInput
          label={texts.tenant}
          description={texts.tenantHint}
          value={values.tenantId}
          onChange={(event) => set({ tenantId: event.currentTarget.value })}
          error={errors['tenantId']}
          autoComplete="off"
        />
        {create.problem === null || isExplained ? null : (
          <ProblemNotice problem={create.problem} title={texts.notDone} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {messages.common.cancel}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {texts.add}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function AddAccountDialog(props: { isOpen: boolean; onClose: () => void }): ReactNode {
  const messages = useMessages();
  return (
    <Dialog isOpen={props.isOpen} onClose={props.onClose} title={messages.accounts.add}>
      <AddAccountForm onClose={props.onClose} />
    </Dialog>
  );
}
