import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button, Group, NativeSelect, Paper, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { exportReconciliation, planReconciliation, reconcileMonth } from '../../api/generated/api.js';
import type { ReconciliationFinding, ReconciliationReport } from '../../api/generated/api.js';
import { toProblem } from '../../api/problem.js';
import { LoadMore } from '../../components/load-more.js';
import { Loading } from '../../components/loading.js';
import { formatMonth } from '../../components/format.js';
import { PageTitle } from '../../components/page-title.js';
import { usePages } from '../../components/paged-list.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { saveFile } from '../../components/save-file.js';
import { SearchField } from '../../components/search-field.js';
import { useAction } from '../../components/use-action.js';
import { useHashQuery } from '../../hash-location.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';
import { ConnectionFrame } from '../connectors/connection-tabs.js';
import { FindingTable } from './finding-table.js';
import { ImpactPanel } from './impact-panel.js';
import { ChangesSinceClosing, MonthHead } from './month-head.js';
import { chosenMonth, monthsToChoose } from './month.js';

const PAGE = 50;
/** As many as one request takes. */
const MOST_PLANNED = 50;
const KINDS = [
  'missingInAutotask',
  'missingAtMicrosoft',
  'differentQuantity',
  'differentPrice',
  'differentDate',
  'differentCurrency',
  'matched',
] as const;

interface Filter {
  month: string;
  kind?: ReconciliationFinding['kind'] | undefined;
  search?: string | undefined;
}

function useFilter(): [Filter, (change: Partial<Record<keyof Filter, string>>) => void] {
  const [query, replaceQuery] = useHashQuery();
  const filter: Filter = {
    month: chosenMonth(query.get('month'), new Date()),
    kind: KINDS.find((known) => known === query.get('kind')),
    search: query.get('search') ?? undefined,
  };
  const change = (wanted: Partial<Record<keyof Filter, string>>) => {
    const next = { ...filter, ...wanted };
    const texts = Object.entries(next).filter(([, text]) => text !== undefined && text !== '');
    replaceQuery(new URLSearchParams(texts as [string, string][]));
  };
  return [filter, change];
}

function FilterBar(props: {
  filter: Filter;
  onChange: (change: Partial<Record<keyof Filter, string>>) => void;
}): ReactNode {
  const { reconciliation } = useMessages();
  const { filter, onChange } = props;
  return (
    <Group align="flex-end">
      <NativeSelect
        label={reconciliation.month}
        w={{ base: '100%', sm: 200 }}
        value={filter.month}
        onChange={(event) => onChange({ month: event.currentTarget.value })}
        data={monthsToChoose(filter.month, new Date()).map((value) => ({ value, label: formatMonth(value) }))}
      />
      <NativeSelect
        label={reconciliation.kind}
        w={{ base: '100%', sm: 220 }}
        value={filter.kind ?? ''}
        onChange={(event) => onChange({ kind: event.currentTarget.value })}
        data={[
          { value: '', label: reconciliation.anyKind },
          ...KINDS.map((value) => ({ value, label: reconciliation.kinds[value] })),
        ]}
      />
      <SearchField
        label={reconciliation.search}
        description={reconciliation.searchHint}
        value={filter.search ?? ''}
        onChange={(search) => onChange({ search })}
      />
    </Group>
  );
}

function PlanBar(props: { report: ReconciliationReport; chosen: ReadonlySet<string> }): ReactNode {
  const { reconciliation } = useMessages();
  const { connectionId, month } = props.report;
  const client = useApi();
  const queryClient = useQueryClient();
  const [, navigate] = useLocation();
  const count = props.chosen.size;
  const action = useAction(() =>
    planReconciliation(client, connectionId, month, { findingIds: [...props.chosen] }),
  );

  async function plan(): Promise<void> {
    const result = await action.run();
    if (result?.ok !== true) return;
    void queryClient.invalidateQueries({ queryKey: ['plans', connectionId] });
    navigate(`/connectors/${connectionId}/plans/${result.value.planId}`);
  }

  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {count > MOST_PLANNED ? reconciliation.tooMany(MOST_PLANNED) : reconciliation.planHint}
        </Text>
        <Button
          loading={action.isPending}
          disabled={count === 0 || count > MOST_PLANNED}
          onClick={() => void plan()}
        >
          {count === 0 ? reconciliation.plan : reconciliation.planOf(count)}
        </Button>
      </Group>
      {action.problem === null ? null : (
        <ProblemNotice problem={action.problem} title={reconciliation.notPlanned} />
      )}
    </Stack>
  );
}

