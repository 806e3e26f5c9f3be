import type { ReactNode } from 'react';
import { Anchor, Button, Group, Paper, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { createBillingPlan, listBillingPlans } from '../../api/generated/api.js';
import type { BillingPlan } from '../../api/generated/api.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { formatInstant, formatNumber } from '../../components/format.js';
import { PageTitle } from '../../components/page-title.js';
import { PagedList, usePages } from '../../components/paged-list.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { SignedAmount } from '../../components/signed-amount.js';
import { useAction } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';
import { ConnectionFrame } from '../connectors/connection-tabs.js';
import { PlanStateBadge } from './plan-state-badge.js';

const PAGE = 25;

function useColumns(connectionId: string): Column<BillingPlan>[] {
  const { plans } = useMessages();
  return [
    {
      key: 'created',
      header: plans.created,
      isRowHeader: true,
      render: ({ id, createdAt }) => (
        <Anchor
          component={Link}
          href={`/connectors/${connectionId}/plans/${id}`}
          fz="inherit"
          underline="always"
          aria-label={plans.open(formatInstant(createdAt))}
        >
          {formatInstant(createdAt)}
        </Anchor>
      ),
    },
    { key: 'by', header: plans.by, render: ({ createdBy }) => createdBy.name },
    { key: 'state', header: plans.state, render: ({ state }) => <PlanStateBadge state={state} /> },
    {
      key: 'steps',
      header: plans.steps,
      isNumeric: true,
      render: ({ steps }) => formatNumber(steps.length),
    },
    {
      key: 'total',
      header: plans.total,
      isNumeric: true,
      render: ({ total }) => <SignedAmount value={total} />,
    },
  ];
}

function PlanList({ connectionId }: { connectionId: string }): ReactNode {
  const { plans } = useMessages();
  const client = useApi();
  const columns = useColumns(connectionId);
  const pages = usePages(['plans', connectionId], (cursor, signal) =>
    listBillingPlans(client, connectionId, { limit: PAGE, cursor }, signal),
  );
  return (
    <PagedList pages={pages} none={plans.none} shown={plans.shown}>
      {(items) => (
        <DataTable
          label={plans.table}
          columns={columns}
          groups={[{ key: 'all', rows: items }]}
          rowKey={({ id }) => id}
        />
      )}
    </PagedList>
  );
}

/** Plans of a connection, and the way to a new one. */
export function PlansPage({ connectionId }: { connectionId: string }): ReactNode {
  const { plans } = useMessages();
  const client = useApi();
  const queryClient = useQueryClient();
  const canApprove = useCan('billing:approve');
  const [, navigate] = useLocation();
  const create = useAction(() => createBillingPlan(client, connectionId));

  async function preview(): Promise<void> {
    const result = await create.run();
    if (result?.ok !== true) return;
    queryClient.setQueryData(['plan', result.value.id], result.value);
    void queryClient.invalidateQueries({ queryKey: ['plans', connectionId] });
    navigate(`/connectors/${connectionId}/plans/${result.value.id}`);
  }

  return (
    <ConnectionFrame id={connectionId} current="plans">
      <Group justify="space-between">
        <PageTitle>{plans.title}</PageTitle>
        {canApprove ? (
          <Button loading={create.isPending} onClick={() => void preview()}>
            {plans.preview}
          </Button>
        ) : null}
      </Group>
      <Text c="dimmed">{plans.intro}</Text>
      <Text role="status">{create.isPending ? plans.previewing : ''}</Text>
      {create.problem === null ? null : <ProblemNotice problem={create.problem} title={plans.notMade} />}
      <Paper withBorder p="md" bg="var(--psa-surface)">
        <PlanList connectionId={connectionId} />
      </Paper>
    </ConnectionFrame>
  );
}
