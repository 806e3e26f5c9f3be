import type { ReactNode } from 'react';
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { recheckConnection } from '../../api/connections.js';
import type { Connection } from '../../api/connections.js';
import { Panel } from '../../components/panel.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { useAction } from '../../components/use-action.js';
import { useAnnouncement } from '../../components/use-announcement.js';
import { useMessages } from '../../messages/messages.js';
import { useApi, useCan } from '../../session.js';
import { AccessHistory } from './access-history.js';
import { AccessChecklist } from './access-checklist.js';

/** The access report of a connection, with a fresh check on demand. */
export function AccessPanel({ connection }: { connection: Connection }): ReactNode {
  const messages = useMessages();
  const client = useApi();
  const canWrite = useCan('connection:write');
  const queryClient = useQueryClient();
  const announce = useAnnouncement();
  const check = useAction(() => recheckConnection(client, connection.id));

  async function checkAgain(): Promise<void> {
    const result = await check.run();
    if (result?.ok === true) {
      queryClient.setQueryData<Connection>(['connection', connection.id], (known) =>
        known === undefined ? known : { ...known, accessReport: result.value.accessReport },
      );
      announce(messages.access.rechecked);
    }
    // The check may have changed the state and the capabilities, also when it was refused.
    await queryClient.invalidateQueries({ queryKey: ['connection', connection.id] });
    await queryClient.invalidateQueries({ queryKey: ['connections'] });
  }

  return (
    <Panel
      title={messages.access.title}
      actions={
        canWrite ? (
          <Button variant="default" size="xs" loading={check.isPending} onClick={() => void checkAgain()}>
            {messages.access.checkAgain}
          </Button>
        ) : null
      }
    >
      {check.problem === null ? null : (
        <ProblemNotice problem={check.problem} title={messages.connectionForm.notTested} />
      )}
      <AccessChecklist report={connection.accessReport} />
      <AccessHistory connectionId={connection.id} />
    </Panel>
  );
}
