import { lazy, Suspense } from 'react';
import type { ReactNode } from 'react';
import { SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listReconciliationCustomers, reconcileMonth } from '../../api/generated/api.js';
import { toProblem } from '../../api/problem.js';
import { isZero } from '../../components/amounts.js';
import { DataTable } from '../../components/data-table.js';
import { formatAmount } from '../../components/format.js';
import { Loading } from '../../components/loading.js';
import { Panel } from '../../components/panel.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { SignedAmount } from '../../components/signed-amount.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';
import type { Amount } from '../../api/contracts.js';
import type { ImpactBar } from './impact-chart.js';

/** The drawing library is larger than everything else, so only this page loads it. */
const ImpactChart = lazy(() => import('./impact-chart.js'));
const MOST_CUSTOMERS = 10;

interface Impact extends ImpactBar {
  key: string;
  net: Amount;
}

const movesMoney = ({ loss, gain }: Impact): boolean => !isZero(loss) || !isZero(gain);

function Part(props: { title: string; head: string; rows: Impact[]; currency: string }): ReactNode {
  const { reconciliation } = useMessages();
  return (
    <Stack gap="sm" miw={0}>
      <Title order={3} size="h4">
        {props.title}
      </Title>
      <Suspense fallback={<Loading />}>
        <ImpactChart bars={props.rows} currency={props.currency} />
      </Suspense>
      <DataTable<Impact>
        label={props.title}
        columns={[
          { key: 'name', header: props.head, isRowHeader: true, render: ({ name }) => name },
          {
            key: 'loss',
            header: reconciliation.loss,
            isNumeric: true,
            render: ({ loss }) => formatAmount(loss),
          },
          {
            key: 'gain',
            header: reconciliation.gain,
            isNumeric: true,
            render: ({ gain }) => formatAmount(gain),
          },
          {
            key: 'net',
            header: reconciliation.net,
            isNumeric: true,
            render: ({ net }) => <SignedAmount value={net} />,
          },
        ]}
        groups={[{ key: 'all', rows: props.rows }]}
        rowKey={({ key }) => key}
      />
    </Stack>
  );
}

function useImpacts(connectionId: string, month: string) {
  const client = useApi();
  return useQuery({
    queryKey: ['reconciliation', connectionId, month, 'impact'],
    queryFn: async ({ signal }) => {
      const [report, customers] = await Promise.all([
        reconcileMonth(client, connectionId, { month, limit: 1 }, signal),
        listReconciliationCustomers(client, connectionId, { month, limit: MOST_CUSTOMERS }, signal),
      ]);
      return { causes: report.totals.byKind, currency: report.currency, customers };
    },
  });
}

/** What the whole month moves, whatever the filters: by customer and by cause. */
export function ImpactPanel({ connectionId, month }: { connectionId: string; month: string }): ReactNode {
  const { reconciliation } = useMessages();
  const query = useImpacts(connectionId, month);
  if (query.data === undefined) {
    if (query.isPending) return <Loading />;
    return <ProblemNotice problem={toProblem(query.error)} onRetry={() => void query.refetch()} />;
  }
  const { currency } = query.data;
  const customers = query.data.customers.items
    .map(({ customerId, customerName, loss, gain, net }) => ({
      // Companies that nobody mapped have no customer id.
      key: `${customerId} ${customerName}`,
      name: customerName,
      loss,
      gain,
      net,
    }))
    .filter(movesMoney);
  const causes = query.data.causes
    .map(({ kind, loss, gain, net }) => ({ key: kind, name: reconciliation.kinds[kind], loss, gain, net }))
    .filter(movesMoney);
  return (
    <Panel title={reconciliation.charts}>
      {causes.length === 0 ? (
        <Text>{reconciliation.noImpact}</Text>
      ) : (
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="xl">
          <Part
            title={reconciliation.byCustomer}
            head={reconciliation.customer}
            rows={customers}
            currency={currency}
          />
          <Part
            title={reconciliation.byCause}
            head={reconciliation.cause}
            rows={causes}
            currency={currency}
          />
        </SimpleGrid>
      )}
      {query.data.customers.nextCursor === null ? null : (
        <Text size="sm" c="dimmed">
          {reconciliation.firstCustomers(customers.length)}
        </Text>
      )}
    </Panel>
  );
}
