import { useState } from 'react';
import type { ReactNode, RefObject } from 'react';
import { Stack, Text } from '@mantine/core';
import { exportContractLines, listContractLines } from '../../api/contract-lines.js';
import type { ContractLine, LineChoice } from '../../api/contract-lines.js';
import type { Page } from '../../api/page.js';
import type { Amount } from '../../api/contracts.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { formatAmount, formatDate, formatNumber } from '../../components/format.js';
import { PagedList, usePages } from '../../components/paged-list.js';
import type { Pages } from '../../components/paged-list.js';
import { Panel } from '../../components/panel.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { saveFile } from '../../components/save-file.js';
import { ToneBadge } from '../../components/tone.js';
import { useAction } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';
import { ContractLinesFilter } from './contract-lines-filter.js';
import { useLineFilter } from './use-line-filter.js';

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

function LineList(props: { pages: Pages<Page<ContractLine>>; none: string; groupKey: string }): ReactNode {
  const { contractLines: text } = useMessages();
  const columns = useColumns();
  return (
    <PagedList pages={props.pages} none={props.none} shown={text.shown}>
      {(items) => (
        <DataTable
          label={text.title}
          columns={columns}
          groups={[{ key: props.groupKey, rows: items }]}
          rowKey={({ kind, externalId }) => `${kind}.${externalId}`}
        />
      )}
    </PagedList>
  );
}

/** What the contracts of a connection bill on a day of choice: all of them, those of one company, or one. */
export function ContractLinesPanel(props: {
  connectionId: string;
  headingRef: RefObject<HTMLHeadingElement | null>;
}): ReactNode {
  const { connectionId } = props;
  const { contractLines: text } = useMessages();
  const client = useApi();
  const [asOf, setAsOf] = useState(today);
  const [filter, setFilter] = useLineFilter();
  const choice: LineChoice = { asOf, ...filter };
  const pages = usePages(['contract-lines', connectionId, choice], (cursor, signal) =>
    listContractLines(client, connectionId, { ...choice, cursor, signal }),
  );
  const download = useAction(async () => {
    saveFile(await exportContractLines(client, connectionId, choice), `contract-lines-${asOf}.csv`);
  });
  const isNarrowed = filter.contractId !== undefined || filter.companyId !== undefined;
  return (
    <Panel title={text.title} headingRef={props.headingRef}>
      <Text c="dimmed">{text.intro}</Text>
      <ContractLinesFilter
        connectionId={connectionId}
        choice={choice}
        firstLine={pages.data?.pages[0]?.items[0]}
        onDay={(day) => setAsOf(day === '' ? today() : day)}
        onFilter={setFilter}
        download={download}
      />
      {download.problem === null ? null : <ProblemNotice problem={download.problem} />}
      <LineList pages={pages} none={isNarrowed ? text.noneOfChoice : text.none} groupKey={asOf} />
    </Panel>
  );
}
