import type { ReactNode } from 'react';
import { Anchor, Stack, Text } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { getOverview, listCustomerMappings } from '../../api/generated/api.js';
import type { ConnectionOverview, Overview } from '../../api/generated/api.js';
import { toProblem } from '../../api/problem.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { formatAmount, formatDate, formatNumber } from '../../components/format.js';
import { Loading } from '../../components/loading.js';
import { PageTitle } from '../../components/page-title.js';
import { Panel } from '../../components/panel.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { SignedAmount } from '../../components/signed-amount.js';
import { ToneBadge } from '../../components/tone.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';
import { ConnectionStateBadge } from '../connectors/state-badges.js';
import styles from './dashboard.module.css';
import { needsNow } from './needs.js';

/** Connections that are asked for customers without a company; more would make the page slow. */
const MOST_ASKED = 20;

/** Which connections have customers that wait to be mapped. */
function useUnmapped(connections: readonly ConnectionOverview[]): ReadonlySet<string> {
  const client = useApi();
  const maySee = useCan('mapping:read');
  return useQueries({
    queries: (maySee ? connections.slice(0, MOST_ASKED) : []).map(({ connectionId }) => ({
      queryKey: ['has-unmapped', connectionId],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const query = { state: 'unmapped', limit: 1 } as const;
        const { items } = await listCustomerMappings(client, connectionId, query, signal);
        return items.length > 0 ? connectionId : null;
      },
    })),
    combine: (answers) => new Set(answers.flatMap(({ data }) => data ?? [])),
  });
}

function Needs({ overview }: { overview: Overview }): ReactNode {
  const messages = useMessages();
  const { dashboard } = messages;
  const unmapped = useUnmapped(overview.connections);
  const needs = needsNow(overview.connections, unmapped, messages);
  return (
    <Panel title={dashboard.needsYou}>
      {needs.length === 0 ? (
        <Text role="status">{dashboard.allDone}</Text>
      ) : (
        <ul className={styles['needs']}>
          {needs.map(({ kind, tone, connectionId, text, href }) => (
            <li key={`${kind} ${connectionId}`}>
              <ToneBadge tone={tone}>{dashboard.kinds[kind]}</ToneBadge>
              <Anchor component={Link} href={href} underline="always">
                {text}
              </Anchor>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Recurring({ overview }: { overview: Overview }): ReactNode {
  const { dashboard } = useMessages();
  const hasLines = overview.connections.some(({ recurringLines }) => recurringLines > 0);
  return (
    <Panel title={dashboard.recurring}>
      {hasLines ? (
        <dl className={styles['amounts']}>
          {overview.monthlyRecurring.map((amount) => (
            <div key={amount.currency}>
              <dt>{amount.currency}</dt>
              <dd>{formatAmount(amount)}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <Text>{dashboard.noRecurring}</Text>
      )}
      <Text size="sm" c="dimmed">
        {dashboard.recurringHint(formatDate(overview.day))}
      </Text>
    </Panel>
  );
}

function useColumns(): Column<ConnectionOverview>[] {
  const { dashboard } = useMessages();
  return [
    {
      key: 'alias',
      header: dashboard.connection,
      isRowHeader: true,
      render: ({ connectionId, alias }) => (
        <Anchor component={Link} href={`/connectors/${connectionId}`} fz="inherit" underline="always">
          {alias}
        </Anchor>
      ),
    },
    { key: 'state', header: dashboard.state, render: ({ state }) => <ConnectionStateBadge state={state} /> },
    {
      key: 'monthly',
      header: dashboard.monthly,
      isNumeric: true,
      render: ({ monthlyRecurring }) => formatAmount(monthlyRecurring),
    },
    {
      key: 'lines',
      header: dashboard.lines,
      isNumeric: true,
      render: ({ recurringLines }) => formatNumber(recurringLines),
    },
    {
      key: 'waiting',
      header: dashboard.waitingColumn,
      isNumeric: true,
      render: ({ waitingSubscriptions }) => formatNumber(waitingSubscriptions),
    },
    {
      key: 'underWay',
      header: dashboard.underWay,
      isNumeric: true,
      render: ({ openOperations }) => formatNumber(openOperations),
    },
    {
      key: 'failed',
      header: dashboard.failedColumn,
      isNumeric: true,
      render: ({ failedOperations }) => formatNumber(failedOperations),
    },
    {
      key: 'drift',
      header: dashboard.driftColumn,
      isNumeric: true,
      render: ({ openDrift }) => formatNumber(openDrift),
    },
    {
      key: 'driftMoney',
      header: dashboard.driftMoney,
      isNumeric: true,
      render: ({ driftImpact }) => <SignedAmount value={driftImpact} />,
    },
  ];
}

function OverviewBody({ overview }: { overview: Overview }): ReactNode {
  const { dashboard } = useMessages();
  const columns = useColumns();
  if (overview.connections.length === 0) {
    return (
      <Panel title={dashboard.needsYou}>
        <Text>{dashboard.noConnections}</Text>
        <Anchor component={Link} href="/connectors" underline="always" w="fit-content">
          {dashboard.toConnectors}
        </Anchor>
      </Panel>
    );
  }
  return (
    <>
      <Needs overview={overview} />
      <Recurring overview={overview} />
      <Panel title={dashboard.connections}>
        <DataTable
          label={dashboard.connections}
          columns={columns}
          groups={[{ key: 'all', rows: overview.connections }]}
          rowKey={({ connectionId }) => connectionId}
        />
      </Panel>
    </>
  );
}

/** The start page: what needs a person now, and what recurs. */
export function DashboardPage(): ReactNode {
  const { dashboard } = useMessages();
  const client = useApi();
  const query = useQuery({ queryKey: ['overview'], queryFn: ({ signal }) => getOverview(client, signal) });
  return (
    <Stack gap="md">
      <PageTitle>{dashboard.title}</PageTitle>
      {query.isPending ? <Loading /> : null}
      {query.error === null ? null : (
        <ProblemNotice problem={toProblem(query.error)} onRetry={() => void query.refetch()} />
      )}
      {query.data === undefined ? null : <OverviewBody overview={query.data} />}
    </Stack>
  );
}
