import type { CurrencyCode } from '../../kernel/currency.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { Money } from '../../kernel/money.js';
import type { DatingRule } from './dated-targets.js';
import type { LineValues } from './line-timeline.js';
import type { Settlement } from './settlement.js';

export const STEP_KINDS = [
  'addService',
  'adjustUnits',
  'adjustPrice',
  'createCharge',
  'updateCharge',
  'extendContract',
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** The billing period a step falls in. */
export interface StepPeriod {
  startsOn: LocalDate;
  /** Last day, included. */
  endsOn: LocalDate;
  /** Days of the period before the contract's end cut it. */
  fullDays: number;
  isPosted: boolean;
}

/** A one-off amount that a step places on the contract. */
export interface StepCharge {
  chargeId: string;
  /** What it gathers: one amount, or those of a subscription and month. Absent on charges of before there were bundles. */
  group?: string;
  name: string;
  /** Shown with the charge: what it is made of. */
  description?: string;
  billingCodeExternalId: string;
  quantity: string;
  unitPrice: string;
  unitCost: string;
  /** How the cost was converted to the internal currency, where all of it came in one other currency. */
  conversion?: { amount: string; currency: string; rate: string };
  /** Only `updateCharge`: the charge as it is before. */
  replaces?: { externalId: string; reference: string; unitPrice: string; unitCost: string };
}

/** One intended write to the PSA. */
export interface PlanStep {
  kind: StepKind;
  /** `connection/account/subscription/period`: readable, and the same for the same change. */
  identity: string;
  subscriptionId: string;
  contractExternalId: string;
  serviceExternalId: string;
  /** Null until the line exists. */
  lineExternalId: string | null;
  before: LineValues;
  after: LineValues;
  effectiveOn: LocalDate;
  /** The earliest day the rules allow, which a person cannot undercut. */
  notBefore: LocalDate;
  period: StepPeriod;
  /** Difference for one full billing period, rounded once. */
  impactPerPeriod: Money;
  /** Difference from the effective date to the end of the contract, prorated by days, rounded once. */
  impact: Money;
  reason: string;
  rule: DatingRule;
  /** Revision of the subscription this brings the contract to. */
  revision: number;
  /** Only of what was refused: the first revision that was kept out with it, from which on all is planned again. */
  fromRevision?: number;
  /** Only `extendContract`: the new last day of the contract. */
  contractEndsOn: LocalDate | null;
  /** Dated on a day the contract does not have yet: it waits until the contract is extended. */
  waitsForExtension?: true;
  /** Only `createCharge` and `updateCharge`. */
  charge: StepCharge | null;
  /** The amounts beside the seats it bills. */
  settles?: Settlement;
}

/** Why a change of a subscription leads to no write. */
export interface PlanRefusal {
  /** `billing.unsupported` closes the matter; every other code keeps the subscription out of sync. */
  code:
    | 'billing.unsupported'
    | 'billing.contract_missing'
    | 'billing.contract_inactive'
    | 'billing.contract_ended'
    | 'billing.line_ambiguous'
    | 'billing.currency_mismatch'
    | 'billing.cost_currency_unknown'
    | 'billing.charge_code_missing'
    | 'billing.second_approver_required'
    | 'billing.renewal_next_contract'
    | 'billing.period_mismatch'
    | 'billing.offer_changed'
    | 'billing.price_reset_units'
    | 'billing.price_reset_period';
  subscriptionId: string;
  contractExternalId: string;
  detail: string;
  revision: number;
  /** Only of amounts beside the seats: those that are not billed. */
  settles?: Settlement;
  /** What counts as written in spite of it; nothing of the changes when absent. */
  written?: WrittenRevisions;
}

/** Revisions of the subscription that the contract is at; null: none. */
export interface WrittenRevisions {
  state: number | null;
  /** Of its price, cost and billing cycle. */
  terms: number | null;
}

/** What a plan reckons in. */
export interface PlanCurrencies {
  /** Of the customers, for prices and impacts. */
  currency: CurrencyCode;
  /** Of the instance, for costs. */
  costCurrency: CurrencyCode;
}

export interface ContractSyncPlan {
  steps: PlanStep[];
  refusals: PlanRefusal[];
}
