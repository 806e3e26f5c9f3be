import type { CurrencyCode } from '../../kernel/currency.js';
import { money, roundMoney } from '../../kernel/money.js';
import { earlierOf, laterOf, periodOn } from '../../kernel/period.js';
import type { SourceCharge } from '../../ports/host/subscription-source.port.js';
import type { BillingLine } from './billing-line.js';
import { type ContractState, gridOf } from './contract-state.js';
import { type ExchangeRates, toInternalAmount } from '../../kernel/exchange-rates.js';
import type { PlanRefusal, PlanStep } from './plan-step.js';

/** Autotask's own limit of a charge's name (reference §7.11). */
const MAX_NAME = 100;

/**
 * The step that bills an amount beside the seats as a charge of the contract, dated on the last day of what it is for, within the
 * contract; or why it cannot be billed.
 */
export function chargeStep(
  charge: SourceCharge,
  line: BillingLine,
  contract: ContractState | undefined,
  billing: { currency: CurrencyCode; rates: ExchangeRates; billingCodeExternalId: string | null },
): PlanStep | PlanRefusal {
  const { subscriptionId, contractExternalId, serviceExternalId, connectionId } = line;
  const { currency, rates, billingCodeExternalId } = billing;
  const unitCost = toInternalAmount(charge.unitCost, rates);
  if (
    contract === undefined ||
    unitCost === null ||
    billingCodeExternalId === null ||
    charge.unitPrice.currency !== currency
  ) {
    return refusalOf(charge, line, contract, billing);
  }
  const effectiveOn = earlierOf(laterOf(charge.servicePeriod.to, contract.startsOn), contract.endsOn);
  const period = periodOn(gridOf(contract), effectiveOn);
  const amount = roundMoney(money(charge.quantity.times(charge.unitPrice.amount), currency));
  const nothing = { units: 0, unitPrice: null, unitCost: null };
  return {
    kind: 'createCharge',
    identity: `${connectionId}/${charge.customerId}/${subscriptionId}/${effectiveOn}/${charge.id}`,
    subscriptionId,
    contractExternalId,
    serviceExternalId,
    lineExternalId: line.lineExternalId,
    before: nothing,
    after: nothing,
    effectiveOn,
    notBefore: effectiveOn,
    period: {
      startsOn: period?.startsOn ?? effectiveOn,
      endsOn: period?.endsOn ?? effectiveOn,
      fullDays: period?.fullDays ?? 1,
      isPosted: false,
    },
    impactPerPeriod: amount,
    impact: amount,
    reason: `${charge.description}, for ${charge.servicePeriod.from} to ${charge.servicePeriod.to}.`,
    rule: 'charge.billingMonth',
    revision: line.known?.revision ?? 0,
    contractEndsOn: null,
    charge: {
      chargeId: charge.id,
      name: charge.description.slice(0, MAX_NAME),
      billingCodeExternalId,
      quantity: charge.quantity.toFixed(),
      unitPrice: charge.unitPrice.amount.toFixed(),
      unitCost: unitCost.amount.toFixed(),
    },
  };
}

function refusalOf(
  charge: SourceCharge,
  { subscriptionId, contractExternalId, known }: BillingLine,
  contract: ContractState | undefined,
  { currency, rates }: { currency: CurrencyCode; rates: ExchangeRates },
): PlanRefusal {
  const [code, why]: [PlanRefusal['code'], string] =
    contract === undefined
      ? ['billing.contract_missing', 'the contract is not to be found in the PSA.']
      : charge.unitPrice.currency !== currency
        ? [
            'billing.currency_mismatch',
            `it is in ${charge.unitPrice.currency}, the connection bills in ${currency}.`,
          ]
        : toInternalAmount(charge.unitCost, rates) === null
          ? [
              'billing.cost_currency_unknown',
              `the instance has no exchange rate for ${charge.unitCost.currency}.`,
            ]
          : ['billing.charge_code_missing', 'the PSA has no active material billing code.'];
  return {
    code,
    subscriptionId,
    contractExternalId,
    detail: `Charge ${charge.id} cannot be billed: ${why}`,
    revision: known?.revision ?? 0,
  };
}
