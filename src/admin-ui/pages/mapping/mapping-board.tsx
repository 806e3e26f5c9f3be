import { useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { Group, Paper, Stack, Text } from '@mantine/core';
import { syncSubscription } from '../../api/generated/api.js';
import type { MappingKind, MappingRow } from '../../api/mapping-rows.js';
import { mappingCalls } from '../../api/mappings.js';
import { formatNumber } from '../../components/format.js';
import { Loading } from '../../components/loading.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { useAction } from '../../components/use-action.js';
import { useAnnouncement } from '../../components/use-announcement.js';
import { useStable } from '../../components/use-stable.js';
import type { Messages } from '../../messages/en.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';
import { MappingDialogs } from './mapping-dialogs.js';
import type { OpenDialog } from './mapping-dialogs.js';
import { MappingFilterBar } from './mapping-filter-bar.js';
import { MappingGrid } from './mapping-grid.js';
import styles from './mapping-grid.module.css';
import { MappingKeys, MappingToolbar } from './mapping-toolbar.js';
import { useMappingActions } from './use-mapping-actions.js';
import { useMappingFilters } from './use-mapping-filters.js';
import { useMappingList } from './use-mapping-list.js';
import type { MappingFilters } from './use-mapping-list.js';
import { useSelection } from './use-selection.js';

/** At least this likely to be selected with the others. */
const CERTAIN = 0.8;

function emptyText({ mapping }: Messages, kind: MappingKind, { state, search }: MappingFilters): string {
  if (search !== '') return mapping.noneFound;
  if (state === null) return mapping.none[kind];
  return state === 'unmapped' ? mapping.noneLeft : mapping.noneInState;
}

/** Pushes again what failed of a subscription. */
function useSyncNow() {
  const { mapping } = useMessages();
  const client = useApi();
  const announce = useAnnouncement();
  const sync = useAction((row: MappingRow) => syncSubscription(client, row.key));
  const run = async (row: MappingRow): Promise<void> => {
    const result = await sync.run(row);
    if (result?.ok === true) announce(mapping.syncQueued(result.value.operationIds.length));
  };
  return { problem: sync.problem, run };
}

interface BoardProps {
  connectionId: string;
  kind: MappingKind;
}

/** The rows, where one stands among them, and what can be done; drawn by `MappingBoard`. */
function useBoard({ connectionId, kind }: BoardProps) {
  const client = useApi();
  const calls = useMemo(() => mappingCalls(client, connectionId, kind), [client, connectionId, kind]);
  const [filters, setFilters] = useMappingFilters();
  const list = useMappingList(calls, connectionId, kind, filters);
  const { rows, candidates } = list;
  const actions = useMappingActions({ calls, movesFreely: kind !== 'offers', replace: list.replace });
  const [activeIndex, setActiveIndex] = useState(0);
  const selection = useSelection();
  const sync = useSyncNow();
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const grid = useRef<HTMLDivElement>(null);

  const bestOf = ({ key }: MappingRow) => candidates.get(key)?.[0];
  const goOn = (): void => setActiveIndex((index) => Math.min(index + 1, Math.max(0, rows.length - 1)));
  function accept(wanted: readonly MappingRow[]): void {
    const pairs = wanted.flatMap((row) => {
      const candidate = row.state === 'unmapped' ? bestOf(row) : undefined;
      return candidate === undefined ? [] : [{ row, candidate }];
    });
    if (pairs.length > 0) void actions.accept(pairs);
    selection.clear();
  }
  const handlers = useStable({
    toggle: (row: MappingRow) => selection.toggle(row.key),
    choose: (row: MappingRow) => setDialog({ kind: 'target', row }),
    accept: (row: MappingRow) => {
      accept([row]);
      if (document.activeElement === grid.current) goOn();
    },
    exclude: (row: MappingRow) => setDialog({ kind: 'exclude', row }),
    remove: (row: MappingRow) => void actions.remove(row),
    syncNow: (row: MappingRow) => void sync.run(row),
  });
  return {
    calls,
    filters,
    list,
    actions,
    selection,
    handlers,
    grid,
    dialog,
    setDialog,
    activeIndex: Math.min(activeIndex, Math.max(0, rows.length - 1)),
    setActiveIndex,
    goOn,
    problem: actions.problem ?? sync.problem,
    chosen: rows.filter(({ key }) => selection.keys.has(key)),
    acceptChosen: () => accept(rows.filter(({ key }) => selection.keys.has(key))),
    selectCertain: () =>
      selection.set(
        rows
          .filter((row) => row.state === 'unmapped' && (bestOf(row)?.score ?? 0) >= CERTAIN)
          .map(({ key }) => key),
      ),
    filter: (next: Partial<MappingFilters>) => {
      setFilters({ ...filters, ...next });
      setActiveIndex(0);
      selection.clear();
    },
  };
}

type Board = ReturnType<typeof useBoard>;

function Rows({ board, kind }: { board: Board; kind: MappingKind }): ReactNode {
  const messages = useMessages();
  const canWrite = useCan('mapping:write');
  const canSync = useCan('billing:approve') && kind === 'subscriptions';
  const { list, filters, actions } = board;
  if (list.isPending) return <Loading />;
  if (list.problem !== null) return <ProblemNotice problem={list.problem} onRetry={list.retry} />;
  if (list.rows.length === 0 && !list.hasMore) {
    return (
      <Paper withBorder bg="var(--psa-surface)" className={styles['empty']}>
        <Text role="status">{emptyText(messages, kind, filters)}</Text>
      </Paper>
    );
  }
  return (
    <>
      <MappingGrid
        key={`${filters.state ?? 'all'} ${filters.search}`}
        kind={kind}
        rows={list.rows}
        candidates={list.candidates}
        hasMore={list.hasMore}
        readMore={list.readMore}
        activeIndex={board.activeIndex}
        onActivate={board.setActiveIndex}
        selected={board.selection.keys}
        refusals={actions.refusals}
        canWrite={canWrite}
        canSync={canSync}
        handlers={board.handlers}
        onUndo={() => void actions.undo()}
        gridRef={board.grid}
      />
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {list.isReadingMore
            ? messages.mapping.reading
            : messages.mapping.shown(list.rows.length, formatNumber(list.rows.length), list.hasMore)}
        </Text>
        {canWrite ? <MappingKeys /> : null}
      </Group>
    </>
  );
}

/** The rows of one kind with everything that can be done to them. */
export function MappingBoard(props: BoardProps): ReactNode {
  const { mapping } = useMessages();
  const canWrite = useCan('mapping:write');
  const board = useBoard(props);
  const { calls, filters, list, actions, selection, dialog, setDialog } = board;
  const search = useRef<HTMLInputElement>(null);

  /** Works while the focus is on this page (WCAG 2.1.4). */
  function onKeyDown(event: KeyboardEvent<HTMLDivElement>): void {
    if (event.key !== '/' || event.target instanceof HTMLInputElement || dialog !== null) return;
    event.preventDefault();
    search.current?.focus();
    search.current?.select();
  }

  return (
    <Stack gap="md" onKeyDown={onKeyDown} tabIndex={-1} style={{ outline: 'none' }}>
      <MappingFilterBar
        filters={filters}
        onChange={board.filter}
        onLeave={() => board.grid.current?.focus()}
        searchRef={search}
      />
      <MappingToolbar
        calls={calls}
        kind={props.kind}
        canWrite={canWrite}
        isBusy={actions.isBusy}
        selectedCount={board.chosen.length}
        lastDone={actions.lastDone}
        onSelectCertain={board.selectCertain}
        onClearSelection={selection.clear}
        onAccept={board.acceptChosen}
        onUndo={() => void actions.undo()}
        onImport={() => setDialog({ kind: 'import' })}
      />
      {board.problem === null ? null : <ProblemNotice problem={board.problem} title={mapping.notDone} />}
      <Rows board={board} kind={props.kind} />
      <MappingDialogs
        open={dialog}
        calls={calls}
        connectionId={props.connectionId}
        kind={props.kind}
        candidates={list.candidates}
        onMap={async (row, target) => {
          await actions.map(row, target);
          board.goOn();
        }}
        onExclude={async (row, reason) => {
          await actions.exclude(row, reason);
          board.goOn();
        }}
        onImported={list.refresh}
        onClose={() => setDialog(null)}
      />
    </Stack>
  );
}
