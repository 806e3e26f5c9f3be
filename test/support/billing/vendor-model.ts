import type { Decimal } from 'decimal.js';
import { billingPeriods, type BillingPeriod } from '../../../src/autotask-simulator/rules/billing-periods.js';
import {
  type LineAdjustment,
  type UnitSegment,
  unitSegments,
  unitsInForce,
  type UnitTerms,
} from '../../../src/autotask-simulator/rules/unit-timeline.js';
import type {
  ContractLine,
  ContractState,
  ScheduledPrice,
} from '../../../src/billing/domain/contract-state.js';
import type { LineValues } from '../../../src/billing/domain/line-timeline.js';
import type { PlanStep } from '../../../src/billing/domain/plan-step.js';
import { type LocalDate, localDate } from '../../../src/kernel/local-date.js';
import { addDays } from '../../../src/kernel/period.js';
import { MoneyDecimal } from '../../../src/kernel/money.js';
import type { PeriodType } from '../../../src/ports/psa/psa-records.js';

const PERIOD_TYPES: Readonly<Record<string, number>> = {
  one_time: 1,
  monthly: 2,
  quarterly: 3,
  semi_annual: 4,
  yearly: 5,
};
const ONE = new MoneyDecimal(1);

interface VendorLine {
  externalId: string;
  serviceExternalId: string;
  terms: UnitTerms;
  adjustments: LineAdjustment[];
  posted: UnitSegment[];
}

/** A contract that follows the vendor's rules, by the simulator's own arithmetic. */
export class VendorContract {
  readonly lines: VendorLine[] = [];
  #nextId = 9001;

  constructor(
    readonly externalId: string,
    readonly startsOn: LocalDate,
    public endsOn: LocalDate,
    readonly periodType: PeriodType,
  ) {}

  addLine(serviceExternalId: string, price: Decimal.Value, cost: Decimal.Value): VendorLine {
    const line = {
      externalId: String(this.#nextId++),
      serviceExternalId,
      terms: { unitPrice: new MoneyDecimal(price), unitCost: new MoneyDecimal(cost), exchangeRate: ONE },
      adjustments: [],
      posted: [],
    };
    this.lines.push(line);
    return line;
  }

  adjust(
    line: VendorLine,
    effectiveOn: LocalDate,
    unitChange: number,
    unitPrice: Decimal | null = null,
    unitCost: Decimal | null = null,
  ): void {
    if (effectiveOn < this.startsOn || effectiveOn > this.endsOn) throw new Error('outside the contract');
    if (line.adjustments.some((known) => known.effectiveOn === effectiveOn))
      throw new Error('duplicate date');
    const next = [...line.adjustments, { effectiveOn, unitChange, unitPrice, unitCost, exchangeRate: ONE }];
    if (next.some((known) => unitsInForce(line.terms, next, known.effectiveOn).units < 0)) {
      throw new Error('units below 0');
    }
    line.adjustments = next;
  }

  /** Approves and posts every period that starts up to a day. */
  post(line: VendorLine, until: LocalDate): void {
    line.posted.push(...this.#open(line).filter(({ startOn }) => startOn <= until));
  }

  apply(step: PlanStep): void {
    if (step.kind === 'extendContract') {
      this.endsOn = step.contractEndsOn ?? this.endsOn;
      return;
    }
    const own = this.lines.find(
      (line) =>
        line.externalId === step.lineExternalId ||
        (step.lineExternalId === null && line.serviceExternalId === step.serviceExternalId),
    );
    const line = own ?? this.addLine(step.serviceExternalId, 0, 0);
    this.adjust(
      line,
      step.effectiveOn,
      step.after.units - step.before.units,
      isSame(step.before.unitPrice, step.after.unitPrice) ? null : step.after.unitPrice,
      isSame(step.before.unitCost, step.after.unitCost) ? null : step.after.unitCost,
    );
  }

  unitsOn(line: VendorLine, day: LocalDate): number {
    return unitsInForce(line.terms, line.adjustments, day).units;
  }

  valuesOn(line: VendorLine, day: LocalDate): LineValues {
    const { units, unitPrice, unitCost } = unitsInForce(line.terms, line.adjustments, day);
    return { units, unitPrice, unitCost };
  }

  priceOn(line: VendorLine, day: LocalDate): Decimal {
    return unitsInForce(line.terms, line.adjustments, day).unitPrice;
  }

  /** As the connector reads it on a day. */
  state(today: LocalDate): ContractState {
    const { externalId, startsOn, endsOn, periodType } = this;
    return {
      externalId,
      startsOn,
      endsOn,
      isActive: true,
      periodType,
      lines: this.lines.map((line) => this.#lineState(line, today)),
    };
  }

  #lineState(line: VendorLine, today: LocalDate): ContractLine {
    const { unitPrice, unitCost } = unitsInForce(line.terms, line.adjustments, today);
    const open = this.#open(line).map((segment) => ({ segment, isPosted: false }));
    const posted = line.posted.map((segment) => ({ segment, isPosted: true }));
    return {
      externalId: line.externalId,
      serviceExternalId: line.serviceExternalId,
      unitPrice,
      unitCost,
      units: [...posted, ...open].map(({ segment, isPosted }, index) => ({
        externalId: String(index + 1),
        startsOn: segment.startOn,
        endsOn: segment.endOn,
        units: segment.units,
        isPosted,
        price: segment.price,
        cost: segment.cost,
      })),
      deltas: [],
      scheduled: line.adjustments
        .filter((known) => known.unitPrice !== null || known.unitCost !== null)
        .map((known) => this.#scheduledOf(line, known, today)),
      takenDays: line.adjustments.map(({ effectiveOn }) => effectiveOn),
    };
  }

  #scheduledOf(
    line: VendorLine,
    { effectiveOn, unitPrice, unitCost }: LineAdjustment,
    today: LocalDate,
  ): ScheduledPrice {
    const before = unitsInForce(line.terms, line.adjustments, addDays(effectiveOn, -1));
    const isPast = effectiveOn <= today;
    return {
      from: effectiveOn,
      unitPrice,
      unitCost,
      priceBefore: isPast ? before.unitPrice : null,
      costBefore: isPast ? before.unitCost : null,
    };
  }

  #open(line: VendorLine): UnitSegment[] {
    return unitSegments(this.#periods(), line.terms, line.adjustments, line.posted);
  }

  #periods(): BillingPeriod[] {
    return billingPeriods(this.startsOn, this.endsOn, PERIOD_TYPES[this.periodType] ?? 2);
  }
}

function isSame(left: Decimal | null, right: Decimal | null): boolean {
  return right === null || left?.equals(right) === true;
}

export const day = (text: string): LocalDate => localDate(text);
