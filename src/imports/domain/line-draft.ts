import { isCurrencyCode } from '../../kernel/currency.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { addDays, laterOf } from '../../kernel/period.js';
import type { Field } from './bill-columns.js';
import { monthOf } from './billing-terms.js';
import { chargeTypeOf } from './charge-type.js';
import { type DayOrder, dayOf } from './day-text.js';
import type { ImportFormat, LineExplanation, LineFacts } from './imported-line.js';
import { explanationOf } from './line-explanation.js';
import { type LineProblem, Problems, shown } from './line-problem.js';
import { type DecimalMark, decimalText } from './number-text.js';
import type { RawLine } from './raw-line.js';

type Amounts = 'quantity' | 'unitPrice' | 'effectiveUnitPrice' | 'subtotal' | 'taxTotal' | 'total';

/** A line as it is about to be kept; amounts are plain decimal texts, so that no digit is lost and no time. */
export interface LineDraft extends Omit<LineFacts, Amounts> {
  quantity: string;
  unitPrice: string;
  effectiveUnitPrice: string | null;
  subtotal: string;
  taxTotal: string | null;
  total: string;
  explanation: LineExplanation | null;
  /** What tells it apart from other lines beside what is in it already. */
  identity: string;
}

/** How the values of a file are written, and what holds for all of its lines. */
export interface ReadingRules {
  format: ImportFormat;
  decimalMark: DecimalMark;
  dayOrder: DayOrder;
  /** Taken for every line instead of the month the line says. */
  billingMonth: LocalDate | null;
  /** Taken where the file has no column for it. */
  currency: string | null;
}

/** ISO 4217 for "no currency": no connection has it, so such lines reach no invoice. */
export const NO_CURRENCY = 'XXX';

const LONGEST_TEXT = 500;

/** Reads one line. */
export function readLine(raw: RawLine, rules: ReadingRules): LineDraft | LineProblem {
  const problems = new Problems();
  const draft = new LineReading(raw, rules, problems).draft();
  return problems.first ?? draft;
}

export function isProblem(read: LineDraft | LineProblem): read is LineProblem {
  return 'code' in read;
}

class LineReading {
  constructor(
    private readonly raw: RawLine,
    private readonly rules: ReadingRules,
    private readonly problems: Problems,
  ) {}