function Findings(props: {
  report: ReconciliationReport;
  findings: readonly ReconciliationFinding[];
  isFiltered: boolean;
}): ReactNode {
  const { reconciliation } = useMessages();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const mayPlan = useCan('billing:approve') && props.report.state === 'open';
  const canChoose = mayPlan && props.findings.some(({ isFixable }) => isFixable);
  // What the filters hide is not planned.
  const visible = new Set(props.findings.flatMap(({ id }) => (chosen.has(id) ? [id] : [])));
  if (props.findings.length === 0) {
    return <Text>{props.isFiltered ? reconciliation.noneFiltered : reconciliation.none}</Text>;
  }
  return (
    <>
      {canChoose ? <PlanBar report={props.report} chosen={visible} /> : null}
      <FindingTable
        findings={props.findings}
        chosen={canChoose ? visible : null}
        onChoose={(id, isChosen) => {
          const next = new Set(chosen);
          if (isChosen) next.add(id);
          else next.delete(id);
          setChosen(next);
        }}
      />
    </>
  );
}

function Report({ connectionId, filter }: { connectionId: string; filter: Filter }): ReactNode {
  const { reconciliation } = useMessages();
  const client = useApi();
  const { month, kind, search } = filter;
  const query = usePages(
    ['reconciliation', connectionId, month, kind ?? null, search ?? null],
    (cursor, signal) => reconcileMonth(client, connectionId, { ...filter, limit: PAGE, cursor }, signal),
  );
  const report = query.data?.pages[0];
  if (query.isPending) return <Loading />;
  if (report === undefined) {
    return <ProblemNotice problem={toProblem(query.error)} onRetry={() => void query.refetch()} />;
  }
  const findings = query.data?.pages.flatMap((page) => page.items) ?? [];
  const isFiltered = kind !== undefined || search !== undefined;
  return (
    <>
      <MonthHead report={report} isFiltered={isFiltered} />
      {report.changesSinceClosing === undefined ? null : (
        <ChangesSinceClosing changes={report.changesSinceClosing} />
      )}
      <ImpactPanel connectionId={connectionId} month={month} />
      <Paper withBorder p="md" bg="var(--psa-surface)">
        <Stack gap="sm">
          <Findings report={report} findings={findings} isFiltered={isFiltered} />
          <LoadMore
            text={reconciliation.shown(findings.length)}
            hasMore={query.hasNextPage}
            isLoading={query.isFetchingNextPage}
            onMore={() => void query.fetchNextPage()}
          />
        </Stack>
      </Paper>
    </>
  );
}

/** A billing month of a connection beside what Autotask and Microsoft hold, with plans, closing and CSV. */
export function ReconciliationPage({ connectionId }: { connectionId: string }): ReactNode {
  const { reconciliation } = useMessages();
  const client = useApi();
  const [filter, changeFilter] = useFilter();
  const download = useAction(async () =>
    saveFile(await exportReconciliation(client, connectionId, filter), `reconciliation-${filter.month}.csv`),
  );
  return (
    <ConnectionFrame id={connectionId} current="reconciliation">
      <Group justify="space-between">
        <PageTitle>{reconciliation.title}</PageTitle>
        <Button variant="default" loading={download.isPending} onClick={() => void download.run()}>
          {reconciliation.download}
        </Button>
      </Group>
      <Text c="dimmed">{reconciliation.intro}</Text>
      {download.problem === null ? null : (
        <ProblemNotice problem={download.problem} title={reconciliation.notDownloaded} />
      )}
      <FilterBar filter={filter} onChange={changeFilter} />
      <Report connectionId={connectionId} filter={filter} />
    </ConnectionFrame>
  );
}
