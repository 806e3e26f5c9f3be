import type { ReactNode } from 'react';
import { Anchor, Group, Stack } from '@mantine/core';
import { Link } from 'wouter';
import { useMessages } from '../../messages/messages.js';
import { useConnectionOverview } from './use-connection-overview.js';

/** How many findings wait on one connection, with the way to them. */
export function FindingsLinks({ connectionId }: { connectionId: string }): ReactNode {
  const { connection, common } = useMessages();
  const found = useConnectionOverview(connectionId);
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

/** The findings there are, one below the other, for a list of connections. */
export function OpenFindings({ connectionId }: { connectionId: string }): ReactNode {
  const { connection, common } = useMessages();
  const found = useConnectionOverview(connectionId);
  if (found === undefined) return common.noValue;
  const base = `/connectors/${connectionId}`;
  const all = [
    [found.failedOperations, `${base}/operations?state=failed`, connection.failedCount],
    [found.openDrift, `${base}/drift`, connection.driftCount],
    [found.waitingSubscriptions, `${base}/plans`, connection.waitingCount],
  ] as const;
  const open = all.filter(([count]) => count > 0);
  if (open.length === 0) return connection.noFindings;
  return (
    <Stack gap={2} align="flex-start">
      {open.map(([count, href, text]) => (
        <Anchor key={href} component={Link} href={href} underline="always" fz="inherit">
          {text(count)}
        </Anchor>
      ))}
    </Stack>
  );
}
