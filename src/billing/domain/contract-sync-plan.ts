import type { LocalDate } from '../../kernel/local-date.js';
import type { ContractState } from './contract-state.js';
import type { TargetPolicy } from './dated-targets.js';
import { type DesiredLine, inOrder, isOver } from './desired-line.js';
import { planLine } from './line-plan.js';
import type { ContractSyncPlan, PlanCurrencies, PlanRefusal } from './plan-step.js';

/**
 * What has to be written so that the contracts bill what the subscriptions say: the same steps for preview and for apply. Pure;
 * the order of the input does not matter, and planning again what was carried out gives nothing.
 *
 * @param desired with changes; or without, where the subscription is over and a contract that is extended may not carry it on
 * @param actual contracts as the PSA shows them, with what was decided before on top
 */
export function planContractSync(
  desired: readonly DesiredLine[],
  actual: readonly ContractState[],
  policy: TargetPolicy & PlanCurrencies,
  today: LocalDate,
): ContractSyncPlan {
  const contracts = new Map(actual.map((contract) => [contract.externalId, contract]));
  const plan: ContractSyncPlan = { steps: [], refusals: [] };
  // A line that one subscription feeds is no longer free for the next.
  const claimed = new Set<string>();
  for (const line of inTurn(desired)) {
    const contract = contracts.get(line.contractExternalId);
    // Without a change of its own it is looked at only where its contract is extended.
    if (line.changes.length === 0 && !(isOver(line) && contract?.reachesUntil !== undefined)) continue;
    const refusal = refusalOfContract(line, contract);
    if (contract === undefined || refusal !== null) {
      if (refusal !== null) plan.refusals.push(refusal);
      continue;
    }
    const foreignLineExternalIds = [...line.foreignLineExternalIds, ...claimed].filter(
      (id) => id !== line.lineExternalId,
    );
    const planned = planLine({ ...line, foreignLineExternalIds }, contract, policy, today);
    if (planned.lineExternalId !== null) claimed.add(planned.lineExternalId);
    plan.steps.push(...planned.steps);
    plan.refusals.push(...planned.refusals);
    // A later subscription on the same contract finds it as extended by an earlier one.
    contracts.set(contract.externalId, planned.contract);
  }
  return plan;
}

/** Subscriptions that are over come last: what others extend must not carry their units on. */
export function inTurn(desired: readonly DesiredLine[]): DesiredLine[] {
  return desired.toSorted(bySubscription).toSorted((left, right) => +isOver(left) - +isOver(right));
}

function refusalOfContract(line: DesiredLine, contract: ContractState | undefined): PlanRefusal | null {
  const { subscriptionId, contractExternalId } = line;
  const revision = inOrder(line.changes).at(-1)?.revision ?? 0;
  const common = { subscriptionId, contractExternalId, revision };
  if (contract === undefined) {
    const detail = `Contract ${contractExternalId} is not to be found in the PSA; map the subscription to another one.`;
    return { ...common, code: 'billing.contract_missing', detail };
  }
  if (contract.isActive) return null;
  const detail = `Contract ${contractExternalId} is not active; activate it or map the subscription to another one.`;
  return { ...common, code: 'billing.contract_inactive', detail };
}

function bySubscription(left: DesiredLine, right: DesiredLine): number {
  return left.subscriptionId < right.subscriptionId ? -1 : 1;
}
