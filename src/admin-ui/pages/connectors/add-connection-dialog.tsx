import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import type { AccessReport } from '../../api/access-report.js';
import { createConnection, testConnection } from '../../api/connections.js';
import type { Connection } from '../../api/connections.js';
import type { ApiProblem } from '../../api/problem.js';
import { Dialog } from '../../components/dialog.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { useAnnouncement } from '../../components/use-announcement.js';
import { useAction } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';
import { AccessChecklist } from './access-checklist.js';
import { EMPTY_CONNECTION_FORM, toNewConnection } from './connection-form.js';
import type { ConnectionFormValues } from './connection-form.js';
import { CredentialInputs, focusFirstError, showFieldErrors } from './credential-inputs.js';
import type { ConnectionForm } from './credential-inputs.js';
import { SetupGuide } from './setup-guide.js';
import { CurrencyInput } from './currency-input.js';

interface Answer {
  report: AccessReport | null;
  problem: ApiProblem | null;
  /** Above the problem. */
  title: string;
}

const NO_ANSWER: Answer = { report: null, problem: null, title: '' };

function useConnectionForm(onChange: () => void): ConnectionForm {
  const messages = useMessages();
  const filled = (value: string): string | null => (value.trim() === '' ? messages.common.required : null);
  return useForm<ConnectionFormValues>({
    initialValues: EMPTY_CONNECTION_FORM,
    validate: {
      alias: filled,
      currency: (value) => (/^[a-z]{3}$/i.test(value.trim()) ? null : messages.connectionForm.currencyCode),
      username: filled,
      secret: (value) => (value === '' ? messages.common.required : null),
    },
    onValuesChange: onChange,
  });
}

function AnswerView({ answer }: { answer: Answer }): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (answer !== NO_ANSWER) place.current?.scrollIntoView({ block: 'start' });
  }, [answer]);
  const report = answer.report ?? answer.problem?.accessReport ?? null;
  return (
    <Stack ref={place} gap="sm" style={{ scrollMarginTop: 72 }}>
      {answer.problem === null ? null : <ProblemNotice problem={answer.problem} title={answer.title} />}
      {report === null ? null : <AccessChecklist report={report} />}
    </Stack>
  );
}

function AddConnectionForm({ onCreated }: { onCreated: (connection: Connection) => void }): ReactNode {
  const messages = useMessages();
  const client = useApi();
  const [answer, setAnswer] = useState(NO_ANSWER);
  const form = useConnectionForm(() => setAnswer(NO_ANSWER));
  const test = useAction((values: ConnectionFormValues) => testConnection(client, toNewConnection(values)));
  const create = useAction((values: ConnectionFormValues) =>
    createConnection(client, toNewConnection(values)),
  );

  function showProblem(problem: ApiProblem, title: string): void {
    showFieldErrors(form, problem);
    setAnswer({ report: null, problem, title });
  }

  async function runTest(values: ConnectionFormValues): Promise<void> {
    setAnswer(NO_ANSWER);
    const result = await test.run(values);
    if (result === null) return;
    if (result.ok) setAnswer({ report: result.value.accessReport, problem: null, title: '' });
    else showProblem(result.problem, messages.connectionForm.notTested);
  }

  async function runCreate(values: ConnectionFormValues): Promise<void> {
    setAnswer(NO_ANSWER);
    const result = await create.run(values);
    if (result === null) return;
    if (!result.ok) {
      showProblem(result.problem, messages.connectionForm.notCreated);
      return;
    }
    form.reset();
    onCreated(result.value);
  }

  const submitTest = form.onSubmit(
    (values) => void runTest(values),
    (errors) => focusFirstError(form, errors),
  );
  const submitCreate = form.onSubmit(
    (values) => void runCreate(values),
    (errors) => focusFirstError(form, errors),
  );
  return (
    <form noValidate onSubmit={submitCreate}>
      <Stack gap="md">
        <SetupGuide />
        <TextInput
          label={messages.connectors.alias}
          description={messages.connectionForm.aliasHint}
          required
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('alias')}
        />
        <CurrencyInput
          label={messages.connectors.currency}
          description={messages.connectionForm.currencyHint}
          required
          {...form.getInputProps('currency')}
        />
        <CredentialInputs form={form} />
        <Text size="sm" c="dimmed">
          {messages.connectionForm.lockNote}
        </Text>
        <Group justify="flex-end">
          <Button
            variant="default"
            loading={test.isPending}
            disabled={create.isPending}
            onClick={() => submitTest()}
          >
            {messages.connectionForm.test}
          </Button>
          <Button type="submit" loading={create.isPending} disabled={test.isPending}>
            {messages.connectionForm.create}
          </Button>
        </Group>
        <Text role="status">{test.isPending || create.isPending ? messages.connectionForm.testing : ''}</Text>
        <AnswerView answer={answer} />
      </Stack>
    </form>
  );
}

/** Adds a connection: fill in, test as often as wanted, create. Closing the dialog forgets what was typed. */
export function AddConnectionDialog({
  isOpen,
  onClose,
}: {
  isOpen: boolean;
  onClose: () => void;
}): ReactNode {
  const messages = useMessages();
  const queryClient = useQueryClient();
  const announce = useAnnouncement();
  function onCreated(connection: Connection): void {
    announce(messages.connectionForm.created(connection.alias));
    void queryClient.invalidateQueries({ queryKey: ['connections'] });
    onClose();
  }
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={messages.connectionForm.title} size="lg">
      <AddConnectionForm onCreated={onCreated} />
    </Dialog>
  );
}
