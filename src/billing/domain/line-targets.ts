import type { LocalDate } from '../../kernel/local-date.js';
import { type ContractLine, type ContractState, extended, firstDayOf } from './contract-state.js';
import {
  noUnitsTarget,
  type Target,
  type TargetPolicy,
  type TermsTarget,
  termsTarget,
  unitsTarget,
} from './dated-targets.js';
import { type BillableState, type DesiredLine, inOrder } from './desired-line.js';
import { LineTimeline } from './line-timeline.js';
import type { PlanCurrencies, PlanRefusal, PlanStep, WrittenRevisions } from './plan-step.js';
import { lastUpTo } from './step-cause.js';
import {
  offerChange,
  periodMismatch,
  renewalOf,
  unsupportedChange,
  waitsForNextContract,
} from './unplanned-changes.js';

/** From which days what counts for a line, oldest first. */
export interface Targets {
  units: Target<number>[];
  terms: Target<TermsTarget>[];
}

/** What the changes of a subscription ask for, before it is compared with what the line has. */
export interface LineTargets extends Targets {
  /** Extensions of the contract, which go before everything else. */
  steps: PlanStep[];
  refusals: PlanRefusal[];
  /** As the extensions leave it. */
  contract: ContractState;
}

type Policy = TargetPolicy & Pick<PlanCurrencies, 'currency'>;

/** @param lineExternalId the line the subscription feeds; null when it does not exist yet */
export function targetsOf(
  desired: DesiredLine,
  actual: ContractState,
  lineExternalId: string | null,
  policy: Policy,
  today: LocalDate,
): LineTargets {
  const targets: Targets = { units: [], terms: [] };
  const steps: PlanStep[] = [];
  const refusals: PlanRefusal[] = [];
  let contract = actual;
  const written = new WrittenState(desired.known);
  let misfit: PlanRefusal | null = null;
  let other: PlanRefusal | null = null;
  let waiting: PlanRefusal | null = null;
  for (const after of inOrder(desired.changes)) {
    const before = written.state;
    other = offerChange(desired, before, after);
    if (other !== null) continue;
    const unsupported = unsupportedChange(desired, before, after);
    if (unsupported !== null) refusals.push(unsupported);
    const renewal = renewalOf(desired, contract, before, after, policy.currency);
    if (renewal !== null && policy.renewal === 'nextContract') {
      // What is renewed elsewhere is no longer this contract's; the plan of the next one takes it off here.
      waiting = waitsForNextContract(desired, contract, after);
      break;
    }
    if (renewal !== null) {
      contract = extended(contract, renewal.contractEndsOn);
      steps.push(renewal.step);
    }
    const situation = { desired, contract, line: lineOf(contract, lineExternalId), policy, today };
    const terms = termsTarget(situation, written.priced, after);
    misfit = terms === null ? null : periodMismatch(desired, contract, after);
    // What was never planned has no price to go on with.
    if (misfit !== null && before === null) continue;
    push(targets.units, unitsTarget(situation, before, after, unitsOf(situation.line, targets.units)));
    if (misfit === null) push(targets.terms, terms);
    written.take(after, misfit === null);
  }
  const situation = { desired, contract, line: lineOf(contract, lineExternalId), policy, today };
  if (desired.changes.length === 0 && desired.known !== null) {
    push(targets.units, noUnitsTarget(situation, desired.known));
  }
  for (const refused of [misfit, other, waiting]) {
    if (refused !== null) refusals.push({ ...refused, written: written.revisions });
  }
  const { line } = situation;
  if (line === null || firstDayOf(line) === null) bringTermsWithUnits(targets);
  return { ...targets, steps, refusals, contract };
}

/** The state the contract is brought to, and the one of which it has the price: not always the same. */
class WrittenState {
  /** The newest that was written, or refused only as far as its price goes. */
  state: BillableState | null;
  /** The one whose price the contract has. */
  priced: BillableState | null;
  readonly revisions: WrittenRevisions;

  constructor(known: BillableState | null) {
    this.state = known;
    this.priced = known;
    const revision = known?.revision ?? null;
    this.revisions = { state: revision, terms: revision };
  }

  take(state: BillableState, areTermsWritten: boolean): void {
    if (areTermsWritten || this.priced === null) this.priced = state;
    this.state = state;
    this.revisions.state = state.revision;
    if (areTermsWritten) this.revisions.terms = state.revision;
  }
}

/** Units of a day as the line has them, with what is foreseen on top. */
function unitsOf(line: ContractLine | null, foreseen: readonly Target<number>[]): (day: LocalDate) => number {
  const timeline = LineTimeline.of(line);
  return (day) => lastUpTo(foreseen, day)?.value ?? timeline.on(day).units;
}

function lineOf({ lines }: ContractState, id: string | null): ContractLine | null {
  return lines.find(({ externalId }) => externalId === id) ?? null;
}

/** A newer target replaces what older ones had foreseen for its day and after. */
function push<Value>(targets: Target<Value>[], next: Target<Value> | null): void {
  if (next === null) return;
  while ((targets.at(-1)?.on ?? '') >= next.on) targets.pop();
  targets.push(next);
}

/** A line is made by its first units and has its price from that day on; before it there is nothing to price. */
function bringTermsWithUnits(targets: Targets): void {
  const first = targets.units.findIndex(({ value }) => value > 0);
  const [firstTerms] = targets.terms;
  // Units without a price would be billed at whatever the service costs by itself.
  targets.units = first === -1 || firstTerms === undefined ? [] : targets.units.slice(first);
  const [firstUnits] = targets.units;
  if (firstUnits === undefined) {
    targets.terms = [];
    return;
  }
  const upTo = Math.max(
    0,
    targets.terms.findLastIndex(({ on }) => on <= firstUnits.on),
  );
  targets.terms = targets.terms
    .slice(upTo)
    .map((target, index) =>
      index === 0 ? { ...target, on: firstUnits.on, rule: 'price.withFirstUnits' } : target,
    );
}