  draft(): LineDraft {
    const { raw } = this;
    const chargeType = this.#chargeType();
    const days = this.#days();
    const orderDate = this.#day('orderDate', false);
    const amounts = this.#amounts(chargeType);
    const currency = this.#currency();
    const line = {
      billingMonth: this.rules.billingMonth ?? this.#month(days, orderDate),
      customerId: this.#customerId(),
      customerName: this.#text('customerName') ?? '',
      subscriptionId: identifier(this.#text('subscriptionId')),
      productId: this.#text('productId'),
      skuId: this.#text('skuId'),
      productName: this.#text('productName'),
      chargeType,
      ...days,
      orderDate,
      ...amounts,
      currency,
      termAndBillingCycle: this.#text('termAndBillingCycle'),
      referenceId: this.#text('referenceId'),
      invoiceNumber: this.#text('invoiceNumber'),
      promotionId: this.#text('promotionId'),
      identity: raw.identity(),
    };
    const isBroken = this.problems.list.length > 0;
    return { ...line, explanation: isBroken ? null : this.#explanation(line) };
  }

  #explanation(line: Omit<LineDraft, 'explanation'>): LineExplanation | null {
    return explanationOf({ ...line, exchangeRate: this.#number('exchangeRate') });
  }

  #chargeType(): string {
    const published = this.raw.value('chargeType');
    if (this.rules.format === 'dailyUsage') {
      // Rated usage says `new` of every line; only what is no usage at all is told apart.
      const type = chargeTypeOf(published);
      return type === 'customerCredit' || type === 'tax' || type === 'fee' ? type : 'usage';
    }
    if (published === '') this.#missing('chargeType', 'ChargeType');
    return chargeTypeOf(published);
  }

  #customerId(): string {
    const text = this.raw.value('customerId').replace(/^org:/i, '');
    // Published usage of a marketplace names none; a seat that belongs to nobody is a mistake.
    if (text === '' && this.rules.format === 'nceReconciliation' && this.raw.column('customerId') !== null) {
      this.#missing('customerId', 'CustomerId');
    }
    return identifier(text) ?? '';
  }

  #days(): { chargeStart: LocalDate; chargeEnd: LocalDate } {
    const usedOn = this.rules.format === 'dailyUsage' ? this.#day('usageDate', false) : null;
    if (usedOn !== null) return { chargeStart: usedOn, chargeEnd: usedOn };
    // One-time purchases may name the days of the subscription alone.
    const hasOwn = this.raw.column('chargeStart') !== null || this.raw.column('subscriptionStart') === null;
    const chargeStart = this.#day(hasOwn ? 'chargeStart' : 'subscriptionStart', true);
    const published = this.#day(hasOwn ? 'chargeEnd' : 'subscriptionEnd', true);
    // FOCUS names the instant at which a period has ended.
    const isExclusive =
      this.rules.format === 'focus' &&
      published !== null &&
      /00:00(:00)?|^\S{10}$/.test(this.raw.value('chargeEnd'));
    const chargeEnd =
      isExclusive && chargeStart !== null && published > chargeStart ? addDays(published, -1) : published;
    if (chargeStart !== null && chargeEnd !== null && chargeEnd < chargeStart) {
      this.problems.add(
        this.raw.column('chargeEnd'),
        'import.period_invalid',
        `The charge ends on ${chargeEnd}, before it starts on ${chargeStart}. Check the days and their format.`,
      );
    }
    const known = chargeStart ?? chargeEnd ?? NO_DAY;
    return { chargeStart: known, chargeEnd: chargeEnd ?? known };
  }

