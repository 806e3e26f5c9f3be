import type { ReactNode } from 'react';
import { Checkbox, Stack, Text } from '@mantine/core';
import type { ReconciliationFinding } from '../../api/generated/api.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { formatAmount, formatDate, formatNumber } from '../../components/format.js';
import { SignedAmount } from '../../components/signed-amount.js';
import { ToneBadge } from '../../components/tone.js';
import { useMessages } from '../../messages/messages.js';

interface FindingTableProps {
  findings: readonly ReconciliationFinding[];
  /** Null where nothing can be planned: no permission, or a closed month. */
  chosen: ReadonlySet<string> | null;
  onChoose: (id: string, isChosen: boolean) => void;
}

function Side({ side }: { side: ReconciliationFinding['expected'] }): ReactNode {
  const { reconciliation, common } = useMessages();
  if (side === null) return common.noValue;
  return (
    <Stack gap={2}>
      <span>{side.amount === null ? common.noValue : formatAmount(side.amount)}</span>
      {side.values.map(({ from, quantity }) => (
        <Text key={from} size="xs" c="dimmed">
          {reconciliation.units(formatNumber(quantity), formatDate(from))}
        </Text>
      ))}
    </Stack>
  );
}

function Words({ finding: { explanation, kind } }: { finding: ReconciliationFinding }): ReactNode {
  const { reconciliation } = useMessages();
  return (
    <Stack gap={2}>
      <span>{explanation.what}</span>
      {kind === 'matched' ? null : (
        <>
          <Text size="xs" c="dimmed">
            {explanation.why}
          </Text>
          <Text size="xs">
            {reconciliation.whatToDo} {explanation.whatToDo}
          </Text>
        </>
      )}
    </Stack>
  );
}

function useColumns({ chosen, onChoose }: FindingTableProps): Column<ReconciliationFinding>[] {
  const { reconciliation } = useMessages();
  const columns: Column<ReconciliationFinding>[] = [
    {
      key: 'finding',
      header: reconciliation.finding,
      isRowHeader: true,
      render: ({ customerName, title, stage, kind }) => (
        <Stack gap={2} align="flex-start">
          <span>{customerName}</span>
          <Text size="xs" c="dimmed" fw={400}>
            {title} · {reconciliation.stages[stage]}
          </Text>
          <ToneBadge tone={kind === 'matched' ? 'good' : 'warning'}>{reconciliation.kinds[kind]}</ToneBadge>
        </Stack>
      ),
    },
    {
      key: 'expected',
      header: reconciliation.expected,
      render: ({ expected }) => <Side side={expected} />,
    },
    { key: 'actual', header: reconciliation.actual, render: ({ actual }) => <Side side={actual} /> },
    {
      key: 'impact',
      header: reconciliation.impact,
      isNumeric: true,
      render: ({ impact }) => <SignedAmount value={impact} />,
    },
    {
      key: 'words',
      header: reconciliation.why,
      isWide: true,
      render: (finding) => <Words finding={finding} />,
    },
  ];
  if (chosen === null) return columns;
  const select: Column<ReconciliationFinding> = {
    key: 'select',
    header: reconciliation.select,
    isShort: true,
    render: ({ id, isFixable, title, customerName }) =>
      isFixable ? (
        <Checkbox
          checked={chosen.has(id)}
          aria-label={reconciliation.selectFinding(title, customerName)}
          onChange={(event) => onChoose(id, event.currentTarget.checked)}
        />
      ) : null,
  };
  return [select, ...columns];
}

/** Findings of a month, with money and words; those that can be put right can be chosen. */
export function FindingTable(props: FindingTableProps): ReactNode {
  const { reconciliation } = useMessages();
  return (
    <DataTable
      label={reconciliation.table}
      columns={useColumns(props)}
      groups={[{ key: 'all', rows: props.findings }]}
      rowKey={({ id }) => id}
    />
  );
}
