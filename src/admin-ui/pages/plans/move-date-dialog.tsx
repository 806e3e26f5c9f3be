import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import type { PlanStep } from '../../api/generated/api.js';
import { Dialog } from '../../components/dialog.js';
import { formatDate } from '../../components/format.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { useAction } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';
import { stepName } from './step-groups.js';

interface MoveProps {
  step: PlanStep;
  onMove: (step: PlanStep, effectiveOn: string) => Promise<void>;
  onClose: () => void;
}

function MoveForm({ step, onMove, onClose }: MoveProps): ReactNode {
  const { plans, common } = useMessages();
  const [day, setDay] = useState(step.effectiveOn);
  const move = useAction((effectiveOn: string) => onMove(step, effectiveOn));

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if ((await move.run(day))?.ok === true) onClose();
  }

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <Stack gap="md">
        <Text size="sm">{plans.moveHint}</Text>
        <TextInput
          type="date"
          label={plans.day}
          description={`${formatDate(step.period.start)} – ${formatDate(step.period.end)}`}
          min={step.period.start}
          max={step.period.end}
          value={day}
          required
          data-autofocus
          onChange={(event) => setDay(event.currentTarget.value)}
        />
        {move.problem === null ? null : <ProblemNotice problem={move.problem} title={plans.notChanged} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button type="submit" loading={move.isPending}>
            {common.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Dates a step later within its billing period. */
export function MoveDateDialog(props: MoveProps): ReactNode {
  const { plans } = useMessages();
  return (
    <Dialog isOpen onClose={props.onClose} title={plans.moveOf(stepName(props.step))}>
      <MoveForm {...props} />
    </Dialog>
  );
}
