import type { ReactNode } from 'react';
import { Button, Group, Stack, Text } from '@mantine/core';
import type { Operation } from '../../api/generated/api.js';
import { BeforeAfter } from '../../components/before-after.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { formatDate, formatNumber } from '../../components/format.js';
import { Instant } from '../../components/instant.js';
import { SignedAmount } from '../../components/signed-amount.js';
import { useMessages } from '../../messages/messages.js';
import { OperationStateBadge } from './operation-state-badge.js';

export type OperationDeed = 'retry' | 'dismiss' | 'compensate';

export function operationName({ subject, subscriptionId }: Operation): string {
  return subject?.subscriptionName ?? subscriptionId;
}

/** What a person may do with an operation, by its state (the API decides in the end). */
export function deedsOf({ state }: Operation): OperationDeed[] {
  if (state === 'failed') return ['retry', 'dismiss'];
  if (state === 'pending') return ['dismiss'];
  return state === 'applied' ? ['compensate'] : [];
}

function Subject({ operation }: { operation: Operation }): ReactNode {
  return (
    <Stack gap={2}>
      <span>{operationName(operation)}</span>
      <Text size="xs" c="dimmed" fw={400}>
        {operation.subject?.customerName ?? operation.contractId}
      </Text>
    </Stack>
  );
}

function Change({ operation }: { operation: Operation }): ReactNode {
  const { plans, operations } = useMessages();
  const { kind, unitsBefore, unitsAfter, reason, compensates } = operation;
  return (
    <Stack gap={2}>
      <span>{plans.kinds[kind]}</span>
      {unitsBefore === unitsAfter ? null : (
        <Text fw={600} size="sm" component="div">
          <BeforeAfter
            label={plans.units}
            before={formatNumber(unitsBefore)}
            after={formatNumber(unitsAfter)}
          />
        </Text>
      )}
      <Text size="xs" c="dimmed">
        {reason}
      </Text>
      {compensates === undefined ? null : (
        <Text size="xs" c="dimmed">
          {operations.compensates}
        </Text>
      )}
    </Stack>
  );
}

function State({ operation: { state, lastError } }: { operation: Operation }): ReactNode {
  const { operations } = useMessages();
  return (
    <Stack gap={4} align="flex-start">
      <OperationStateBadge state={state} />
      {lastError === undefined ? null : (
        <Text size="xs" c={state === 'failed' ? 'var(--mantine-color-error)' : 'dimmed'} maw={280}>
          {operations.why}: {lastError.detail} <code>{lastError.code}</code>
        </Text>
      )}
    </Stack>
  );
}

function useColumns(canAct: boolean, onDeed: (operation: Operation, deed: OperationDeed) => void) {
  const { operations } = useMessages();
  const labels = {
    retry: operations.retryOf,
    dismiss: operations.dismissOf,
    compensate: operations.compensateOf,
  };
  const columns: Column<Operation>[] = [
    {
      key: 'subscription',
      header: operations.subscription,
      isRowHeader: true,
      render: (row) => <Subject operation={row} />,
    },
    { key: 'change', header: operations.change, isWide: true, render: (row) => <Change operation={row} /> },
    {
      key: 'date',
      header: operations.date,
      isShort: true,
      render: ({ effectiveOn }) => formatDate(effectiveOn),
    },
    {
      key: 'impact',
      header: operations.impact,
      isNumeric: true,
      render: ({ impact }) => <SignedAmount value={impact} />,
    },
    { key: 'state', header: operations.state, render: (row) => <State operation={row} /> },
    {
      key: 'updated',
      header: operations.updated,
      render: ({ updatedAt, attempts }) => (
        <Stack gap={2}>
          <Instant value={updatedAt} />
          <Text size="xs" c="dimmed">
            {operations.attempts}: {attempts}
          </Text>
        </Stack>
      ),
    },
  ];
  if (!canAct) return columns;
  columns.push({
    key: 'actions',
    header: operations.actions,
    render: (row) => (
      <Group gap={6}>
        {deedsOf(row).map((deed) => (
          <Button
            key={deed}
            size="compact-sm"
            variant="default"
            aria-label={labels[deed](operationName(row))}
            onClick={() => onDeed(row, deed)}
          >
            {operations[deed]}
          </Button>
        ))}
      </Group>
    ),
  });
  return columns;
}

/** Operations, newest first, with what can be done about each. */
export function OperationTable(props: {
  operations: readonly Operation[];
  canAct: boolean;
  onDeed: (operation: Operation, deed: OperationDeed) => void;
}): ReactNode {
  const { operations } = useMessages();
  const columns = useColumns(props.canAct, props.onDeed);
  return (
    <DataTable
      label={operations.table}
      columns={columns}
      groups={[{ key: 'all', rows: props.operations }]}
      rowKey={({ id }) => id}
    />
  );
}
