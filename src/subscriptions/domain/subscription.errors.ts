import { ConnectorError } from '../../kernel/connector-error.js';

/** The tenant has no customer with this id. */
export class CustomerNotFoundError extends ConnectorError {
  constructor() {
    super({
      code: 'customer.not_found',
      category: 'not_found',
      detail: 'There is no customer with this id.',
    });
  }
}

/** The tenant has no subscription with this id. */
export class SubscriptionNotFoundError extends ConnectorError {
  constructor() {
    super({
      code: 'subscription.not_found',
      category: 'not_found',
      detail: 'There is no subscription with this id.',
    });
  }
}

/** The tenant has no charge with this id. */
export class ChargeNotFoundError extends ConnectorError {
  constructor() {
    super({ code: 'charge.not_found', category: 'not_found', detail: 'There is no charge with this id.' });
  }
}

/** A subscription or charge names a customer that is not recorded. */
export class CustomerUnknownError extends ConnectorError {
  constructor(customerId: string) {
    const detail = `names the customer '${customerId}', which is not recorded; record the customer first`;
    super({
      code: 'subscription.customer_unknown',
      category: 'invalid_input',
      detail: `The field customerId ${detail}.`,
      extensions: { errors: [{ pointer: '/customerId', detail }] },
    });
  }
}

/** A recorded subscription is said to belong to another customer; its mapping and what was billed belong to the first. */
export class CustomerFixedError extends ConnectorError {
  constructor(customerId: string) {
    super({
      code: 'subscription.customer_fixed',
      category: 'conflict',
      detail:
        `The subscription belongs to the customer '${customerId}' and cannot be given to another. Cancel it and record the other ` +
        `customer's under an id of its own.`,
    });
  }
}

/** A charge names a subscription that is not recorded, or one of another customer. */
export class ChargeSubscriptionUnknownError extends ConnectorError {
  constructor(subscriptionId: string) {
    const detail = `names the subscription '${subscriptionId}', which this customer does not have`;
    super({
      code: 'charge.subscription_unknown',
      category: 'invalid_input',
      detail: `The field subscriptionId ${detail}.`,
      extensions: { errors: [{ pointer: '/subscriptionId', detail }] },
    });
  }
}

/** A charge with this id exists and says something else; a charge is never rewritten, because it may be billed already. */
export class ChargeConflictError extends ConnectorError {
  constructor() {
    super({
      code: 'charge.conflict',
      category: 'conflict',
      detail:
        'A charge with this id is recorded with other content, and charges are not rewritten. Record a correction under a new id.',
    });
  }
}

/** The actor's tier may not record what customers are subscribed to. */
export class StoreTierNotAllowedError extends ConnectorError {
  constructor(tier: string) {
    super({
      code: 'subscription.tier_not_allowed',
      category: 'forbidden',
      detail: `Only CSPs and resellers may record customers, subscriptions and charges; you act as '${tier}'.`,
      context: { tier },
    });
  }
}
