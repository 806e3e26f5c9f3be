import type { AccessCheck, AccessCheckOutcome, AccessReport, Capability } from '../../api/access-report.js';

export type CheckGroupKey = 'signIn' | Capability | 'visibility' | 'currency' | 'other';

/** The checks a person thinks of as one question; within it those to act on come first. */
export interface CheckGroup {
  key: CheckGroupKey;
  outcome: AccessCheckOutcome;
  passedCount: number;
  checks: AccessCheck[];
  /** The rights of an optional capability are not granted: the connection works without it. */
  isSwitchedOff: boolean;
}

const ORDER: readonly CheckGroupKey[] = [
  'signIn',
  'billing',
  'crm',
  'helpdesk',
  'visibility',
  'currency',
  'other',
];
const SIGN_IN_CHECKS = new Set(['zone', 'sign_in', 'headroom']);
const WORST_FIRST: readonly AccessCheckOutcome[] = ['failed', 'unknown', 'passed', 'skipped'];

function groupOf(check: AccessCheck): CheckGroupKey {
  const [kind = ''] = check.id.split('.', 1);
  if (SIGN_IN_CHECKS.has(kind)) return 'signIn';
  if (kind === 'currency') return 'currency';
  if (kind === 'read' || kind === 'pick_lists') return 'visibility';
  return check.capability ?? 'other';
}

function worstOutcome(checks: readonly AccessCheck[]): AccessCheckOutcome {
  return WORST_FIRST.find((outcome) => checks.some((check) => check.outcome === outcome)) ?? 'skipped';
}

function rank(outcome: AccessCheckOutcome): number {
  return WORST_FIRST.indexOf(outcome);
}

/** Sorts the checks of a report into groups; a check this version does not know goes to its capability or to `other`. */
export function groupChecks(report: AccessReport): CheckGroup[] {
  return ORDER.flatMap((key) => {
    const checks = report.checks.filter((check) => groupOf(check) === key);
    if (checks.length === 0) return [];
    const outcome = worstOutcome(checks);
    const isOptional = key === 'crm' || key === 'helpdesk';
    return {
      key,
      outcome,
      passedCount: checks.filter((check) => check.outcome === 'passed').length,
      checks: checks.toSorted((a, b) => rank(a.outcome) - rank(b.outcome)),
      isSwitchedOff: isOptional && outcome === 'failed' && !report.capabilities[key],
    };
  });
}
