import type { ReactNode } from 'react';
import { Anchor, Group, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';
import { listContracts } from '../../api/contracts.js';
import type { Amount, Contract, ContractService } from '../../api/contracts.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { formatAmount, formatDate, formatNumber } from '../../components/format.js';
import { PagedList, usePages } from '../../components/paged-list.js';
import { Panel } from '../../components/panel.js';
import { ToneBadge } from '../../components/tone.js';
import { textFor, useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';
import { linesAddress } from './use-line-filter.js';

interface PanelProps {
  connectionId: string;
  /** The lines of a contract were chosen, which another part of the page shows. */
  onLines: () => void;
}

function ContractHeader(props: PanelProps & { contract: Contract }): ReactNode {
  const messages = useMessages();
  const { contract } = props;
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
        <Anchor
          component={Link}
          href={linesAddress(props.connectionId, contract.externalId)}
          onClick={props.onLines}
          size="sm"
          fw={400}
          aria-label={messages.contracts.linesOf(contract.name)}
        >
          {messages.contracts.lines}
        </Anchor>
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

function ContractList(props: PanelProps): ReactNode {
  const { connectionId } = props;
  const messages = useMessages();
  const client = useApi();
  const columns = useColumns();
  const pages = usePages(['contracts', connectionId], (cursor, signal) =>
    listContracts(client, connectionId, { cursor, signal }),
  );
  return (
    <PagedList pages={pages} none={messages.contracts.none} shown={messages.contracts.shown}>
      {(items) => (
        <DataTable
          label={messages.contracts.title}
          columns={columns}
          groups={items.map((contract) => ({
            key: contract.externalId,
            header: <ContractHeader {...props} contract={contract} />,
            rows: contract.services,
            empty: messages.contracts.noServices,
          }))}
          rowKey={(service) => service.externalId}
        />
      )}
    </PagedList>
  );
}

/** The mirrored contracts of a connection with their services. */
export function ContractsPanel(props: PanelProps): ReactNode {
  const messages = useMessages();
  return (
    <Panel title={messages.contracts.title}>
      <Text c="dimmed">{messages.contracts.intro}</Text>
      <ContractList {...props} />
    </Panel>
  );
}
