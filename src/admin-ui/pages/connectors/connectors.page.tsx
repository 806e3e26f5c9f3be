import type { ReactNode } from 'react';
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { listConnections } from '../../api/connections.js';
import { toProblem } from '../../api/problem.js';
import { Icon } from '../../components/icons.js';
import { LoadMore } from '../../components/load-more.js';
import { Loading } from '../../components/loading.js';
import { PageTitle } from '../../components/page-title.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';
import { AddConnectionDialog } from './add-connection-dialog.js';
import { ConnectionTable } from './connection-table.js';

function NoConnections({ canAdd }: { canAdd: boolean }): ReactNode {
  const messages = useMessages();
  return (
    <Stack gap="xs" align="center" py="xl" ta="center">
      <Title order={2}>{messages.connectors.emptyTitle}</Title>
      <Text maw={520}>{canAdd ? messages.connectors.emptyBody : messages.connectors.emptyReadOnly}</Text>
    </Stack>
  );
}

function ConnectionList({ canAdd }: { canAdd: boolean }): ReactNode {
  const messages = useMessages();
  const client = useApi();
  const query = useInfiniteQuery({
    queryKey: ['connections'],
    queryFn: ({ pageParam, signal }) => listConnections(client, { cursor: pageParam, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  if (query.isPending) return <Loading />;
  if (query.data === undefined) {
    return <ProblemNotice problem={toProblem(query.error)} onRetry={() => void query.refetch()} />;
  }
  const connections = query.data.pages.flatMap((page) => page.items);
  if (connections.length === 0) return <NoConnections canAdd={canAdd} />;
  return (
    <Stack gap="sm">
      <ConnectionTable connections={connections} />
      {query.hasNextPage ? (
        <LoadMore
          text={messages.connectors.shown(connections.length)}
          hasMore
          isLoading={query.isFetchingNextPage}
          onMore={() => void query.fetchNextPage()}
        />
      ) : null}
    </Stack>
  );
}

/** Administration › Connectors. */
export function ConnectorsPage(): ReactNode {
  const messages = useMessages();
  const canAdd = useCan('connection:write');
  const [isAdding, adding] = useDisclosure(false);
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <PageTitle>{messages.connectors.title}</PageTitle>
        {canAdd ? (
          <Button leftSection={<Icon name="plus" />} onClick={adding.open}>
            {messages.connectors.add}
          </Button>
        ) : null}
      </Group>
      <Text c="dimmed">{messages.connectors.intro}</Text>
      <Paper withBorder p="md" bg="var(--psa-surface)">
        <ConnectionList canAdd={canAdd} />
      </Paper>
      <AddConnectionDialog isOpen={isAdding} onClose={adding.close} />
    </Stack>
  );
}
