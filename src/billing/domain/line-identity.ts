import type { ContractLine, ContractState } from './contract-state.js';
import type { DesiredLine } from './desired-line.js';
import type { PlanRefusal } from './plan-step.js';

const TO_COME = 'to-come:';

/** Stands for a line that an unfinished operation of a subscription is going to make. */
export function lineToCome(lineId: string): string {
  return TO_COME + lineId;
}

export function isToCome(lineExternalId: string): boolean {
  return lineExternalId.startsWith(TO_COME);
}

/**
 * The line of the contract that belongs to a subscription: the one bound to it before, else the only one of its service that no
 * other subscription has; null when there is none. A service that is on the contract twice is not guessed at.
 */
export function findLine(
  desired: Pick<
    DesiredLine,
    | 'lineExternalId'
    | 'serviceExternalId'
    | 'foreignLineExternalIds'
    | 'subscriptionId'
    | 'contractExternalId'
  > & { changes: readonly { revision: number }[] },
  contract: ContractState,
): { line: ContractLine | null } | { refusal: PlanRefusal } {
  const { lineExternalId, serviceExternalId, foreignLineExternalIds } = desired;
  const own = contract.lines.find(({ externalId }) => externalId === lineExternalId);
  if (own !== undefined) return { line: own };
  const free = contract.lines.filter(
    (line) =>
      line.serviceExternalId === serviceExternalId &&
      !foreignLineExternalIds.includes(line.externalId) &&
      !isToCome(line.externalId),
  );
  if (free.length <= 1) return { line: free[0] ?? null };
  const { subscriptionId, contractExternalId, changes } = desired;
  const names = free
    .map(({ externalId }) => externalId)
    .toSorted((left, right) => Number(left) - Number(right));
  return {
    refusal: {
      code: 'billing.line_ambiguous',
      subscriptionId,
      contractExternalId,
      detail:
        `Service ${serviceExternalId} is on contract ${contractExternalId} more than once (lines ${names.join(' and ')}), and none of ` +
        'them is bound to this subscription. Remove one from the contract, or map the subscription to another contract.',
      revision: Math.max(0, ...changes.map(({ revision }) => revision)),
    },
  };
}
