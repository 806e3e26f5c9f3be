import type { ReactNode } from 'react';
import { Group, Paper, Stack, Text, TextInput } from '@mantine/core';
import { listCharges } from '../../api/generated/api.js';
import type { Charge } from '../../api/generated/api.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { formatAmount, formatDate } from '../../components/format.js';
import { PageTitle } from '../../components/page-title.js';
import { PagedList, usePages } from '../../components/paged-list.js';
import { useHashQuery } from '../../hash-location.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';

const PAGE = 50;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

interface Period {
  from: string;
  to: string;
}

/** From the first day of the month before to the last of the present one, in UTC. */
function usualPeriod(now: Date): Period {
  const day = (months: number, date: number) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, date)).toISOString().slice(0, 10);
  return { from: day(-1, 1), to: day(1, 0) };
}

function useColumns(): Column<Charge>[] {
  const { charges } = useMessages();
  return [
    {
      key: 'charge',
      header: charges.charge,
      isRowHeader: true,
      render: ({ description, id }) => (
        <Stack gap={2}>
          <span>{description}</span>
          <Text size="xs" c="dimmed" fw={400}>
            {id}
          </Text>
        </Stack>
      ),
    },
    { key: 'customer', header: charges.customer, render: ({ customerId }) => customerId },
    { key: 'kind', header: charges.kind, render: ({ kind }) => charges.kinds[kind] },
    {
      key: 'period',
      header: charges.period,
      render: ({ servicePeriod: { from, to } }) => charges.periodOf(formatDate(from), formatDate(to)),
    },
    { key: 'quantity', header: charges.quantity, isNumeric: true, render: ({ quantity }) => quantity },
    {
      key: 'cost',
      header: charges.unitCost,
      isNumeric: true,
      render: ({ unitCost }) => formatAmount(unitCost),
    },
    {
      key: 'price',
      header: charges.unitPrice,
      isNumeric: true,
      render: ({ unitPrice }) => formatAmount(unitPrice),
    },
  ];
}

function ChargeList({ period: { from, to } }: { period: Period }): ReactNode {
  const { charges } = useMessages();
  const client = useApi();
  const columns = useColumns();
  const pages = usePages(['charges', from, to], (cursor, signal) =>
    listCharges(client, { from, to, limit: PAGE, cursor }, signal),
  );
  return (
    <PagedList pages={pages} none={charges.none} shown={charges.shown}>
      {(items) => (
        <DataTable
          label={charges.table}
          columns={columns}
          groups={[{ key: 'all', rows: items }]}
          rowKey={({ id }) => id}
        />
      )}
    </PagedList>
  );
}

/** Charges the platform recorded, by the day their service period ends on. */
export function ChargesPage(): ReactNode {
  const { charges } = useMessages();
  const [query, replaceQuery] = useHashQuery();
  const usual = usualPeriod(new Date());
  const dayOf = (name: keyof Period): string => {
    const given = query.get(name) ?? '';
    return DAY.test(given) ? given : usual[name];
  };
  const period = { from: dayOf('from'), to: dayOf('to') };
  const isWrong = period.to < period.from;
  const field = (name: keyof Period) => (
    <TextInput
      type="date"
      label={charges[name]}
      w={{ base: '100%', sm: 220 }}
      value={period[name]}
      error={name === 'to' && isWrong ? charges.wrongPeriod : undefined}
      onChange={(event) => {
        const value = event.currentTarget.value;
        if (DAY.test(value)) replaceQuery(new URLSearchParams({ ...period, [name]: value }));
      }}
    />
  );
  return (
    <Stack gap="md">
      <PageTitle>{charges.title}</PageTitle>
      <Text c="dimmed">{charges.intro}</Text>
      <Group align="flex-start">
        {field('from')}
        {field('to')}
      </Group>
      {isWrong ? null : (
        <Paper withBorder p="md" bg="var(--psa-surface)">
          <ChargeList period={period} />
        </Paper>
      )}
    </Stack>
  );
}
