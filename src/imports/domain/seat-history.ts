import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';

/** What of a line tells how many seats there are. */
export interface SeatLine {
  chargeType: string;
  chargeStart: LocalDate;
  orderDate: LocalDate | null;
  quantity: Decimal;
  effectiveUnitPrice: Decimal | null;
  subtotal: Decimal;
  referenceId: string | null;
}

/** A change as it is published: the old count is refunded for the rest of the cycle and the new one charged. */
export interface SeatChange<Line extends SeatLine = SeatLine> {
  on: LocalDate;
  referenceId: string | null;
  chargeType: string;
  /** Null where only a charge was found, as for a purchase. */
  before: Decimal | null;
  /** Null where only a refund was found; 0 seats are left after a cancellation. */
  after: Decimal | null;
  lines: Line[];
}

/** How many seats a subscription has after a set of its lines. */
export interface SeatCount {
  seats: Decimal | null;
  asOf: LocalDate | null;
  /** Whether several changes of the last day cannot be put in order; `seats` is then the count of one of them. */
  isAmbiguous: boolean;
}

/** Whether a line gives money back. Of lines without an amount the refund is told by the sign of its price or quantity. */
export function isRefund({ subtotal, effectiveUnitPrice, quantity }: SeatLine): boolean {
  if (!subtotal.isZero()) return subtotal.isNegative();
  return (effectiveUnitPrice?.isNegative() ?? false) || quantity.isNegative();
}

/** Lines that belong together by `ReferenceId` and day of change; a line without one stands alone. In the order in which they first come. */
export function pairByReference<Line extends SeatLine>(lines: readonly Line[]): SeatChange<Line>[] {
  const groups = Map.groupBy(lines, (line) =>
    line.referenceId === null ? line : `${line.referenceId} ${line.chargeStart}`,
  );
  return [...groups.values()].map((group) => {
    const refund = group.find(isRefund);
    const charge = group.findLast((line) => !isRefund(line));
    const [first] = group as [Line, ...Line[]];
    return {
      on: first.chargeStart,
      referenceId: first.referenceId,
      chargeType: first.chargeType,
      before: refund?.quantity.abs() ?? null,
      after: charge?.quantity.abs() ?? null,
      lines: group,
    };
  });
}

/**
 * The seats of one subscription after all of these lines, which need not be in the order of time: the charge of the last change gives
 * them. Changes of one day are put in order by what they refund: 10 to 15 comes before 15 to 25. Where that leaves a choice, as when
 * seats were added and removed again, the answer says so.
 */
export function seatsAfter(lines: readonly SeatLine[]): SeatCount {
  const changes = pairByReference(lines).filter(({ after, before }) => after !== null || before !== null);
  const asOf = changes.reduce<LocalDate | null>(
    (last, { on }) => (last === null || on > last ? on : last),
    null,
  );
  if (asOf === null) return { seats: null, asOf, isAmbiguous: false };
  const last = changes.filter(({ on }) => on === asOf);
  const ends = endsOf(last);
  const seats = ends[0] ?? seatsLeft(last.at(-1));
  return { seats, asOf, isAmbiguous: ends.length !== 1 };
}

/** Counts that no other change of the day starts from; each count is taken up once. */
function endsOf(changes: readonly SeatChange[]): Decimal[] {
  const open = changes.map(seatsLeft).filter((count): count is Decimal => count !== null);
  for (const { before } of changes) {
    const at = before === null ? -1 : open.findIndex((count) => count.equals(before));
    if (at >= 0) open.splice(at, 1);
  }
  return open;
}

/** A refund without a charge leaves nothing. */
function seatsLeft(change: SeatChange | undefined): Decimal | null {
  if (change === undefined) return null;
  return change.after ?? change.before?.times(0) ?? null;
}
