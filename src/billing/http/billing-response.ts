import { type CurrencyCode, currencyCode } from '../../kernel/currency.js';
import { money, type MoneyJson, moneyToJson } from '../../kernel/money.js';
import type { BilledSubject, BilledSubjects } from '../application/billed-subjects.service.js';
import type { BillingPlan, PlanState } from '../domain/billing-plan.js';
import type { LineValues } from '../domain/line-timeline.js';
import { isToCome } from '../domain/line-identity.js';
import type { Operation, OperationError, OperationState } from '../domain/operation.js';
import type { PlanStep, StepCharge, StepKind } from '../domain/plan-step.js';
import type { Settlement } from '../domain/settlement.js';
import { totalOf } from '../domain/plan-total.js';
import { takenSteps } from '../domain/taken-steps.js';

/** In which currency prices and costs of a connection are. */
export interface Currencies {
  price: CurrencyCode;
  cost: CurrencyCode;
}

export interface ValuesResponse {
  units: number;
  unitPrice: MoneyJson | null;
  unitCost: MoneyJson | null;
}

export interface ChargeResponse {
  id: string;
  name: string;
  description?: string;
  quantity: string;
  unitPrice: MoneyJson;
  unitCost: MoneyJson;
  /** How the cost came to the internal currency. */
  conversion?: { from: MoneyJson; rate: string };
  /** The charge in the PSA whose amount is changed, as it is before. */
  replaces?: { chargeId: string; price: MoneyJson; cost: MoneyJson };
}

export interface StepResponse {
  id: string;
  kind: StepKind;
  identity: string;
  subscriptionId: string;
  /** Absent where the host no longer knows the subscription. */
  subject?: BilledSubject;
  contractId: string;
  contractServiceId?: string;
  serviceId: string;
  before: ValuesResponse;
  after: ValuesResponse;
  effectiveOn: string;
  period: { start: string; end: string; posted: boolean };
  impactPerPeriod: MoneyJson;
  impact: MoneyJson;
  reason: string;
  rule: string;
  contractEndsOn?: string;
  charge?: ChargeResponse;
  /** The amounts beside the seats that it bills, and how much of each. */
  amounts?: { key: string; price: MoneyJson; cost: MoneyJson }[];
  dismissed: boolean;
  dismissedReason?: string;
}

export interface PlanResponse {
  id: string;
  connectionId: string;
  state: PlanState;
  createdAt: string;
  createdBy: { id: string; name: string };
  approvals: { id: string; name: string }[];
  steps: StepResponse[];
  /** Changes that lead to no write, and why. */
  refusals: { code: string; subscriptionId: string; contractId: string; detail: string }[];
  total: MoneyJson;
}

export function toPlanResponse(
  plan: BillingPlan,
  currencies: Currencies,
  subjects: BilledSubjects,
): PlanResponse {
  const chosen = takenSteps(plan.steps, ({ dismissedReason }) => dismissedReason === null);
  // One that follows a dismissed step is shown as it would be carried out.
  const taken = new Map(chosen.map(({ id, step }) => [id, step]));
  return {
    id: plan.id,
    connectionId: plan.connectionId,
    state: plan.state,
    createdAt: plan.createdAt.toISOString(),
    createdBy: plan.createdBy,
    approvals: plan.approvals,
    steps: plan.steps.map(({ id, step, dismissedReason }) => ({
      id,
      ...toStepMembers(taken.get(id) ?? step, currencies),
      ...toSubject(step.subscriptionId, subjects),
      dismissed: dismissedReason !== null,
      ...(dismissedReason === null ? {} : { dismissedReason }),
    })),
    refusals: plan.refusals.map(({ code, subscriptionId, contractExternalId, detail }) => ({
      code,
      subscriptionId,
      contractId: contractExternalId,
      detail,
    })),
    total: moneyToJson(
      totalOf(
        chosen.map(({ step }) => step),
        currencies.price,
      ),
    ),
  };
}

