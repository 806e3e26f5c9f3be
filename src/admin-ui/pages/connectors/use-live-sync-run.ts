import { useEffect, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { followSyncRun } from '../../api/follow-sync-run.js';
import type { ApiProblem } from '../../api/problem.js';
import { toProblem } from '../../api/problem.js';
import { isTerminal } from '../../api/sync-runs.js';
import type { SyncRun } from '../../api/sync-runs.js';
import { useApi } from '../../session.js';

/**
 * The latest state of a run while it is under way. When it ends, what it may have changed is read anew. Null until the first
 * message, or when there is nothing to follow.
 */
export function useLiveSyncRun(
  connectionId: string,
  runId: string | null,
): { run: SyncRun | null; problem: ApiProblem | null } {
  const client = useApi();
  const queryClient = useQueryClient();
  const [run, setRun] = useState<SyncRun | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);

  useEffect(() => {
    if (runId === null) return undefined;
    const controller = new AbortController();
    setProblem(null);
    const onRun = (latest: SyncRun): void => {
      setRun(latest);
      if (!isTerminal(latest.state)) return;
      void queryClient.invalidateQueries({ queryKey: ['sync-runs', connectionId] });
      void queryClient.invalidateQueries({ queryKey: ['contracts', connectionId] });
      void queryClient.invalidateQueries({ queryKey: ['contract-lines', connectionId] });
      void queryClient.invalidateQueries({ queryKey: ['connection', connectionId] });
      void queryClient.invalidateQueries({ queryKey: ['overview'] });
    };
    followSyncRun(client, runId, { onRun, signal: controller.signal }).catch((error: unknown) => {
      if (!controller.signal.aborted) setProblem(toProblem(error));
    });
    return () => controller.abort();
  }, [client, queryClient, connectionId, runId]);

  return { run, problem };
}
