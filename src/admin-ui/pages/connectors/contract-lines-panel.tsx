import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { exportContractLines, listContractLines } from '../../api/contract-lines.js';
import type { ContractLine } from '../../api/contract-lines.js';
import type { Amount } from '../../api/contracts.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { formatAmount, formatDate, formatNumber } from '../../components/format.js';
import { PagedList, usePages } from '../../components/paged-list.js';
import { Panel } from '../../components/panel.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { saveFile } from '../../components/save-file.js';
import { ToneBadge } from '../../components/tone.js';
import { useAction } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';

/** Today in UTC, as the API counts days. */
function today(): string {
  return new Date().toISOString().slice(0, 10);
}

function useColumns(): Column<ContractLine>[] {
  const messages = useMessages();
  const { contractLines: text, contracts } = messages;
  const amount = (value: Amount | null): string =>
    value === null ? messages.common.noValue : formatAmount(value);
  return [
    {
      key: 'line',
      header: text.line,
      isRowHeader: true,
      render: ({ company, contract, name }) => (
        <Stack gap={0}>
          <span>{name}</span>
          <Text size="sm" c="dimmed" fw={400} span>
            {company.name} · {contract.name}
          </Text>
        </Stack>
      ),
    },
    {
      key: 'period',
      header: text.period,
      render: ({ startsOn, endsOn }) => contracts.period(formatDate(startsOn), formatDate(endsOn)),
    },
    { key: 'units', header: contracts.units, isNumeric: true, render: ({ units }) => formatNumber(units) },
    {
      key: 'unitPrice',
      header: contracts.unitPrice,
      isNumeric: true,
      render: ({ unitPrice }) => amount(unitPrice),
    },
    {
      key: 'internalUnitPrice',
      header: text.internalUnitPrice,
      isNumeric: true,
      render: ({ internalUnitPrice }) => amount(internalUnitPrice),
    },
    {
      key: 'unitCost',
      header: contracts.unitCost,
      isNumeric: true,
      render: ({ unitCost }) => amount(unitCost),
    },
    {
      key: 'posted',
      header: text.state,
      render: ({ isPosted }) => (
        <ToneBadge tone={isPosted ? 'good' : 'neutral'}>{isPosted ? text.posted : text.open}</ToneBadge>
      ),
    },
  ];
}

function LineList({ connectionId, asOf }: { connectionId: string; asOf: string }): ReactNode {
  const messages = useMessages();
  const client = useApi();
  const columns = useColumns();
  const pages = usePages(['contract-lines', connectionId, asOf], (cursor, signal) =>
    listContractLines(client, connectionId, { asOf, cursor, signal }),
  );
  return (
    <PagedList pages={pages} none={messages.contractLines.none} shown={messages.contractLines.shown}>
      {(items) => (
        <DataTable
          label={messages.contractLines.title}
          columns={columns}
          groups={[{ key: asOf, rows: items }]}
          rowKey={({ kind, externalId }) => `${kind}.${externalId}`}
        />
      )}
    </PagedList>
  );
}

/** What the contracts of a connection bill on a day of choice. */
export function ContractLinesPanel({ connectionId }: { connectionId: string }): ReactNode {
  const messages = useMessages();
  const client = useApi();
  const [asOf, setAsOf] = useState(today);
  const download = useAction(async () => {
    saveFile(await exportContractLines(client, connectionId, asOf), `contract-lines-${asOf}.csv`);
  });
  return (
    <Panel title={messages.contractLines.title}>
      <Text c="dimmed">{messages.contractLines.intro}</Text>
      <Group align="flex-end" gap="sm">
        <TextInput
          type="date"
          label={messages.contractLines.asOf}
          value={asOf}
          onChange={(event) => setAsOf(event.currentTarget.value || today())}
          w={{ base: '100%', sm: 180 }}
        />
        <Button variant="default" loading={download.isPending} onClick={() => void download.run()}>
          {messages.contractLines.download}
        </Button>
      </Group>
      {download.problem === null ? null : <ProblemNotice problem={download.problem} />}
      <LineList connectionId={connectionId} asOf={asOf} />
    </Panel>
  );
}
