import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { closeBillingMonth } from '../../api/generated/api.js';
import type { ReconciliationReport } from '../../api/generated/api.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { DataTable } from '../../components/data-table.js';
import { formatAmount, formatMonth } from '../../components/format.js';
import { Instant } from '../../components/instant.js';
import { Panel } from '../../components/panel.js';
import { SignedAmount } from '../../components/signed-amount.js';
import { ToneBadge } from '../../components/tone.js';
import { useAnnouncement } from '../../components/use-announcement.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';
import { isOver } from './month.js';

type Changes = NonNullable<ReconciliationReport['changesSinceClosing']>;
type Change = Changes['items'][number];

function CloseButton({ connectionId, month }: { connectionId: string; month: string }): ReactNode {
  const { reconciliation } = useMessages();
  const client = useApi();
  const queryClient = useQueryClient();
  const announce = useAnnouncement();
  const [isAsked, setAsked] = useState(false);

  async function close(): Promise<void> {
    await closeBillingMonth(client, connectionId, month);
    announce(reconciliation.closeDone);
    await queryClient.invalidateQueries({ queryKey: ['reconciliation', connectionId, month] });
  }

  return (
    <>
      <Button variant="default" onClick={() => setAsked(true)}>
        {reconciliation.close}
      </Button>
      {isAsked ? (
        <ConfirmDialog
          title={reconciliation.closeTitle(formatMonth(month))}
          confirm={reconciliation.close}
          notDone={reconciliation.notClosed}
          onConfirm={close}
          onClose={() => setAsked(false)}
        >
          <Text>{reconciliation.closeText}</Text>
        </ConfirmDialog>
      ) : null}
    </>
  );
}

function Figure({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <Text component="dt" size="sm" c="dimmed">
        {label}
      </Text>
      <Text component="dd" m={0} fw={600}>
        {children}
      </Text>
    </div>
  );
}

/** Whether the month is closed, and the totals of what the filters pick. */
export function MonthHead(props: { report: ReconciliationReport; isFiltered: boolean }): ReactNode {
  const { reconciliation } = useMessages();
  const mayClose = useCan('reconciliation:close');
  const { totals, state, closedAt, closedBy, computedAt, connectionId, month } = props.report;
  const isClosable = mayClose && state === 'open' && isOver(month, new Date());
  return (
    <Panel
      title={props.isFiltered ? reconciliation.totalsFiltered : reconciliation.totals}
      actions={isClosable ? <CloseButton connectionId={connectionId} month={month} /> : undefined}
    >
      <SimpleGrid component="dl" m={0} cols={{ base: 2, sm: 3, md: 5 }}>
        <Figure label={reconciliation.expected}>{formatAmount(totals.expected)}</Figure>
        <Figure label={reconciliation.actual}>{formatAmount(totals.actual)}</Figure>
        <Figure label={reconciliation.loss}>{formatAmount(totals.loss)}</Figure>
        <Figure label={reconciliation.gain}>{formatAmount(totals.gain)}</Figure>
        <Figure label={reconciliation.net}>
          <SignedAmount value={totals.net} />
        </Figure>
      </SimpleGrid>
      <Group gap="xs">
        <ToneBadge tone={state === 'closed' ? 'good' : 'neutral'}>{reconciliation[state]}</ToneBadge>
        <Text size="sm" c="dimmed">
          {closedAt === undefined ? (
            <>
              {reconciliation.computed} <Instant value={computedAt} />
            </>
          ) : (
            <>
              <Instant value={closedAt} />{' '}
              {closedBy === undefined ? null : reconciliation.closedBy(closedBy.name)}
            </>
          )}
        </Text>
      </Group>
    </Panel>
  );
}

function Side({ side }: { side: Change['now'] }): ReactNode {
  const { reconciliation } = useMessages();
  if (side === null) return reconciliation.gone;
  return (
    <Stack gap={2}>
      <span>{reconciliation.kinds[side.kind]}</span>
      <SignedAmount value={side.impact} />
    </Stack>
  );
}

/** What is different now from what a closed month holds. */
export function ChangesSinceClosing({ changes }: { changes: Changes }): ReactNode {
  const { reconciliation } = useMessages();
  return (
    <Panel title={reconciliation.changes}>
      {changes.count === 0 ? (
        <Text>{reconciliation.noChanges}</Text>
      ) : (
        <>
          <Text>{reconciliation.changesTotal(changes.count, formatAmount(changes.impact))}</Text>
          <DataTable<Change>
            label={reconciliation.changes}
            columns={[
              {
                key: 'finding',
                header: reconciliation.finding,
                isRowHeader: true,
                render: ({ title }) => title,
              },
              {
                key: 'customer',
                header: reconciliation.customer,
                render: ({ customerName }) => customerName,
              },
              {
                key: 'before',
                header: reconciliation.before,
                render: ({ before }) => <Side side={before} />,
              },
              { key: 'now', header: reconciliation.now, render: ({ now }) => <Side side={now} /> },
            ]}
            groups={[{ key: 'all', rows: changes.items }]}
            rowKey={({ id }) => id}
          />
        </>
      )}
    </Panel>
  );
}
