import type { ReactNode } from 'react';
import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import type { BillingPlan, PlanStep } from '../../api/generated/api.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { formatAmount, formatDate } from '../../components/format.js';
import { SignedAmount } from '../../components/signed-amount.js';
import { ToneBadge } from '../../components/tone.js';
import { useMessages } from '../../messages/messages.js';
import { StepChange } from './step-change.js';
import { groupSteps, stepName } from './step-groups.js';

export interface StepHandlers {
  toggle: (step: PlanStep) => void;
  leaveOut: (step: PlanStep) => void;
  putBack: (step: PlanStep) => void;
  move: (step: PlanStep) => void;
}

interface StepTableProps {
  plan: BillingPlan;
  /** Whether the plan can still be decided on by this person. */
  canDecide: boolean;
  unchosen: ReadonlySet<string>;
  handlers: StepHandlers;
}

function StepActions({ step, handlers }: { step: PlanStep; handlers: StepHandlers }): ReactNode {
  const { plans } = useMessages();
  const name = stepName(step);
  if (step.dismissed) {
    return (
      <Button
        size="compact-sm"
        variant="default"
        aria-label={plans.putBackOf(name)}
        onClick={() => handlers.putBack(step)}
      >
        {plans.putBack}
      </Button>
    );
  }
  return (
    <Group gap={6}>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={plans.moveOf(name)}
        onClick={() => handlers.move(step)}
      >
        {plans.move}
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={plans.leaveOutOf(name)}
        onClick={() => handlers.leaveOut(step)}
      >
        {plans.leaveOut}
      </Button>
    </Group>
  );
}

function Effective({ step }: { step: PlanStep }): ReactNode {
  const { plans } = useMessages();
  return (
    <Stack gap={2}>
      <span>{formatDate(step.effectiveOn)}</span>
      {step.period.posted ? <ToneBadge tone="warning">{plans.posted}</ToneBadge> : null}
    </Stack>
  );
}

function SubscriptionOf({ step }: { step: PlanStep }): ReactNode {
  const { plans } = useMessages();
  return (
    <Stack gap={2}>
      <span>{stepName(step)}</span>
      <Text size="xs" c="dimmed" fw={400}>
        {plans.contract(step.contractId)}
      </Text>
      {step.dismissed ? (
        <>
          <span>
            <ToneBadge tone="neutral">{plans.leftOut}</ToneBadge>
          </span>
          <Text size="xs" fw={400}>
            {step.dismissedReason}
          </Text>
        </>
      ) : null}
    </Stack>
  );
}

function useColumns({ canDecide, unchosen, handlers }: StepTableProps): Column<PlanStep>[] {
  const { plans } = useMessages();
  const columns: Column<PlanStep>[] = [
    {
      key: 'subscription',
      header: plans.subscription,
      isRowHeader: true,
      render: (step) => <SubscriptionOf step={step} />,
    },
    { key: 'change', header: plans.change, isWide: true, render: (step) => <StepChange step={step} /> },
    { key: 'date', header: plans.date, isShort: true, render: (step) => <Effective step={step} /> },
    {
      key: 'perPeriod',
      header: plans.perPeriod,
      isNumeric: true,
      render: ({ impactPerPeriod }) => <SignedAmount value={impactPerPeriod} />,
    },
    {
      key: 'impact',
      header: plans.impact,
      isNumeric: true,
      render: ({ impact }) => <SignedAmount value={impact} />,
    },
  ];
  if (!canDecide) return columns;
  const select: Column<PlanStep> = {
    key: 'select',
    header: plans.select,
    isShort: true,
    render: (step) => (
      <Checkbox
        checked={!step.dismissed && !unchosen.has(step.id)}
        disabled={step.dismissed}
        aria-label={plans.selectStep(stepName(step))}
        onChange={() => handlers.toggle(step)}
      />
    ),
  };
  const actions: Column<PlanStep> = {
    key: 'actions',
    header: plans.actions,
    render: (step) => <StepActions step={step} handlers={handlers} />,
  };
  return [select, ...columns, actions];
}

/** The steps of a plan, grouped by customer with what they are worth. */
export function StepTable(props: StepTableProps): ReactNode {
  const { plans } = useMessages();
  const columns = useColumns(props);
  return (
    <DataTable
      label={plans.stepsOf}
      columns={columns}
      rowKey={({ id }) => id}
      groups={groupSteps(props.plan).map(({ customerId, customerName, steps, total }) => ({
        key: customerId ?? '',
        header: plans.customerTotal(customerName ?? plans.unknownCustomer, steps.length, formatAmount(total)),
        rows: steps,
      }))}
    />
  );
}
