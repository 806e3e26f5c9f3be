import { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type {
  BillingAccount,
  SourceCharge,
  Subscription,
} from '../../ports/host/subscription-source.port.js';

/** What a caller says about a subscription; the day of the change is today where none is given. */
export type SubscriptionValues = Omit<Subscription, 'effectiveOn' | 'revision'> & {
  effectiveOn: LocalDate | null;
};

/** A field whose value differs, in the form an audit entry keeps it. */
export interface ValueChange {
  field: string;
  before: string | number | boolean | null;
  after: string | number | boolean | null;
}

type Flat = Map<string, ValueChange['before']>;

/** Members that say whose record it is or count its changes, not what it says. */
const NOT_CONTENT = new Set(['id', 'tenantId', 'revision', 'effectiveOn']);

function flatten(value: object, prefix = ''): Flat {
  const flat: Flat = new Map();
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    const field = prefix + name;
    if (prefix === '' && NOT_CONTENT.has(name)) continue;
    // 12.5 and 12.50 are the same amount.
    if (Decimal.isDecimal(member)) flat.set(field, member.toFixed());
    else if (member !== null && typeof member === 'object') {
      for (const [inner, innerValue] of flatten(member, `${field}.`)) flat.set(inner, innerValue);
    } else flat.set(field, (member ?? null) as ValueChange['before']);
  }
  return flat;
}

/**
 * What differs between two records of one kind, amounts compared by value. The day a change counts from is no change by itself: saying
 * the same again later changes nothing.
 */
export function changesBetween<T extends BillingAccount | SubscriptionValues | SourceCharge>(
  before: T | Subscription | null,
  after: T | Subscription,
): ValueChange[] {
  const old: Flat = before === null ? new Map() : flatten(before);
  const now = flatten(after);
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((field) => ({ field, before: old.get(field) ?? null, after: now.get(field) ?? null }))
    .filter((change) => change.before !== change.after);
}

/** The subscription a caller's values make: its next revision, or what is stored already where they say nothing new. */
export function nextRevision(
  stored: Subscription | null,
  values: SubscriptionValues,
  today: LocalDate,
): Subscription {
  if (stored !== null && changesBetween(stored, values).length === 0) return stored;
  return {
    ...values,
    effectiveOn: values.effectiveOn ?? defaultDay(stored, values, today),
    revision: (stored?.revision ?? 0) + 1,
  };
}

/** Today; a subscription that begins later counts from its first day, so that nothing is billed before it. */
function defaultDay(
  stored: Subscription | null,
  { startsOn }: SubscriptionValues,
  today: LocalDate,
): LocalDate {
  return stored === null && startsOn > today ? startsOn : today;
}
