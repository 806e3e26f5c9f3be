import type { Decimal } from 'decimal.js';
import { type CurrencyCode, currencyDigits } from '../../kernel/currency.js';
import { type MoneyJson, money, moneyToJson } from '../../kernel/money.js';
import type { ReportPage } from '../application/reconciliation.service.js';
import type { Finding, FindingValue } from '../domain/finding.js';
import type {
  ChangesSinceClosing,
  CustomerTotals,
  FindingChange,
  ImpactTotals,
  ReconciliationReport,
  ReportTotals,
} from '../domain/reconciliation-report.js';

type Amount = (amount: Decimal) => MoneyJson;

export interface ImpactResponse {
  findings: number;
  loss: MoneyJson;
  gain: MoneyJson;
  net: MoneyJson;
}

export interface FindingResponse {
  id: string;
  kind: Finding['kind'];
  stage: Finding['stage'];
  customerId: string;
  customerName: string;
  subscriptionId?: string;
  contractId?: string;
  title: string;
  expected: ValueResponse | null;
  actual: ValueResponse | null;
  impact: MoneyJson;
  explanation: Finding['explanation'];
  isFixable: boolean;
}

export interface ValueResponse {
  amount: MoneyJson | null;
  values: FindingValue['values'];
  references: string[];
}

export interface ReportHead {
  connectionId: string;
  month: string;
  state: 'open' | 'closed';
  currency: string;
  computedAt: string;
  closedAt?: string;
  closedBy?: { id: string; name: string };
}

const amountsIn =
  (currency: CurrencyCode): Amount =>
  (amount) =>
    moneyToJson(money(amount, currency));

export function toHead({
  connectionId,
  month,
  currency,
  computedAt,
  closing,
}: ReconciliationReport): ReportHead {
  return {
    connectionId,
    month,
    state: closing === null ? 'open' : 'closed',
    currency,
    computedAt: computedAt.toISOString(),
    ...(closing === null ? {} : { closedAt: closing.at.toISOString(), closedBy: closing.by }),
  };
}

export function toReportResponse({ report, totals, items, nextCursor, changes }: ReportPage) {
  const amount = amountsIn(report.currency);
  return {
    ...toHead(report),
    totals: toTotals(totals, amount),
    items: items.map((finding) => toFindingResponse(finding, amount)),
    nextCursor,
    ...(changes === null ? {} : { changesSinceClosing: toChanges(changes, amount) }),
  };
}

export type ReportResponse = ReturnType<typeof toReportResponse>;

export function toClosingResponse(report: ReconciliationReport, totals: ReportTotals) {
  return { ...toHead(report), totals: toTotals(totals, amountsIn(report.currency)) };
}

export function toCustomersResponse(
  report: ReconciliationReport,
  { items, nextCursor }: { items: CustomerTotals[]; nextCursor: string | null },
) {
  const amount = amountsIn(report.currency);
  return {
    ...toHead(report),
    items: items.map(({ customerId, customerName, expected, actual, differences, ...impact }) => ({
      customerId,
      customerName,
      differences,
      expected: amount(expected),
      actual: amount(actual),
      ...toImpact(impact, amount),
    })),
    nextCursor,
  };
}

export function toFindingResponse(finding: Finding, amount: Amount): FindingResponse {
  const { subscriptionId, contractExternalId } = finding;
  return {
    id: finding.id,
    kind: finding.kind,
    stage: finding.stage,
    customerId: finding.customerId,
    customerName: finding.customerName,
    ...(subscriptionId === null ? {} : { subscriptionId }),
    ...(contractExternalId === null ? {} : { contractId: contractExternalId }),
    title: finding.title,
    expected: toValue(finding.expected),
    actual: toValue(finding.actual),
    impact: amount(finding.impact),
    explanation: finding.explanation,
    isFixable: finding.isFixable,
  };
}

function toTotals({ expected, actual, byKind, ...impact }: ReportTotals, amount: Amount) {
  return {
    ...toImpact(impact, amount),
    expected: amount(expected),
    actual: amount(actual),
    byKind: byKind.map(({ kind, ...own }) => ({ kind, ...toImpact(own, amount) })),
  };
}

function toImpact({ findings, loss, gain, net }: ImpactTotals, amount: Amount): ImpactResponse {
  return { findings, loss: amount(loss), gain: amount(gain), net: amount(net) };
}

function toValue(value: FindingValue | null): ValueResponse | null {
  if (value === null) return null;
  const { amount, currency, values, references } = value;
  return { amount: amount === null || currency === null ? null : { amount, currency }, values, references };
}

function toChanges({ count, impact, items }: ChangesSinceClosing, amount: Amount) {
  const side = (state: FindingChange['now']) =>
    state === null
      ? null
      : {
          kind: state.kind,
          impact: amount(state.impact),
          actual: state.actualAmount === null ? null : amount(state.actualAmount),
        };
  return {
    count,
    impact: amount(impact),
    items: items.map(({ id, customerId, customerName, title, before, now }) => ({
      id,
      customerId,
      customerName,
      title,
      before: side(before),
      now: side(now),
    })),
  };
}

/** An amount as it is written in a file: with the currency's decimals at least. */
export function digitsOf(amount: Decimal, currency: CurrencyCode): string {
  return amount.toFixed(Math.max(currencyDigits(currency), amount.decimalPlaces()));
}
