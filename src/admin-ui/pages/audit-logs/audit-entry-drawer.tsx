import type { ReactNode } from 'react';
import { Code, Drawer, Stack, Title } from '@mantine/core';
import type { AuditEntry } from '../../api/audit-entries.js';
import { DataTable } from '../../components/data-table.js';
import { FactList } from '../../components/fact-list.js';
import { Instant } from '../../components/instant.js';
import { useMessages } from '../../messages/messages.js';
import { splitDetails, valueText } from './audit-changes.js';
import type { FieldChange } from './audit-changes.js';
import { AuditOutcomeBadge } from './audit-outcome-badge.js';

function ChangesTable({ changes }: { changes: readonly FieldChange[] }): ReactNode {
  const messages = useMessages();
  const { audit, common } = messages;
  return (
    <DataTable
      label={audit.changes}
      columns={[
        { key: 'field', header: audit.field, isRowHeader: true, render: (change) => change.field },
        {
          key: 'before',
          header: audit.before,
          render: (change) => valueText(change.before) ?? common.noValue,
        },
        { key: 'after', header: audit.after, render: (change) => valueText(change.after) ?? common.noValue },
      ]}
      groups={[{ key: 'all', rows: changes }]}
      rowKey={(change) => change.field}
    />
  );
}

function Hash({ value }: { value: string | null }): ReactNode {
  const messages = useMessages();
  return value === null ? (
    messages.common.noValue
  ) : (
    <code style={{ overflowWrap: 'anywhere', fontSize: '0.8125rem' }}>{value}</code>
  );
}

function EntryFacts({ entry }: { entry: AuditEntry }): ReactNode {
  const messages = useMessages();
  const { audit } = messages;
  const orNone = (value: string | null): string => value ?? messages.common.noValue;
  return (
    <FactList
      facts={[
        [audit.operation, entry.operation],
        [audit.outcome, <AuditOutcomeBadge key="outcome" outcome={entry.outcome} />],
        [audit.time, <Instant key="time" value={entry.occurredAt} />],
        [audit.actor, `${entry.actor.name} (${entry.actor.id})`],
        [audit.subject, orNone(entry.subject.label)],
        [audit.subjectKind, entry.subject.type],
        [audit.subjectId, orNone(entry.subject.id)],
        [audit.tenant, entry.tenantId],
        [audit.connection, orNone(entry.connectionId)],
        [audit.correlationId, orNone(entry.correlationId)],
        [audit.id, entry.id],
        [audit.sequence, String(entry.sequence)],
        [audit.hash, <Hash key="hash" value={entry.hash} />],
        [audit.previousHash, <Hash key="previousHash" value={entry.previousHash} />],
      ]}
    />
  );
}

function EntryBody({ entry }: { entry: AuditEntry }): ReactNode {
  const { audit } = useMessages();
  const { changes, rest } = splitDetails(entry.details);
  return (
    <Stack gap="md">
      <EntryFacts entry={entry} />
      {changes.length === 0 ? null : (
        <>
          <Title order={3}>{audit.changes}</Title>
          <ChangesTable changes={changes} />
        </>
      )}
      {Object.keys(rest).length === 0 ? null : (
        <>
          <Title order={3}>{audit.details}</Title>
          <Code block tabIndex={0} aria-label={audit.details} role="region">
            {JSON.stringify(rest, null, 2)}
          </Code>
        </>
      )}
    </Stack>
  );
}

/** All members of one audit entry. */
export function AuditEntryDrawer(props: { entry: AuditEntry | null; onClose: () => void }): ReactNode {
  const messages = useMessages();
  return (
    <Drawer
      opened={props.entry !== null}
      onClose={props.onClose}
      position="right"
      size="lg"
      title={messages.audit.drawer}
      closeButtonProps={{ 'aria-label': messages.common.close }}
    >
      {props.entry === null ? null : <EntryBody entry={props.entry} />}
    </Drawer>
  );
}
