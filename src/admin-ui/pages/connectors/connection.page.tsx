import { useRef } from 'react';
import type { ReactNode } from 'react';
import { Anchor, Group, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { getConnection } from '../../api/connections.js';
import type { Connection } from '../../api/connections.js';
import { toProblem } from '../../api/problem.js';
import { FactList } from '../../components/fact-list.js';
import { Icon } from '../../components/icons.js';
import { Instant } from '../../components/instant.js';
import { Loading } from '../../components/loading.js';
import { PageTitle } from '../../components/page-title.js';
import { Panel } from '../../components/panel.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';
import { AccessPanel } from './access-panel.js';
import { ConnectionActions } from './connection-actions.js';
import { ConnectionTabs } from './connection-tabs.js';
import { ContractLinesPanel } from './contract-lines-panel.js';
import { ContractsPanel } from './contracts-panel.js';
import { FindingsLinks } from './findings-links.js';
import { PoliciesPanel } from './policies-panel.js';
import { CapabilityBadges, ConnectionStateBadge } from './state-badges.js';
import { SyncPanel } from './sync-panel.js';

function FactsPanel({ connection }: { connection: Connection }): ReactNode {
  const messages = useMessages();
  const text = messages.connection;
  return (
    <Panel title={text.facts}>
      <FactList
        facts={[
          [messages.connectors.state, <ConnectionStateBadge key="state" state={connection.state} />],
          [text.findings, <FindingsLinks key="findings" connectionId={connection.id} />],
          [messages.connectors.currency, connection.currency],
          [text.username, connection.username],
          [text.instanceId, connection.instance.id],
          [text.zone, connection.instance.zoneName],
          [text.apiUrl, connection.instance.apiUrl],
          [text.webUrl, connection.instance.webUrl],
          [
            messages.connectors.capabilities,
            <CapabilityBadges key="capabilities" capabilities={connection.capabilities} />,
          ],
          [text.created, <Instant key="created" value={connection.createdAt} />],
          [text.createdBy, connection.createdBy.name],
        ]}
      />
    </Panel>
  );
}

function ConnectionBody({ connection }: { connection: Connection }): ReactNode {
  const canReadRuns = useCan('sync:read');
  const lines = useRef<HTMLHeadingElement>(null);
  return (
    <>
      <FactsPanel connection={connection} />
      {canReadRuns ? <SyncPanel connection={connection} /> : null}
      <PoliciesPanel connection={connection} />
      <AccessPanel connection={connection} />
      <ContractsPanel connectionId={connection.id} onLines={() => lines.current?.focus()} />
      <ContractLinesPanel connectionId={connection.id} headingRef={lines} />
    </>
  );
}

/** Everything about one connection. */
export function ConnectionPage({ id }: { id: string }): ReactNode {
  const messages = useMessages();
  const client = useApi();
  const canWrite = useCan('connection:write');
  const query = useQuery({
    queryKey: ['connection', id],
    queryFn: ({ signal }) => getConnection(client, id, signal),
  });
  const connection = query.data;
  return (
    <Stack gap="md">
      <Anchor component={Link} href="/connectors" w="fit-content">
        <Group gap={4}>
          <Icon name="back" />
          {messages.connection.back}
        </Group>
      </Anchor>
      <Group justify="space-between">
        <PageTitle>{connection?.alias ?? messages.connection.loadingTitle}</PageTitle>
        {connection !== undefined && canWrite ? <ConnectionActions connection={connection} /> : null}
      </Group>
      <ConnectionTabs
        id={id}
        alias={connection?.alias ?? messages.connection.loadingTitle}
        current="overview"
      />
      {query.isPending ? <Loading /> : null}
      {connection === undefined && query.error !== null ? (
        <ProblemNotice problem={toProblem(query.error)} onRetry={() => void query.refetch()} />
      ) : null}
      {connection === undefined ? null : <ConnectionBody connection={connection} />}
    </Stack>
  );
}
