import type { ReactNode } from 'react';
import { Group, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { listContracts } from '../../api/contracts.js';
import type { Amount, Contract, ContractService } from '../../api/contracts.js';
import { toProblem } from '../../api/problem.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { formatAmount, formatDate, formatNumber } from '../../components/format.js';
import { LoadMore } from '../../components/load-more.js';
import { Loading } from '../../components/loading.js';
import { Panel } from '../../components/panel.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { ToneBadge } from '../../components/tone.js';
import { textFor, useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';

function ContractHeader({ contract }: { contract: Contract }): ReactNode {
  const messages = useMessages();
  const from = contract.startsOn === null ? messages.common.noValue : formatDate(contract.startsOn);
  const to = contract.endsOn === null ? messages.contracts.openEnd : formatDate(contract.endsOn);
  const facts = [
    contract.number,
    textFor(messages.contracts.types, contract.type),
    contract.periodType === null ? null : textFor(messages.contracts.periodTypes, contract.periodType),
    messages.contracts.period(from, to),
  ];
  return (
    <Stack gap={2}>
      <Group gap="sm">
        <Text fw={600} span>
          {contract.company.name}: {contract.name}
        </Text>
        {contract.isActive ? null : <ToneBadge tone="neutral">{messages.contracts.inactive}</ToneBadge>}
      </Group>
      <Text size="sm" c="dimmed" fw={400} span>
        {facts.filter((fact) => fact !== null && fact !== '').join(' · ')}
      </Text>
    </Stack>
  );
}

function useColumns(): Column<ContractService>[] {
  const messages = useMessages();
  const { contracts } = messages;
  const amount = (value: Amount | null): string =>
    value === null ? messages.common.noValue : formatAmount(value);
  return [
    { key: 'service', header: contracts.service, isRowHeader: true, render: (row) => row.name },
    { key: 'units', header: contracts.units, isNumeric: true, render: (row) => formatNumber(row.units) },
    {
      key: 'unitPrice',
      header: contracts.unitPrice,
      isNumeric: true,
      render: (row) => amount(row.unitPrice),
    },
    { key: 'unitCost', header: contracts.unitCost, isNumeric: true, render: (row) => amount(row.unitCost) },
  ];
}

function ContractList({ connectionId }: { connectionId: string }): ReactNode {
  const messages = useMessages();
  const client = useApi();
  const columns = useColumns();
  const query = useInfiniteQuery({
    queryKey: ['contracts', connectionId],
    queryFn: ({ pageParam, signal }) => listContracts(client, connectionId, { cursor: pageParam, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  if (query.isPending) return <Loading />;
  if (query.data === undefined) {
    return <ProblemNotice problem={toProblem(query.error)} onRetry={() => void query.refetch()} />;
  }
  const contracts = query.data.pages.flatMap((page) => page.items);
  if (contracts.length === 0) return <Text>{messages.contracts.none}</Text>;
  return (
    <Stack gap="sm">
      <DataTable
        label={messages.contracts.title}
        columns={columns}
        groups={contracts.map((contract) => ({
          key: contract.externalId,
          header: <ContractHeader contract={contract} />,
          rows: contract.services,
          empty: messages.contracts.noServices,
        }))}
        rowKey={(service) => service.externalId}
      />
      <LoadMore
        text={messages.contracts.shown(contracts.length)}
        hasMore={query.hasNextPage}
        isLoading={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
      />
    </Stack>
  );
}

/** The mirrored contracts of a connection with their services. */
export function ContractsPanel({ connectionId }: { connectionId: string }): ReactNode {
  const messages = useMessages();
  return (
    <Panel title={messages.contracts.title}>
      <Text c="dimmed">{messages.contracts.intro}</Text>
      <ContractList connectionId={connectionId} />
    </Panel>
  );
}
