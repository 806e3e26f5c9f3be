import type { ReactNode } from 'react';
import { Anchor, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { getOverview } from '../../api/generated/api.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';

/** How many findings wait on one connection, with the way to them. */
export function FindingsLinks({ connectionId }: { connectionId: string }): ReactNode {
  const { connection, common } = useMessages();
  const client = useApi();
  const maySee = useCan('billing:read');
  const { data } = useQuery({
    queryKey: ['overview'],
    queryFn: ({ signal }) => getOverview(client, signal),
    enabled: maySee,
  });
  const found = data?.connections.find((one) => one.connectionId === connectionId);
  if (found === undefined) return common.noValue;
  const base = `/connectors/${connectionId}`;
  return (
    <Group gap="md">
      <Anchor component={Link} href={`${base}/operations?state=failed`} underline="always">
        {connection.failedCount(found.failedOperations)}
      </Anchor>
      <Anchor component={Link} href={`${base}/drift`} underline="always">
        {connection.driftCount(found.openDrift)}
      </Anchor>
      <Anchor component={Link} href={`${base}/plans`} underline="always">
        {connection.waitingCount(found.waitingSubscriptions)}
      </Anchor>
    </Group>
  );
}
