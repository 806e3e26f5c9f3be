import type { ReactNode } from 'react';
import { Anchor, Paper, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';
import { listImports } from '../../api/generated/api.js';
import type { ImportSummary } from '../../api/generated/api.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { formatMonth, formatNumber } from '../../components/format.js';
import { Instant } from '../../components/instant.js';
import { PageTitle } from '../../components/page-title.js';
import { PagedList, usePages } from '../../components/paged-list.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';
import { ImportStateBadge } from './import-state-badge.js';
import { UploadPanel } from './upload-panel.js';

const PAGE = 25;

function useColumns(): Column<ImportSummary>[] {
  const { imports, common } = useMessages();
  return [
    {
      key: 'file',
      header: imports.file,
      isRowHeader: true,
      render: ({ id, fileName }) => (
        <Anchor component={Link} href={`/imports/${id}`} fz="inherit" underline="always">
          {fileName ?? imports.unnamed}
        </Anchor>
      ),
    },
    { key: 'state', header: imports.state, render: ({ state }) => <ImportStateBadge state={state} /> },
    { key: 'format', header: imports.format, render: ({ format }) => imports.formats[format] },
    {
      key: 'month',
      header: imports.month,
      render: ({ billingMonth }) => (billingMonth === null ? common.noValue : formatMonth(billingMonth)),
    },
    {
      key: 'accepted',
      header: imports.accepted,
      isNumeric: true,
      render: ({ lines }) => formatNumber(lines.accepted),
    },
    {
      key: 'rejected',
      header: imports.rejected,
      isNumeric: true,
      render: ({ lines }) => formatNumber(lines.rejected),
    },
    { key: 'created', header: imports.created, render: ({ createdAt }) => <Instant value={createdAt} /> },
    { key: 'by', header: imports.by, render: ({ createdBy }) => createdBy.name },
  ];
}

function ImportList(): ReactNode {
  const { imports } = useMessages();
  const client = useApi();
  const columns = useColumns();
  const pages = usePages(['imports'], (cursor, signal) =>
    listImports(client, { limit: PAGE, cursor }, signal),
  );
  return (
    <PagedList pages={pages} none={imports.none} shown={imports.shown}>
      {(items) => (
        <DataTable
          label={imports.table}
          columns={columns}
          groups={[{ key: 'all', rows: items }]}
          rowKey={({ id }) => id}
        />
      )}
    </PagedList>
  );
}

/** Imported bills, and the way to import one. */
export function ImportsPage(): ReactNode {
  const { imports } = useMessages();
  const canImport = useCan('imports:write');
  return (
    <Stack>
      <PageTitle>{imports.title}</PageTitle>
      <Text c="dimmed">{imports.intro}</Text>
      {canImport ? <UploadPanel /> : null}
      <Paper withBorder p="md" bg="var(--psa-surface)">
        <ImportList />
      </Paper>
    </Stack>
  );
}
