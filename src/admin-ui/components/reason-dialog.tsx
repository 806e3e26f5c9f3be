import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useMessages } from '../messages/messages.js';
import { Dialog } from './dialog.js';
import { ProblemNotice } from './problem-notice.js';
import { useAction } from './use-action.js';

/** Longest reason the API takes. */
const MOST_CHARACTERS = 500;

interface ReasonProps {
  hint: string;
  confirm: string;
  /** Title of the problem when it is refused. */
  notDone: string;
  onConfirm: (reason: string) => Promise<unknown>;
  onClose: () => void;
}

function ReasonForm(props: ReasonProps): ReactNode {
  const messages = useMessages();
  const [reason, setReason] = useState('');
  const [error, setError] = useState<string | null>(null);
  const action = useAction(props.onConfirm);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (reason.trim() === '') {
      setError(messages.common.required);
      return;
    }
    const result = await action.run(reason.trim());
    if (result?.ok === true) props.onClose();
  }

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <Stack gap="md">
        <Text size="sm">{props.hint}</Text>
        <Textarea
          label={messages.common.reason}
          value={reason}
          maxLength={MOST_CHARACTERS}
          error={error}
          required
          autosize
          minRows={2}
          data-autofocus
          onChange={(event) => {
            setReason(event.currentTarget.value);
            setError(null);
          }}
          onKeyDown={(event) => {
            // A reason is one sentence; Enter says it is finished.
            if (event.key !== 'Enter' || event.shiftKey) return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
        />
        {action.problem === null ? null : <ProblemNotice problem={action.problem} title={props.notDone} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onClose}>
            {messages.common.cancel}
          </Button>
          <Button type="submit" loading={action.isPending}>
            {props.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Asks why before something is left out. */
export function ReasonDialog(props: ReasonProps & { isOpen: boolean; title: string }): ReactNode {
  return (
    <Dialog isOpen={props.isOpen} onClose={props.onClose} title={props.title}>
      <ReasonForm {...props} />
    </Dialog>
  );
}