function toStepMembers(step: PlanStep, currencies: Currencies) {
  const { lineExternalId, contractEndsOn, charge, settles, period } = step;
  const isKnown = lineExternalId !== null && !isToCome(lineExternalId);
  return {
    kind: step.kind,
    identity: step.identity,
    subscriptionId: step.subscriptionId,
    contractId: step.contractExternalId,
    ...(isKnown ? { contractServiceId: lineExternalId } : {}),
    serviceId: step.serviceExternalId,
    before: toValues(step.before, currencies),
    after: toValues(step.after, currencies),
    effectiveOn: step.effectiveOn,
    period: { start: period.startsOn, end: period.endsOn, posted: period.isPosted },
    impactPerPeriod: moneyToJson(step.impactPerPeriod),
    impact: moneyToJson(step.impact),
    reason: step.reason,
    rule: step.rule,
    ...(contractEndsOn === null ? {} : { contractEndsOn }),
    ...(charge === null ? {} : { charge: toCharge(charge, currencies) }),
    ...(settles === undefined ? {} : { amounts: toAmounts(settles, currencies) }),
  };
}

function toCharge(charge: StepCharge, { price, cost }: Currencies): ChargeResponse {
  const { chargeId, name, description, quantity, unitPrice, unitCost, conversion, replaces } = charge;
  return {
    id: chargeId,
    name,
    ...(description === undefined ? {} : { description }),
    quantity,
    unitPrice: moneyToJson(money(unitPrice, price)),
    unitCost: moneyToJson(money(unitCost, cost)),
    ...(conversion === undefined
      ? {}
      : {
          conversion: {
            from: moneyToJson(money(conversion.amount, currencyCode(conversion.currency))),
            rate: conversion.rate,
          },
        }),
    ...(replaces === undefined
      ? {}
      : {
          replaces: {
            chargeId: replaces.externalId,
            price: moneyToJson(money(replaces.unitPrice, price)),
            cost: moneyToJson(money(replaces.unitCost, cost)),
          },
        }),
  };
}

function toAmounts(
  { amounts }: Settlement,
  { price, cost }: Currencies,
): NonNullable<StepResponse['amounts']> {
  return amounts.map((amount) => ({
    key: amount.key,
    price: moneyToJson(money(amount.price, price)),
    cost: moneyToJson(money(amount.cost, cost)),
  }));
}

export function toValues(
  { units, unitPrice, unitCost }: LineValues,
  { price, cost }: Currencies,
): ValuesResponse {
  return {
    units,
    unitPrice: unitPrice === null ? null : moneyToJson(money(unitPrice, price)),
    unitCost: unitCost === null ? null : moneyToJson(money(unitCost, cost)),
  };
}

export interface OperationResponse {
  id: string;
  connectionId: string;
  planId?: string;
  stepId?: string;
  compensates?: string;
  subscriptionId: string;
  subject?: BilledSubject;
  contractId: string;
  kind: StepKind;
  state: OperationState;
  effectiveOn: string;
  unitsBefore: number;
  unitsAfter: number;
  impact: MoneyJson;
  reason: string;
  rule: string;
  attempts: number;
  lastError?: OperationError;
  externalId?: string;
  createdAt: string;
  updatedAt: string;
}

/** The member `subject`, where the host knows it. */
export function toSubject(subscriptionId: string, subjects: BilledSubjects): { subject?: BilledSubject } {
  const subject = subjects.get(subscriptionId);
  return subject === undefined ? {} : { subject };
}

export function toOperationResponse(operation: Operation, subjects: BilledSubjects): OperationResponse {
  const { step, planId, stepId, compensatesId, error, externalId } = operation;
  return {
    id: operation.id,
    connectionId: operation.connectionId,
    ...(planId === null ? {} : { planId }),
    ...(stepId === null ? {} : { stepId }),
    ...(compensatesId === null ? {} : { compensates: compensatesId }),
    subscriptionId: operation.subscriptionId,
    ...toSubject(operation.subscriptionId, subjects),
    contractId: step.contractExternalId,
    kind: step.kind,
    state: operation.state,
    effectiveOn: step.effectiveOn,
    unitsBefore: step.before.units,
    unitsAfter: step.after.units,
    impact: moneyToJson(step.impact),
    reason: step.reason,
    rule: step.rule,
    attempts: operation.attempts,
    ...(error === null ? {} : { lastError: error }),
    ...(externalId === null ? {} : { externalId }),
    createdAt: operation.createdAt.toISOString(),
    updatedAt: operation.updatedAt.toISOString(),
  };
}
