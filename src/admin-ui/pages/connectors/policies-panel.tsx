import type { ReactNode } from 'react';
import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { updateConnection } from '../../api/connections.js';
import type { Connection } from '../../api/connections.js';
import { Panel } from '../../components/panel.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { useAction } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';
import { policiesChange, policyFields } from './policy-form.js';
import type { PolicyFields } from './policy-form.js';
import { useConnectionChanged } from './use-connection-changed.js';

function choices<K extends string>(texts: Record<K, string>): { value: K; label: string }[] {
  return (Object.keys(texts) as K[]).map((value) => ({ value, label: texts[value] }));
}

/** How changes reach the PSA; whoever may not change it reads it. */
export function PoliciesPanel({ connection }: { connection: Connection }): ReactNode {
  const { policies } = useMessages();
  const client = useApi();
  const canWrite = useCan('connection:write');
  const changed = useConnectionChanged();
  const save = useAction((fields: PolicyFields) =>
    updateConnection(client, connection.id, { policies: policiesChange(fields, connection.currency) }),
  );
  const form = useForm<PolicyFields>({
    initialValues: policyFields(connection.policies),
    validate: {
      secondApproverAbove: (value) => (/^(\d+(\.\d+)?)?$/.test(value.trim()) ? null : policies.notAmount),
    },
  });

  async function submit(fields: PolicyFields): Promise<void> {
    const result = await save.run(fields);
    if (result?.ok !== true) return;
    form.setInitialValues(policyFields(result.value.policies));
    form.reset();
    changed(result.value, policies.saved);
  }

  return (
    <Panel title={policies.title}>
      <Text size="sm" c="dimmed">
        {policies.intro}
      </Text>
      <form noValidate onSubmit={form.onSubmit((fields) => void submit(fields))}>
        <Stack gap="md" maw={480}>
          <NativeSelect
            label={policies.applyMode}
            data={choices(policies.applyModes)}
            disabled={!canWrite}
            {...form.getInputProps('applyMode')}
          />
          <NativeSelect
            label={policies.decrease}
            data={choices(policies.decreases)}
            disabled={!canWrite}
            {...form.getInputProps('decrease')}
          />
          <NativeSelect
            label={policies.cancel}
            data={choices(policies.cancels)}
            disabled={!canWrite}
            {...form.getInputProps('cancel')}
          />
          <NativeSelect
            label={policies.azure}
            data={choices(policies.azures)}
            disabled={!canWrite}
            {...form.getInputProps('azure')}
          />
          <TextInput
            label={policies.secondApprover}
            description={policies.secondApproverHint(connection.currency)}
            inputMode="decimal"
            autoComplete="off"
            disabled={!canWrite}
            {...form.getInputProps('secondApproverAbove')}
          />
          {save.problem === null ? null : <ProblemNotice problem={save.problem} title={policies.notSaved} />}
          {canWrite ? (
            <Group>
              <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
                {policies.save}
              </Button>
            </Group>
          ) : null}
        </Stack>
      </form>
    </Panel>
  );
}
