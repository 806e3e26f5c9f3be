import type { ReactNode } from 'react';
import { Anchor, Group, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { getConnection } from '../../api/connections.js';
import type { Connection } from '../../api/connections.js';
import { Icon } from '../../components/icons.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';
import styles from './connection-tabs.module.css';

export type ConnectionTab =
  'overview' | 'customers' | 'offers' | 'subscriptions' | 'plans' | 'operations' | 'drift' | 'reconciliation';

const MAPPINGS: readonly ConnectionTab[] = ['customers', 'offers', 'subscriptions'];
const BILLING: readonly ConnectionTab[] = ['plans', 'operations', 'drift'];

/** The connection of a page; pages of one connection share what was read. */
export function useConnection(id: string): Connection | undefined {
  const client = useApi();
  return useQuery({
    queryKey: ['connection', id],
    queryFn: ({ signal }) => getConnection(client, id, signal),
  }).data;
}

/** Ways between the pages of one connection. */
export function ConnectionTabs(props: { id: string; alias: string; current: ConnectionTab }): ReactNode {
  const { connection } = useMessages();
  const maySeeMappings = useCan('mapping:read');
  const maySeeBilling = useCan('billing:read');
  const maySeeReconciliation = useCan('reconciliation:read');
  const tabs: ConnectionTab[] = [
    'overview',
    ...(maySeeMappings ? MAPPINGS : []),
    ...(maySeeBilling ? BILLING : []),
    ...(maySeeReconciliation ? (['reconciliation'] as const) : []),
  ];
  return (
    <nav aria-label={connection.partsOf(props.alias)} className={styles['tabs']}>
      {tabs.map((tab) => (
        <Link
          key={tab}
          href={tab === 'overview' ? `/connectors/${props.id}` : `/connectors/${props.id}/${tab}`}
          className={styles['tab']}
          aria-current={tab === props.current ? 'page' : undefined}
        >
          {connection.tabs[tab]}
        </Link>
      ))}
    </nav>
  );
}

/** The way back and the tabs above a page of one connection. */
export function ConnectionFrame(props: {
  id: string;
  current: ConnectionTab;
  children: ReactNode;
}): ReactNode {
  const messages = useMessages();
  const connection = useConnection(props.id);
  const alias = connection?.alias ?? messages.connection.loadingTitle;
  return (
    <Stack gap="md">
      <Anchor component={Link} href={`/connectors/${props.id}`} w="fit-content">
        <Group gap={4}>
          <Icon name="back" />
          {alias}
        </Group>
      </Anchor>
      <ConnectionTabs id={props.id} alias={alias} current={props.current} />
      {props.children}
    </Stack>
  );
}
