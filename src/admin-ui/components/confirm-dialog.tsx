import type { ReactNode } from 'react';
import { Button, Group, Stack } from '@mantine/core';
import { useMessages } from '../messages/messages.js';
import { Dialog } from './dialog.js';
import { ProblemNotice } from './problem-notice.js';
import { useAction } from './use-action.js';

interface ConfirmProps {
  title: string;
  confirm: string;
  notDone: string;
  children: ReactNode;
  /** Below a refusal, such as what else can be done. */
  afterProblem?: (code: string) => ReactNode;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks once more before something is written elsewhere; a refusal stays in the dialog. */
export function ConfirmDialog(props: ConfirmProps): ReactNode {
  const { common } = useMessages();
  const action = useAction(props.onConfirm);

  async function confirm(): Promise<void> {
    const result = await action.run();
    if (result?.ok === true) props.onClose();
  }

  return (
    <Dialog isOpen onClose={props.onClose} title={props.title}>
      <Stack gap="md">
        {props.children}
        {action.problem === null ? null : (
          <>
            <ProblemNotice problem={action.problem} title={props.notDone} />
            {props.afterProblem?.(action.problem.code)}
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onClose}>
            {action.problem === null ? common.cancel : common.close}
          </Button>
          <Button loading={action.isPending} data-autofocus onClick={() => void confirm()}>
            {props.confirm}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
