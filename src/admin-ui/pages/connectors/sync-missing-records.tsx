import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button, Group, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { decideVisibility } from '../../api/sync-runs.js';
import { ProblemNotice } from '../../components/problem-notice.js';
import { Notice } from '../../components/tone.js';
import { useAction } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';

type Decision = 'acceptDeletions' | 'keep';

/** Asks what a run that stopped over missing records leaves to a person. */
export function MissingRecordsQuestion({ connectionId }: { connectionId: string }): ReactNode {
  const { sync } = useMessages();
  const client = useApi();
  const queryClient = useQueryClient();
  const [decided, setDecided] = useState<Decision | null>(null);
  const decide = useAction((decision: Decision) => decideVisibility(client, connectionId, decision));

  async function answer(decision: Decision): Promise<void> {
    const result = await decide.run(decision);
    if (result?.ok !== true) return;
    setDecided(decision);
    await queryClient.invalidateQueries({ queryKey: ['connection', connectionId] });
    await queryClient.invalidateQueries({ queryKey: ['sync-schedule', connectionId] });
  }

  if (decided !== null) {
    const text = decided === 'keep' ? sync.recordsKept : sync.deletionsAccepted;
    return (
      <Notice tone="info" role="status">
        <p>{text}</p>
      </Notice>
    );
  }
  return (
    <Notice tone="warning" title={sync.missing}>
      <Text size="sm">{sync.missingHint}</Text>
      <Group gap="xs" mt="xs">
        <Button
          size="xs"
          color="red"
          loading={decide.isPending}
          onClick={() => void answer('acceptDeletions')}
        >
          {sync.acceptDeletions}
        </Button>
        <Button size="xs" variant="default" disabled={decide.isPending} onClick={() => void answer('keep')}>
          {sync.keep}
        </Button>
      </Group>
      {decide.problem === null ? null : <ProblemNotice problem={decide.problem} title={sync.notDecided} />}
    </Notice>
  );
}
