import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button, Group, NativeSelect, Paper, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { correctDrift, keepDrift, listDrift } from '../../api/generated/api.js';
import type { DriftFinding, LineValues } from '../../api/generated/api.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { formatAmount, formatNumber } from '../../components/format.js';
import { Instant } from '../../components/instant.js';
import { PageTitle } from '../../components/page-title.js';
import { PagedList, usePages } from '../../components/paged-list.js';
import { SignedAmount } from '../../components/signed-amount.js';
import { ToneBadge } from '../../components/tone.js';
import type { Tone } from '../../components/tone.js';
import { useAnnouncement } from '../../components/use-announcement.js';
import { useHashQuery } from '../../hash-location.js';
import { useMessages } from '../../messages/messages.js';
import type { Messages } from '../../messages/en.js';
import { useApi, useCan } from '../../session.js';
import { ConnectionFrame } from '../connectors/connection-tabs.js';

const PAGE = 50;
const STATES = ['open', 'kept', 'corrected', 'gone'] as const;
const TONES: Record<DriftFinding['state'], Tone> = {
  open: 'warning',
  kept: 'neutral',
  corrected: 'good',
  gone: 'neutral',
};
type Deed = 'keep' | 'correct';

const nameOf = ({ subject, subscriptionId }: DriftFinding): string =>
  subject?.subscriptionName ?? subscriptionId;

function textOf(drift: Messages['drift'], { cause }: DriftFinding, deed: Deed): string {
  if (deed === 'correct') return drift.correctText;
  return cause === 'left' ? drift.keepLeftText : drift.keepText;
}

function Values({ values }: { values: LineValues }): ReactNode {
  const { drift } = useMessages();
  const price = values.unitPrice === null ? drift.noPrice : formatAmount(values.unitPrice);
  return drift.values(formatNumber(values.units), price);
}

function Decision({ finding: { state, decidedAt, decidedBy } }: { finding: DriftFinding }): ReactNode {
  const { drift } = useMessages();
  return (
    <Stack gap={2} align="flex-start">
      <ToneBadge tone={TONES[state]}>{drift.states[state]}</ToneBadge>
      {decidedAt === null ? null : (
        <Text size="xs" c="dimmed">
          <Instant value={decidedAt} /> {decidedBy === null ? null : drift.decidedBy(decidedBy.name)}
        </Text>
      )}
    </Stack>
  );
}

function useColumns(canAct: boolean, onAsk: (finding: DriftFinding, deed: Deed) => void) {
  const { drift } = useMessages();
  const columns: Column<DriftFinding>[] = [
    {
      key: 'subscription',
      header: drift.subscription,
      isRowHeader: true,
      render: (row) => (
        <Stack gap={2}>
          <span>{nameOf(row)}</span>
          <Text size="xs" c="dimmed" fw={400}>
            {row.subject?.customerName ?? row.subscriptionId}
          </Text>
          {row.cause === 'left' ? (
            <Text size="xs" fw={400}>
              {drift.left(row.contractId)}
            </Text>
          ) : null}
        </Stack>
      ),
    },
    { key: 'expected', header: drift.expected, render: ({ expected }) => <Values values={expected} /> },
    { key: 'actual', header: drift.actual, render: ({ actual }) => <Values values={actual} /> },
    {
      key: 'impact',
      header: drift.impact,
      isNumeric: true,
      render: ({ impact }) => <SignedAmount value={impact} />,
    },
    { key: 'found', header: drift.found, render: ({ foundAt }) => <Instant value={foundAt} /> },
    { key: 'state', header: drift.state, render: (row) => <Decision finding={row} /> },
  ];
  if (!canAct) return columns;
  columns.push({
    key: 'actions',
    header: drift.actions,
    render: (row) =>
      row.state === 'open' ? (
        <Group gap={6}>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={drift.keepOf(nameOf(row))}
            onClick={() => onAsk(row, 'keep')}
          >
            {drift.keep}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={drift.correctOf(nameOf(row))}
            onClick={() => onAsk(row, 'correct')}
          >
            {drift.correct}
          </Button>
        </Group>
      ) : null,
  });
  return columns;
}

function useDeeds(connectionId: string) {
  const { drift } = useMessages();
  const client = useApi();
  const queryClient = useQueryClient();
  const announce = useAnnouncement();
  const [, navigate] = useLocation();
  return async ({ id }: DriftFinding, deed: Deed): Promise<void> => {
    if (deed === 'keep') {
      await keepDrift(client, id);
      announce(drift.kept);
      await queryClient.invalidateQueries({ queryKey: ['drift', connectionId] });
      return;
    }
    const plan = await correctDrift(client, id);
    void queryClient.invalidateQueries({ queryKey: ['drift', connectionId] });
    navigate(`/connectors/${connectionId}/plans/${plan.id}`);
  };
}

function Findings(props: { connectionId: string; state: DriftFinding['state'] | undefined }): ReactNode {
  const { connectionId, state } = props;
  const { drift } = useMessages();
  const client = useApi();
  const canAct = useCan('billing:approve');
  const [asked, setAsked] = useState<{ finding: DriftFinding; deed: Deed } | null>(null);
  const columns = useColumns(canAct, (finding, deed) => setAsked({ finding, deed }));
  const carryOut = useDeeds(connectionId);
  const pages = usePages(['drift', connectionId, state ?? null], (cursor, signal) =>
    listDrift(client, connectionId, { state, limit: PAGE, cursor }, signal),
  );
  return (
    <>
      <PagedList pages={pages} none={state === 'open' ? drift.none : drift.noneInState} shown={drift.shown}>
        {(items) => (
          <DataTable
            label={drift.table}
            columns={columns}
            groups={[{ key: 'all', rows: items }]}
            rowKey={({ id }) => id}
          />
        )}
      </PagedList>
      {asked === null ? null : (
        <ConfirmDialog
          title={asked.deed === 'keep' ? drift.keepTitle : drift.correctTitle}
          confirm={drift[asked.deed]}
          notDone={drift.notDone}
          onConfirm={() => carryOut(asked.finding, asked.deed)}
          onClose={() => setAsked(null)}
        >
          <Text>{textOf(drift, asked.finding, asked.deed)}</Text>
        </ConfirmDialog>
      )}
    </>
  );
}

/** What differs from what was applied, and the decision to keep or to correct it. */
export function DriftPage({ connectionId }: { connectionId: string }): ReactNode {
  const { drift } = useMessages();
  const [query, replaceQuery] = useHashQuery();
  const chosen = query.get('state') ?? 'open';
  const state = STATES.find((known) => known === chosen);
  return (
    <ConnectionFrame id={connectionId} current="drift">
      <PageTitle>{drift.title}</PageTitle>
      <Text c="dimmed">{drift.intro}</Text>
      <NativeSelect
        label={drift.state}
        w={{ base: '100%', sm: 240 }}
        value={state ?? 'all'}
        onChange={(event) => {
          const next = event.currentTarget.value;
          replaceQuery(next === 'open' ? new URLSearchParams() : new URLSearchParams({ state: next }));
        }}
        data={[
          { value: 'all', label: drift.anyState },
          ...STATES.map((value) => ({ value, label: drift.states[value] })),
        ]}
      />
      <Paper withBorder p="md" bg="var(--psa-surface)">
        <Findings connectionId={connectionId} state={state} />
      </Paper>
    </ConnectionFrame>
  );
}
