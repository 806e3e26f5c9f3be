import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Button, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { listConnections } from '../../api/connections.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';
import { hasFilters, NO_FILTERS } from './audit-filters.js';
import type { AuditFilters } from './audit-filters.js';

/** Names as the API writes them; they are data, not text of this UI. */
const OPERATIONS = [
  'Create Connector Connection',
  'Update Connector Connection',
  'Delete Connector Connection',
  'Check Connector Connection',
  'Create Connection Customer Mapping',
  'Update Connection Customer Mapping',
  'Delete Connection Customer Mapping',
  'Create Connection Offer Mapping',
  'Update Connection Offer Mapping',
  'Delete Connection Offer Mapping',
  'Create Connection Subscription Mapping',
  'Update Connection Subscription Mapping',
  'Delete Connection Subscription Mapping',
  'Update Subscription on Connection',
  'Approve Billing Plan',
  'Start Sync Run',
  'Export Audit Log',
  'Archive Audit Log',
  'Cancel Sync Run',
  'Update Sync Schedule',
  'Decide Missing Records',
];
const TYPING_PAUSE_MS = 300;

interface FilterFormProps {
  filters: AuditFilters;
  onChange: (filters: AuditFilters) => void;
}

/** Waits for a pause in the typing before it filters; follows the address when that changes otherwise. */
function TextFilter(props: {
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
}): ReactNode {
  const [typed, setTyped] = useState(props.value);
  useEffect(() => setTyped(props.value), [props.value]);
  const report = useDebouncedCallback(props.onChange, TYPING_PAUSE_MS);
  return (
    <TextInput
      label={props.label}
      placeholder={props.placeholder}
      type="search"
      maxLength={200}
      value={typed}
      w={{ base: '100%', sm: 220 }}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        report(event.currentTarget.value);
      }}
    />
  );
}

/** The connections there are; one that was removed stays as its id. Left out for whoever may not see connections. */
function ConnectionFilter(props: { value: string; onChange: (value: string) => void }): ReactNode {
  const { audit } = useMessages();
  const client = useApi();
  const maySee = useCan('connection:read');
  const query = useQuery({
    queryKey: ['connections', 'for-audit-filter'],
    queryFn: ({ signal }) => listConnections(client, { signal }),
    enabled: maySee,
  });
  if (!maySee && props.value === '') return null;
  const known = (query.data?.items ?? []).map(({ id, alias }) => ({ value: id, label: alias }));
  const isKnown = props.value === '' || known.some(({ value }) => value === props.value);
  return (
    <Select
      label={audit.connection}
      placeholder={audit.anyConnection}
      data={isKnown ? known : [...known, { value: props.value, label: props.value }]}
      value={props.value === '' ? null : props.value}
      onChange={(value) => props.onChange(value ?? '')}
      clearable
      searchable
      w={{ base: '100%', sm: 220 }}
    />
  );
}

/** Narrows the audit log down; every change applies at once. */
export function AuditFilterForm({ filters, onChange }: FilterFormProps): ReactNode {
  const messages = useMessages();
  const { audit } = messages;
  const set = (change: Partial<AuditFilters>): void => onChange({ ...filters, ...change });
  const operations =
    filters.operation === '' || OPERATIONS.includes(filters.operation)
      ? OPERATIONS
      : [...OPERATIONS, filters.operation];
  return (
    <Group component="search" role="search" aria-label={audit.filters} align="flex-end" gap="sm">
      <Select
        label={audit.operation}
        placeholder={audit.anyOperation}
        data={operations}
        value={filters.operation === '' ? null : filters.operation}
        onChange={(value) => set({ operation: value ?? '' })}
        clearable
        searchable
        w={{ base: '100%', sm: 290 }}
      />
      <Select
        label={audit.outcome}
        placeholder={audit.anyOutcome}
        data={[
          { value: 'succeeded', label: audit.outcomes.succeeded },
          { value: 'failed', label: audit.outcomes.failed },
        ]}
        value={filters.outcome === '' ? null : filters.outcome}
        onChange={(value) => set({ outcome: value ?? '' })}
        clearable
        w={{ base: '100%', sm: 140 }}
      />
      <TextFilter
        label={audit.text}
        placeholder={audit.textHint}
        value={filters.text}
        onChange={(text) => set({ text })}
      />
      <TextFilter
        label={audit.actor}
        placeholder={audit.actorHint}
        value={filters.actor}
        onChange={(actor) => set({ actor })}
      />
      <ConnectionFilter value={filters.connection} onChange={(connection) => set({ connection })} />
      <TextInput
        label={audit.from}
        type="date"
        value={filters.from}
        onChange={(event) => set({ from: event.currentTarget.value })}
        w={{ base: '100%', sm: 140 }}
      />
      <TextInput
        label={audit.to}
        type="date"
        value={filters.to}
        onChange={(event) => set({ to: event.currentTarget.value })}
        w={{ base: '100%', sm: 140 }}
      />
      <Button variant="default" disabled={!hasFilters(filters)} onClick={() => onChange(NO_FILTERS)}>
        {audit.clear}
      </Button>
    </Group>
  );
}
