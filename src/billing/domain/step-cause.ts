import type { LocalDate } from '../../kernel/local-date.js';
import type { DatingRule, Target, TermsTarget } from './dated-targets.js';
import type { LineValues } from './line-timeline.js';

/** The target that counts on a day. */
export function lastUpTo<Value>(
  targets: readonly Target<Value>[],
  day: LocalDate,
): Target<Value> | undefined {
  return targets.findLast(({ on }) => on <= day);
}

export function kindOf(before: LineValues, after: LineValues): 'adjustUnits' | 'adjustPrice' {
  return before.units === after.units ? 'adjustPrice' : 'adjustUnits';
}

/** Why a line changes: the rule that dated it, in words, and up to which revision. */
export function causeOf(
  {
    before,
    after,
    isPriced,
    isCosted,
  }: { before: LineValues; after: LineValues; isPriced: boolean; isCosted: boolean },
  units: Target<number> | undefined,
  terms: Target<TermsTarget> | undefined,
): { rule: DatingRule; reason: string; revision: number } {
  const causes: { rule: DatingRule; reason: string; revision: number }[] = [];
  if (after.units !== before.units && units !== undefined) {
    const isHeld = after.units > units.value;
    const reason = `${units.reason} ${after.units - units.value} of them fall away later, by a decrease that is dated already.`;
    causes.push(isHeld ? { ...units, reason } : units);
  }
  if ((isPriced || isCosted) && terms !== undefined) causes.push(terms);
  const [first] = causes;
  if (first === undefined) throw new TypeError('A difference has a cause');
  return {
    rule: first.rule,
    reason: [...new Set(causes.map(({ reason }) => reason))].join(' '),
    revision: Math.max(...causes.map(({ revision }) => revision)),
  };
}
