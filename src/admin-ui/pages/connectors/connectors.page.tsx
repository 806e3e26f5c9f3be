import type { ReactNode } from 'react';
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { listConnections } from '../../api/connections.js';
import { Icon } from '../../components/icons.js';
import { PageTitle } from '../../components/page-title.js';
import { PagedList, usePages } from '../../components/paged-list.js';
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
  const pages = usePages(['connections'], (cursor, signal) => listConnections(client, { cursor, signal }));
  return (
    <PagedList
      pages={pages}
      none={<NoConnections canAdd={canAdd} />}
      shown={messages.connectors.shown}
      hidesCount
    >
      {(connections) => <ConnectionTable connections={connections} />}
    </PagedList>
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
