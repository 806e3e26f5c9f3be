import type { ReactNode } from 'react';
import { Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listAuditEntries } from '../../api/audit-entries.js';
import type { AuditEntry } from '../../api/audit-entries.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { Instant } from '../../components/instant.js';
import { ToneBadge } from '../../components/tone.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';

/** As the API names it; data, not text of this UI. */
const OPERATION = 'Check Connector Connection';
const SHOWN = 10;

interface NotPassed {
  id: string;
  detail: string;
}

function isNotPassed(value: unknown): value is NotPassed {
  const { id, detail } = (value ?? {}) as Partial<NotPassed>;
  return typeof id === 'string' && typeof detail === 'string';
}

/** The checks of an access check that did not pass, as the audit log keeps them. */
export function notPassedOf({ details }: Pick<AuditEntry, 'details'>): NotPassed[] {
  const report = details?.['accessCheck'] as { notPassed?: unknown } | null | undefined;
  const list: unknown = report?.notPassed;
  return Array.isArray(list) ? list.filter(isNotPassed) : [];
}

function useColumns(): Column<AuditEntry>[] {
  const { access } = useMessages();
  return [
    {
      key: 'time',
      header: access.checkedAt,
      isRowHeader: true,
      render: ({ occurredAt }) => <Instant value={occurredAt} />,
    },
    {
      key: 'outcome',
      header: access.outcome,
      render: ({ outcome }) => (
        <ToneBadge tone={outcome === 'succeeded' ? 'good' : 'bad'}>
          {outcome === 'succeeded' ? access.outcomes.passed : access.outcomes.failed}
        </ToneBadge>
      ),
    },
    {
      key: 'notPassed',
      header: access.notPassed,
      isWide: true,
      render: (entry) => {
        const found = notPassedOf(entry);
        if (found.length === 0) return access.nothing;
        return found.map(({ id, detail }) => (
          <Text key={id} size="xs" component="div">
            <code>{id}</code> {detail}
          </Text>
        ));
      },
    },
    { key: 'by', header: access.by, render: ({ actor }) => actor.name },
  ];
}

/** The latest access checks, from the audit log; nothing for whoever may not read that. */
export function AccessHistory({ connectionId }: { connectionId: string }): ReactNode {
  const { access } = useMessages();
  const client = useApi();
  const maySee = useCan('audit:read');
  const columns = useColumns();
  const { data } = useQuery({
    queryKey: ['connection', connectionId, 'access-history'],
    queryFn: ({ signal }) => listAuditEntries(client, { operation: OPERATION, connectionId, signal }),
    enabled: maySee,
  });
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {access.history}
      </Title>
      <DataTable
        label={access.history}
        columns={columns}
        groups={[{ key: 'all', rows: data.items.slice(0, SHOWN) }]}
        rowKey={({ id }) => id}
      />
    </Stack>
  );
}
