import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button, NativeSelect, Paper, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import {
  compensateOperation,
  dismissOperation,
  getPushes,
  listOperations,
  resumePushes,
  retryOperation,
} from '../../api/generated/api.js';
import type { Operation } from '../../api/generated/api.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { PageTitle } from '../../components/page-title.js';
import { PagedList, usePages } from '../../components/paged-list.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { Notice } from '../../components/tone.js';
import { useAction } from '../../components/use-action.js';
import { useAnnouncement } from '../../components/use-announcement.js';
import { useHashQuery } from '../../hash-location.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';
import { ConnectionFrame } from '../connectors/connection-tabs.js';
import { OperationTable } from './operation-table.js';
import type { OperationDeed } from './operation-table.js';

const PAGE = 50;
/** How often operations on their way are looked at again. */
const LOOK_AGAIN_MS = 2000;
const STATES = ['pending', 'sending', 'verifying', 'applied', 'failed', 'dismissed'] as const;
type State = (typeof STATES)[number];

function useStateFilter(): [State | undefined, (state: string) => void] {
  const [query, replaceQuery] = useHashQuery();
  const state = STATES.find((known) => known === query.get('state'));
  return [
    state,
    (next) => replaceQuery(next === '' ? new URLSearchParams() : new URLSearchParams({ state: next })),
  ];
}

const isUnderWay = ({ state }: Operation): boolean =>
  state === 'pending' || state === 'sending' || state === 'verifying';

function useOperations(connectionId: string, state: State | undefined) {
  const client = useApi();
  return usePages(
    ['operations', connectionId, state ?? null],
    (cursor, signal) => listOperations(client, { connectionId, state, limit: PAGE, cursor }, signal),
    { refetchEvery: (pages) => (pages.some(({ items }) => items.some(isUnderWay)) ? LOOK_AGAIN_MS : false) },
  );
}

/** Says when nothing is sent, why, and lets a person start it again. */
function Pushes({ connectionId, canAct }: { connectionId: string; canAct: boolean }): ReactNode {
  const { operations } = useMessages();
  const client = useApi();
  const queryClient = useQueryClient();
  const announce = useAnnouncement();
  const queryKey = ['pushes', connectionId];
  const query = useQuery({ queryKey, queryFn: ({ signal }) => getPushes(client, connectionId, signal) });
  const resume = useAction(() => resumePushes(client, connectionId));

  async function run(): Promise<void> {
    const result = await resume.run();
    if (result?.ok !== true) return;
    queryClient.setQueryData(queryKey, result.value);
    await queryClient.invalidateQueries({ queryKey: ['operations', connectionId] });
    announce(operations.resumed);
  }
  if (query.data?.state !== 'stopped') return null;
  return (
    <Notice tone="bad" role="alert" title={operations.stopped}>
      <p>{query.data.reason}</p>
      {canAct ? (
        <Button mt="xs" size="xs" variant="default" loading={resume.isPending} onClick={() => void run()}>
          {operations.resume}
        </Button>
      ) : null}
      {resume.problem === null ? null : <ProblemNotice problem={resume.problem} title={operations.notDone} />}
    </Notice>
  );
}

interface Asked {
  operation: Operation;
  deed: 'dismiss' | 'compensate';
}

function DeedDialog(props: { asked: Asked; onConfirm: () => Promise<void>; onClose: () => void }): ReactNode {
  const { operations } = useMessages();
  const isDismissal = props.asked.deed === 'dismiss';
  return (
    <ConfirmDialog
      title={isDismissal ? operations.dismissTitle : operations.compensateTitle}
      confirm={isDismissal ? operations.dismiss : operations.compensate}
      notDone={operations.notDone}
      onConfirm={props.onConfirm}
      onClose={props.onClose}
    >
      <Text>{isDismissal ? operations.dismissText : operations.compensateText}</Text>
    </ConfirmDialog>
  );
}

const DEEDS = { retry: retryOperation, dismiss: dismissOperation, compensate: compensateOperation };

function OperationList(props: {
  connectionId: string;
  state: State | undefined;
  canAct: boolean;
}): ReactNode {
  const { operations } = useMessages();
  const client = useApi();
  const queryClient = useQueryClient();
  const announce = useAnnouncement();
  const pages = useOperations(props.connectionId, props.state);
  const [asked, setAsked] = useState<Asked | null>(null);

  async function carryOut(operation: Operation, deed: OperationDeed): Promise<void> {
    await DEEDS[deed](client, operation.id);
    const said = {
      retry: operations.retried,
      dismiss: operations.dismissed,
      compensate: operations.compensated,
    };
    announce(said[deed]);
    await queryClient.invalidateQueries({ queryKey: ['operations', props.connectionId] });
  }
  const retry = useAction((operation: Operation) => carryOut(operation, 'retry'));

  return (
    <Stack gap="sm">
      {retry.problem === null ? null : <ProblemNotice problem={retry.problem} title={operations.notDone} />}
      <PagedList
        pages={pages}
        none={props.state === undefined ? operations.none : operations.noneInState}
        shown={operations.shown}
      >
        {(items) => (
          <OperationTable
            operations={items}
            canAct={props.canAct}
            onDeed={(operation, deed) => {
              if (deed === 'retry') void retry.run(operation);
              else setAsked({ operation, deed });
            }}
          />
        )}
      </PagedList>
      {asked === null ? null : (
        <DeedDialog
          asked={asked}
          onConfirm={() => carryOut(asked.operation, asked.deed)}
          onClose={() => setAsked(null)}
        />
      )}
    </Stack>
  );
}

/** The queue of what is written to the PSA for one connection. */
export function OperationsPage({ connectionId }: { connectionId: string }): ReactNode {
  const { operations } = useMessages();
  const canAct = useCan('billing:approve');
  const [state, setState] = useStateFilter();
  return (
    <ConnectionFrame id={connectionId} current="operations">
      <PageTitle>{operations.title}</PageTitle>
      <Text c="dimmed">{operations.intro}</Text>
      <Pushes connectionId={connectionId} canAct={canAct} />
      <NativeSelect
        label={operations.state}
        w={{ base: '100%', sm: 240 }}
        value={state ?? ''}
        onChange={(event) => setState(event.currentTarget.value)}
        data={[
          { value: '', label: operations.anyState },
          ...STATES.map((value) => ({ value, label: operations.states[value] })),
        ]}
      />
      <Paper withBorder p="md" bg="var(--psa-surface)">
        <OperationList connectionId={connectionId} state={state} canAct={canAct} />
      </Paper>
    </ConnectionFrame>
  );
}
