import type { LocalDate } from '../../kernel/local-date.js';
import { type ContractLine, type ContractState, extended, type ScheduledPrice } from './contract-state.js';
import { lineToCome } from './line-identity.js';
import { LineTimeline, type LineValues } from './line-timeline.js';
import { isRefusal, type Operation } from './operation.js';
import type { PushedChange } from './operation-store.js';
import type { PlanStep } from './plan-step.js';

/** A line as it is going to be, and what each unfinished operation finds when its turn comes. */
export interface Overlaid {
  line: ContractLine | null;
  before: Map<string, LineValues>;
}

/** The contract with the extensions on top that were decided before. */
export function withExtensions(contract: ContractState, open: readonly Operation[]): ContractState {
  return open.reduce((sofar, { step }) => {
    const { contractEndsOn } = step;
    return contractEndsOn === null || contractEndsOn <= sofar.endsOn
      ? sofar
      : extended(sofar, contractEndsOn);
  }, contract);
}

/**
 * The line with everything on top that was sent or decided: prices we know because we sent them, days that are taken, and the
 * operations that are not finished, in their order.
 */
export function overlaid(
  line: ContractLine | null,
  own: { lineId: string; serviceExternalId: string },
  pushed: readonly PushedChange[],
  open: readonly Operation[],
  today: LocalDate,
): Overlaid {
  // A refused change has no write: nothing comes of it until it is planned again.
  const adjustments = open.filter((operation) => isAdjustment(operation.step) && !isRefusal(operation));
  if (line === null && !adjustments.some(({ step }) => step.after.units > 0)) {
    return { line: null, before: new Map() };
  }
  const base: ContractLine = line ?? {
    externalId: lineToCome(own.lineId),
    serviceExternalId: own.serviceExternalId,
    unitPrice: null,
    unitCost: null,
    units: [],
    deltas: [],
    scheduled: [],
    takenDays: [],
  };
  const applied = pushed.filter(({ state }) => state === 'applied');
  let current: ContractLine = {
    ...base,
    scheduled: pricesOf(applied, base, today),
    takenDays: pushed.map(({ effectiveOn }) => effectiveOn),
  };
  const before = new Map<string, LineValues>();
  for (const { id, step } of adjustments) {
    const found = LineTimeline.of(current).on(step.effectiveOn);
    before.set(id, found);
    current = withStep(current, step, found);
  }
  return { line: current, before };
}

export function isAdjustment({ kind }: PlanStep): boolean {
  return kind === 'addService' || kind === 'adjustUnits' || kind === 'adjustPrice';
}

function withStep(line: ContractLine, step: PlanStep, found: LineValues): ContractLine {
  const { effectiveOn, before, after } = step;
  const unitPrice = isSame(before.unitPrice, after.unitPrice) ? null : after.unitPrice;
  const unitCost = isSame(before.unitCost, after.unitCost) ? null : after.unitCost;
  // One that only prices leaves the units that are there.
  const delta = after.units === before.units ? 0 : after.units - found.units;
  return {
    ...line,
    deltas: delta === 0 ? line.deltas : [...line.deltas, { from: effectiveOn, units: delta }],
    scheduled:
      unitPrice === null && unitCost === null
        ? line.scheduled
        : [
            ...line.scheduled,
            { from: effectiveOn, unitPrice, unitCost, priceBefore: null, costBefore: null },
          ],
  };
}

/** What we set, where the PSA does not contradict it: a price that a person changed since then is what is in force. */
function pricesOf(applied: readonly PushedChange[], line: ContractLine, today: LocalDate): ScheduledPrice[] {
  const all = applied
    .map(({ effectiveOn, step: { before, after } }) => ({
      from: effectiveOn,
      unitPrice: isSame(before.unitPrice, after.unitPrice) ? null : after.unitPrice,
      unitCost: isSame(before.unitCost, after.unitCost) ? null : after.unitCost,
      priceBefore: effectiveOn <= today ? before.unitPrice : null,
      costBefore: effectiveOn <= today ? before.unitCost : null,
    }))
    .filter(({ unitPrice, unitCost }) => unitPrice !== null || unitCost !== null);
  const told = LineTimeline.of({ ...line, scheduled: all }).on(today);
  const isTrue = isNear(told.unitPrice, line.unitPrice) && isNear(told.unitCost, line.unitCost);
  return isTrue ? all : all.filter(({ from }) => from > today);
}

type Amount = LineValues['unitPrice'];

export function changesPrice({ before, after }: Pick<PlanStep, 'before' | 'after'>): boolean {
  return !isSame(before.unitPrice, after.unitPrice) || !isSame(before.unitCost, after.unitCost);
}

export function isSame(left: Amount, right: Amount): boolean {
  return left === null || right === null ? left === right : left.equals(right);
}

function isNear(left: Amount, right: Amount): boolean {
  return left === null || right === null || left.minus(right).abs().lessThan('0.0005');
}

/** A contract service and what it has in force. */
export interface InForce {
  lineExternalId: string;
  values: LineValues;
}

/** What lines have in force on a day, by the line they belong to. */
export function inForceOn(own: ReadonlyMap<string, ContractLine>, day: LocalDate): Map<string, InForce> {
  return new Map(
    [...own].map(([lineId, line]) => [
      lineId,
      { lineExternalId: line.externalId, values: LineTimeline.of(line).on(day) },
    ]),
  );
}
