import type { ReactNode } from 'react';
import { Progress, Stack, Text } from '@mantine/core';
import type { ApiBudget } from '../../api/generated/api.js';
import { formatNumber } from '../../components/format.js';
import { Instant } from '../../components/instant.js';
import { Notice } from '../../components/tone.js';
import { useMessages } from '../../messages/messages.js';
import { useConnectionOverview } from './use-connection-overview.js';

const leftOf = ({ limit, used }: ApiBudget): number => Math.max(0, limit - used);

/** Requests left to the instance of a connection, in one line; nothing for those who may not see it. */
export function ApiBudgetLeft({ connectionId }: { connectionId: string }): ReactNode {
  const { connectors } = useMessages();
  const budget = useConnectionOverview(connectionId)?.apiBudget;
  if (budget === undefined) return null;
  return (
    <Text size="xs" c="dimmed" fw={400} span>
      {connectors.callsLeft(formatNumber(leftOf(budget)), formatNumber(budget.limit))}
    </Text>
  );
}

/** Who used how much of the allowance of the instance, as a bar and in words. */
export function ApiBudgetChart({ connectionId }: { connectionId: string }): ReactNode {
  const { sync } = useMessages();
  const budget = useConnectionOverview(connectionId)?.apiBudget;
  if (budget === undefined) return null;
  const share = (count: number): number => (budget.limit === 0 ? 0 : (100 * count) / budget.limit);
  const words = sync.budgetUsed(
    formatNumber(budget.own),
    formatNumber(budget.others),
    formatNumber(leftOf(budget)),
    formatNumber(budget.limit),
  );
  return (
    <Stack gap={4}>
      <Progress.Root size="lg" role="img" aria-label={`${sync.budget(budget.windowMinutes)}: ${words}`}>
        <Progress.Section value={share(budget.own)} color="var(--psa-accent)" withAria={false} />
        <Progress.Section value={share(budget.others)} color="var(--psa-dimmed)" withAria={false} />
      </Progress.Root>
      <Text size="sm" c="dimmed">
        {sync.budget(budget.windowMinutes)}: {words}
      </Text>
      {budget.closedUntil === null ? null : (
        <Notice tone="warning">
          <p>
            {sync.budgetClosed} <Instant value={budget.closedUntil} />
          </p>
        </Notice>
      )}
    </Stack>
  );
}
