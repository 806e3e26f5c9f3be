import type {
  ChargeResponse,
  SubscriptionResponse,
} from '../../../src/subscriptions/http/record-response.js';

/** Body of `PUT /customers/{id}`. */
export interface CustomerInput {
  name: string;
  domain?: string | null;
  country?: string | null;
}

/** Body of `PUT /subscriptions/{id}`. */
export type SubscriptionInput = Partial<SubscriptionResponse>;
export type ChargeInput = Partial<Omit<ChargeResponse, 'quantity'>> & { quantity?: string | number };

const EUR = (amount: string) => ({ amount, currency: 'EUR' });

/** A valid customer, known as `contoso` in the bodies below. */
export function newCustomer(changes: Partial<CustomerInput> = {}): CustomerInput {
  return { name: 'Contoso GmbH', domain: 'contoso.com', country: 'DE', ...changes };
}

export const EXCHANGE = {
  productId: 'CFQ7TTC0LH16',
  skuId: '0001',
  name: 'Exchange Online (Plan 1)',
  segment: 'commercial',
  term: 'P1Y',
  billingCycle: 'monthly',
} as const;

/** A valid subscription of `contoso`: 5 seats, a year, billed monthly. */
export function newSubscription(changes: SubscriptionInput = {}): SubscriptionInput {
  return {
    customerId: 'contoso',
    offer: EXCHANGE,
    kind: 'license',
    quantity: 5,
    status: 'active',
    startsOn: '2026-03-15' as SubscriptionResponse['startsOn'],
    unitCost: EUR('3.20'),
    unitPrice: EUR('4.00'),
    ...changes,
  };
}

/** A valid charge of `contoso`. */
export function newCharge(changes: ChargeInput = {}): ChargeInput {
  return {
    id: 'charge-1',
    customerId: 'contoso',
    kind: 'usage',
    description: 'Azure usage, October',
    servicePeriod: { from: '2026-10-01', to: '2026-10-31' } as ChargeResponse['servicePeriod'],
    quantity: '730.5',
    unitCost: EUR('0.0123'),
    unitPrice: EUR('0.015'),
    ...changes,
  };
}
