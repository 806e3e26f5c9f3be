import type { ReactNode } from 'react';
import { Anchor, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { getImport } from '../../api/generated/api.js';
import type { Import, ImportRejection } from '../../api/generated/api.js';
import { toProblem } from '../../api/problem.js';
import { DataTable } from '../../components/data-table.js';
import { FactList } from '../../components/fact-list.js';
import { formatMonth, formatNumber } from '../../components/format.js';
import { Instant } from '../../components/instant.js';
import { Loading } from '../../components/loading.js';
import { PageTitle } from '../../components/page-title.js';
import { Panel } from '../../components/panel.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { Notice } from '../../components/tone.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';
import { ImportStateBadge } from './import-state-badge.js';
import { ImportedLines } from './imported-lines.js';

const LOOK_AGAIN_MS = 1_000;

const isUnderWay = (state: Import['state'] | undefined): boolean => state === 'queued' || state === 'running';

function Result({ found }: { found: Import }): ReactNode {
  const { imports, common } = useMessages();
  const { lines, error } = found;
  return (
    <Panel title={imports.result}>
      {error === null ? null : (
        <Notice tone="bad" role="alert" title={imports.failed}>
          <p>{error.detail}</p>
          <p>
            <code>{error.code}</code>
          </p>
        </Notice>
      )}
      <FactList
        facts={[
          [imports.state, <ImportStateBadge key="state" state={found.state} />],
          [imports.month, found.billingMonth === null ? common.noValue : formatMonth(found.billingMonth)],
          [imports.created, <Instant key="created" value={found.createdAt} />],
          [imports.by, found.createdBy.name],
          [imports.read, formatNumber(lines.read)],
          [imports.accepted, formatNumber(lines.accepted)],
          [imports.rejected, formatNumber(lines.rejected)],
          [imports.unchanged, formatNumber(lines.unchanged)],
          [imports.superseded, formatNumber(found.superseded)],
        ]}
      />
    </Panel>
  );
}

function Detected({ found: { detected, format } }: { found: Import }): ReactNode {
  const { imports, common } = useMessages();
  return (
    <Panel title={imports.detected}>
      <FactList
        facts={[
          [imports.format, imports.formats[format]],
          [imports.encoding, detected.encoding],
          [
            imports.delimiter,
            detected.delimiter === null ? common.noValue : <code>{detected.delimiter}</code>,
          ],
          [imports.decimalMark, <code key="mark">{detected.decimalMark}</code>],
          [imports.dateFormat, detected.dateFormat],
          [imports.assumptions, detected.assumptions.join(', ') || common.noValue],
        ]}
      />
      <Text size="sm">{imports.wrongFormat}</Text>
    </Panel>
  );
}

function Rejections({ rows }: { rows: readonly ImportRejection[] }): ReactNode {
  const { imports, common } = useMessages();
  if (rows.length === 0) return null;
  return (
    <Panel title={imports.rejections}>
      <DataTable<ImportRejection>
        label={imports.rejections}
        groups={[{ key: 'all', rows }]}
        rowKey={({ line, column, code }) => `${line} ${column ?? ''} ${code}`}
        columns={[
          { key: 'line', header: imports.line, isNumeric: true, render: ({ line }) => line },
          { key: 'column', header: imports.column, render: ({ column }) => column ?? common.noValue },
          { key: 'why', header: imports.why, isWide: true, render: ({ detail }) => detail },
          { key: 'code', header: imports.code, render: ({ code }) => <code>{code}</code> },
        ]}
      />
      <Text size="sm" c="dimmed">
        {imports.rejectionsShown(rows.length)}
      </Text>
    </Panel>
  );
}

/** What became of one file; looks again while it is being read. */
export function ImportPage({ id }: { id: string }): ReactNode {
  const { imports } = useMessages();
  const client = useApi();
  const query = useQuery({
    queryKey: ['import', id],
    queryFn: ({ signal }) => getImport(client, id, signal),
    refetchInterval: ({ state }) => (isUnderWay(state.data?.state) ? LOOK_AGAIN_MS : false),
  });
  return (
    <Stack>
      <Anchor component={Link} href="/imports">
        {imports.back}
      </Anchor>
      <PageTitle>{query.data?.fileName ?? imports.importTitle}</PageTitle>
      {query.isPending ? <Loading /> : null}
      {query.isError ? (
        <ProblemNotice problem={toProblem(query.error)} onRetry={() => void query.refetch()} />
      ) : null}
      {query.data === undefined ? null : (
        <>
          <Result found={query.data} />
          <Detected found={query.data} />
          <Rejections rows={query.data.rejections} />
          {isUnderWay(query.data.state) ? null : <ImportedLines id={id} />}
        </>
      )}
    </Stack>
  );
}
