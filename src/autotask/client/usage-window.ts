import { type LedgerState, USAGE_SPAN_MS, type UsageSpan } from '../../ports/psa/request-ledger.port.js';

/** Into at most about so many spans is a count put of which only the sum is known. */
const MAX_PARTS = 60;

type Known = Pick<LedgerState, 'windowMinutes' | 'usage'>;

export interface Usage {
  own: number;
  others: number;
  total: number;
}

export function windowMs({ windowMinutes }: Pick<LedgerState, 'windowMinutes'>): number {
  return windowMinutes * 60_000;
}

export function spanOf(at: number): number {
  return Math.floor(at / USAGE_SPAN_MS) * USAGE_SPAN_MS;
}

/** When the last request of a span has left the window; until then all of them count. */
function leavesAt(
  { startsAt }: Pick<UsageSpan, 'startsAt'>,
  known: Pick<LedgerState, 'windowMinutes'>,
): number {
  return startsAt + USAGE_SPAN_MS + windowMs(known);
}

/** Requests within the window that ends at an instant; too many by those of a part of a span at most, never too few. */
export function usageAt(known: Known, at: number): Usage {
  const usage = { own: 0, others: 0, total: 0 };
  for (const span of known.usage) {
    if (leavesAt(span, known) <= at) continue;
    usage.own += span.own;
    usage.others += span.others;
  }
  usage.total = usage.own + usage.others;
  return usage;
}

/** As `usageAt`, of counts by span. */
export function countAt(
  counts: ReadonlyMap<number, number>,
  known: Pick<LedgerState, 'windowMinutes'>,
  at: number,
): number {
  let sum = 0;
  for (const [startsAt, count] of counts) if (leavesAt({ startsAt }, known) > at) sum += count;
  return sum;
}

/**
 * The first instant from `from` on at which `wanted` requests fit below `ceiling`; null when that does not come within a window. Others are
 * taken to go on as they did: what they send on average within the window is expected again.
 */
export function roomFrom(known: Known, ceiling: number, wanted: number, from: number): number | null {
  const { total, others } = usageAt(known, from);
  if (ceiling - total >= wanted) return from;
  const othersPerMs = others / windowMs(known);
  let used = total;
  for (const span of known.usage) {
    const at = leavesAt(span, known);
    if (at <= from) continue;
    used -= span.own + span.others;
    if (ceiling - used - othersPerMs * (at - from) >= wanted) return at;
  }
  return null;
}

/**
 * What to add to the others' requests, by span, so that the window agrees with the PSA's own count at an instant: more than known have come since
 * the last sample (or within the window, when there was none), fewer mean that the oldest have left it.
 */
export function othersFromSample(
  known: Known & Pick<LedgerState, 'sampledAt'>,
  used: number,
  at: number,
): Map<number, number> {
  const { own, others } = usageAt(known, at);
  const missing = Math.max(0, used - own) - others;
  return missing >= 0 ? spread(missing, known, at) : withdraw(-missing, known, at);
}

function spread(
  count: number,
  known: Known & Pick<LedgerState, 'sampledAt'>,
  at: number,
): Map<number, number> {
  const last = spanOf(at);
  const since = Math.max(known.sampledAt?.getTime() ?? 0, at - windowMs(known));
  const first = Math.min(last, spanOf(since) + USAGE_SPAN_MS);
  const spans = (last - first) / USAGE_SPAN_MS + 1;
  const parts = Math.min(spans, MAX_PARTS, Math.max(1, count));
  const result = new Map<number, number>();
  for (let part = 0; part < parts; part += 1) {
    const amount = Math.floor((count * (part + 1)) / parts) - Math.floor((count * part) / parts);
    const startsAt = last - Math.floor(((parts - 1 - part) * spans) / parts) * USAGE_SPAN_MS;
    if (amount > 0) result.set(startsAt, (result.get(startsAt) ?? 0) + amount);
  }
  return result;
}

function withdraw(count: number, known: Known, at: number): Map<number, number> {
  const result = new Map<number, number>();
  let left = count;
  for (const span of known.usage) {
    const amount = leavesAt(span, known) <= at ? 0 : Math.min(left, span.others);
    if (amount > 0) result.set(span.startsAt, -amount);
    left -= amount;
  }
  return result;
}

/** The usage with counts added by span, in ascending order. */
export function withAdded(
  usage: readonly UsageSpan[],
  added: ReadonlyMap<number, number>,
  who: 'own' | 'others',
): UsageSpan[] {
  const bySpan = new Map(usage.map((span) => [span.startsAt, { ...span }]));
  for (const [startsAt, count] of added) {
    const span = bySpan.get(startsAt) ?? { startsAt, own: 0, others: 0 };
    span[who] = Math.max(0, span[who] + count);
    bySpan.set(startsAt, span);
  }
  return [...bySpan.values()].toSorted((a, b) => a.startsAt - b.startsAt);
}