  /** A change that was ordered after the charge begins is on the bill of the month of the order. */
  #month({ chargeStart }: { chargeStart: LocalDate }, orderDate: LocalDate | null): LocalDate {
    const period = this.rules.format === 'nceReconciliation' ? null : this.#period();
    return monthOf(period ?? laterOf(chargeStart, orderDate ?? chargeStart));
  }

  /** Usage is billed by calendar month, whatever day it comes from. */
  #period(): LocalDate | null {
    return this.rules.format === 'focus'
      ? this.#day('billingPeriod', false)
      : this.#day('chargeStart', false);
  }

  #amounts(chargeType: string): Pick<LineDraft, Amounts> {
    const effectiveUnitPrice = this.#number('effectiveUnitPrice');
    const quantity = this.#number('quantity') ?? this.#fallback('quantity', 'Quantity', chargeType, '1');
    const unitPrice =
      this.#number('unitPrice') ??
      this.#fallback('unitPrice', 'UnitPrice', chargeType, effectiveUnitPrice ?? '0');
    const taxTotal = this.#number('taxTotal');
    const total = this.#number('total');
    const subtotal =
      this.#number('subtotal') ??
      this.#subtotal({ total, taxTotal, quantity, price: effectiveUnitPrice ?? unitPrice });
    return {
      quantity,
      unitPrice,
      effectiveUnitPrice,
      subtotal,
      taxTotal,
      total: total ?? sum(subtotal, taxTotal),
    };
  }

  /** A file without a column for the subtotal may have one for the total, or for the price it follows from. */
  #subtotal(known: {
    total: string | null;
    taxTotal: string | null;
    quantity: string;
    price: string;
  }): string {
    const { total, taxTotal, quantity, price } = known;
    const { raw } = this;
    const isUnrated = this.rules.format === 'dailyUsage' && raw.column('unitPrice') === null;
    // A table of days alone, such as published ones, names no customer either: it can be on nobody's bill.
    const isOfNobody = raw.column('customerId') === null;
    if (raw.column('subtotal') !== null) this.#missing('subtotal', 'Subtotal');
    else if (total !== null)
      return taxTotal === null ? total : new MoneyDecimal(total).minus(taxTotal).toFixed();
    else if (raw.column('total') !== null) this.#missing('total', 'Total');
    else if (
      raw.value('unitPrice') === '' &&
      raw.value('effectiveUnitPrice') === '' &&
      !isUnrated &&
      !isOfNobody
    ) {
      this.problems.add(
        null,
        'import.amount_missing',
        'The line has neither an amount nor a price. Export the file with the columns Subtotal or Total, and UnitPrice.',
      );
    }
    return new MoneyDecimal(price).times(quantity).toFixed();
  }

  /** What a file does not tell at all is assumed; a gap in a column it has is a mistake, but for credits and fees, which have no price. */
  #fallback(field: Field, name: string, chargeType: string, assumed: string): string {
    const isSeatOrUsage = chargeType !== 'customerCredit' && chargeType !== 'fee' && chargeType !== 'tax';
    const isGap = this.raw.column(field) !== null && this.raw.value(field) === '';
    if (isGap && isSeatOrUsage && this.rules.format !== 'focus') this.#missing(field, name);
    return assumed;
  }

  #currency(): string {
    const text = this.raw.value('currency').toUpperCase();
    if (text === '') {
      if (this.raw.column('currency') !== null) this.#missing('currency', 'Currency');
      return this.rules.currency ?? NO_CURRENCY;
    }
    if (!isCurrencyCode(text)) {
      this.problems.add(
        this.raw.column('currency'),
        'import.currency_unknown',
        `'${shown(text)}' is no active ISO 4217 currency code, such as EUR.`,
      );
    }
    return text;
  }

  #number(field: Field): string | null {
    const text = this.raw.value(field);
    if (text === '') return null;
    const decimal = decimalText(text, this.rules.decimalMark);
    if (decimal !== null) return decimal;
    const mark = this.rules.decimalMark === '.' ? 'a point' : 'a comma';
    this.problems.add(
      this.raw.column(field),
      'import.number_invalid',
      `'${shown(text)}' is no number with ${mark} as decimal mark. Correct it, or import the file with another decimalMark.`,
    );
    return '0';
  }

  #day(field: Field, isNeeded: boolean): LocalDate | null {
    const text = this.raw.value(field);
    if (text === '') {
      if (isNeeded) this.#missing(field, field === 'chargeStart' ? 'ChargeStartDate' : 'ChargeEndDate');
      return null;
    }
    const day = dayOf(text, this.rules.dayOrder);
    if (day !== null) return day;
    const order = this.rules.dayOrder === 'MDY' ? 'month before day' : 'day before month';
    this.problems.add(
      this.raw.column(field),
      'import.date_invalid',
      `'${shown(text)}' is no day that exists, read with the ${order}. Correct it, or import the file with another dateFormat.`,
    );
    return null;
  }

  #text(field: Field): string | null {
    const text = this.raw.value(field);
    return text === '' ? null : text.slice(0, LONGEST_TEXT);
  }

  #missing(field: Field, name: string): void {
    const column = this.raw.column(field) ?? name;
    this.problems.add(
      column,
      'import.value_missing',
      `${column} has no value. Every line of a bill has one.`,
    );
  }
}

const NO_DAY = '1970-01-01' as LocalDate;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Microsoft writes the same GUID in capitals in one file and in small letters in the other. */
function identifier(text: string | null): string | null {
  if (text === null || text === '') return null;
  return GUID.test(text) ? text.toLowerCase() : text.slice(0, LONGEST_TEXT);
}

function sum(subtotal: string, tax: string | null): string {
  return tax === null ? subtotal : new MoneyDecimal(subtotal).plus(tax).toFixed();
}
