import { ConnectorError } from '../../kernel/connector-error.js';

/** There is no such plan, or it belongs to another tenant. */
export class PlanNotFoundError extends ConnectorError {
  constructor() {
    super({
      code: 'billing.plan_not_found',
      category: 'not_found',
      detail: 'There is no such billing plan.',
    });
  }
}

/** The plan has no such step, or a step is to be applied that was left out of it. */
export class StepNotFoundError extends ConnectorError {
  constructor() {
    super({
      code: 'billing.step_not_found',
      category: 'not_found',
      detail: 'The plan has no such step, or it was left out of it.',
    });
  }
}

/** Something the plan was made from has changed since: a contract, a subscription, an operation or the policies. */
export class PlanStaleError extends ConnectorError {
  constructor() {
    super({
      code: 'billing.plan_stale',
      category: 'conflict',
      detail:
        'The contracts, subscriptions or policies have changed since this plan was made. Make a new plan and look at it again.',
    });
  }
}

/** The plan was applied before. */
export class PlanClosedError extends ConnectorError {
  constructor() {
    super({
      code: 'billing.plan_closed',
      category: 'conflict',
      detail: 'The plan was applied already; make a new one.',
    });
  }
}

/** The plan's amount is above the policy's limit and only one person has stood for it so far. */
export class SecondApproverRequiredError extends ConnectorError {
  constructor(limit: string) {
    super({
      code: 'billing.second_approver_required',
      category: 'conflict',
      detail: `The plan moves more than ${limit}: a second person, other than the one who made or approved it, must apply it.`,
    });
  }
}

/** A step cannot be dated on the day a person asked for. */
export class StepDateError extends ConnectorError {
  constructor(detail: string) {
    super({ code: 'billing.date_not_allowed', category: 'invalid_input', detail });
  }
}

/** There is no such operation, or it belongs to another tenant. */
export class OperationNotFoundError extends ConnectorError {
  constructor() {
    super({
      code: 'billing.operation_not_found',
      category: 'not_found',
      detail: 'There is no such billing operation.',
    });
  }
}

/** What was asked for does not fit the state the operation is in. */
export class OperationStateError extends ConnectorError {
  constructor(state: string, allowed: string) {
    super({
      code: 'billing.operation_state',
      category: 'conflict',
      detail: `The operation is ${state}; this can be done only while it is ${allowed}.`,
    });
  }
}

/** An operation that cannot be undone by another one. */
export class NotCompensableError extends ConnectorError {
  constructor(detail: string) {
    super({ code: 'billing.not_compensable', category: 'conflict', detail });
  }
}

/** An operation takes the change back already, or did. */
export class AlreadyCompensatedError extends NotCompensableError {
  constructor() {
    super(
      'Another operation takes the change back already, or has done so; dismiss that one first if it is not sent.',
    );
  }
}

/** Taking a change back moves more than the policy's limit, and only one person has asked for it so far. */
export class SecondPersonRequiredError extends ConnectorError {
  constructor(limit: string) {
    super({
      code: 'billing.second_approver_required',
      category: 'conflict',
      detail: `Taking the change back moves more than ${limit}: a second person must ask for it too. That the first has is kept.`,
    });
  }
}

/** Of a line, the PSA takes one adjustment a day, and that day has one; or no other day can be taken instead. */
export class DayTakenError extends ConnectorError {
  constructor(
    detail = 'Another operation adjusts the contract service on the same day, and the PSA takes one adjustment a day. Choose another ' +
      'day, or look at that operation first.',
  ) {
    super({ code: 'billing.day_taken', category: 'conflict', detail });
  }
}

/** Another operation bears the id of the charge, so nobody could tell which of the two the PSA has. */
export class ChargeTakenError extends ConnectorError {
  constructor() {
    super({
      code: 'billing.charge_taken',
      category: 'conflict',
      detail:
        'Another operation of the connection makes a charge with the same id. Look at that operation, then make a new plan.',
    });
  }
}

/** The subscription is mapped to no connection of the tenant. */
export class SubscriptionNotMappedError extends ConnectorError {
  constructor() {
    super({
      code: 'billing.subscription_not_mapped',
      category: 'not_found',
      detail: 'The subscription is not mapped to a contract; map it first.',
    });
  }
}

/** There is no such drift finding, or it belongs to another tenant. */
export class DriftNotFoundError extends ConnectorError {
  constructor() {
    super({ code: 'billing.drift_not_found', category: 'not_found', detail: 'There is no such finding.' });
  }
}

/** The finding was decided before. */
export class DriftDecidedError extends ConnectorError {
  constructor(state: string) {
    super({
      code: 'billing.drift_decided',
      category: 'conflict',
      detail: `The finding is ${state} already.`,
    });
  }
}

/** Another worker took the pushes of the connection over; this one writes nothing more. */
export class PushLeaseLostError extends ConnectorError {
  constructor(connectionId: string) {
    super({
      code: 'billing.lease_lost',
      category: 'internal',
      detail: 'Another worker took over the pushes of this connection.',
      context: { connectionId },
    });
  }
}

/** There is no such margin rule on the connection. */
export class MarginRuleNotFoundError extends ConnectorError {
  constructor() {
    super({
      code: 'billing.margin_rule_not_found',
      category: 'not_found',
      detail: 'The connection has no such margin rule.',
    });
  }
}

/** Another rule is for the same customer, product, sku and kind, so nobody could tell which of the two counts. */
export class MarginScopeTakenError extends ConnectorError {
  constructor() {
    super({
      code: 'billing.margin_scope_taken',
      category: 'conflict',
      detail:
        'Another margin rule is for exactly the same customer, product, sku and kind. Change that one, or narrow this one.',
    });
  }
}

/** Everything the plan was to change is as it should be, or cannot be changed. */
export class NothingToPlanError extends ConnectorError {
  constructor(reasons: readonly string[] = []) {
    const why =
      reasons.length === 0 ? 'The contracts already have what is expected from now on.' : reasons.join(' ');
    super({
      code: 'billing.nothing_to_plan',
      category: 'conflict',
      detail: `There is nothing to plan. ${why}`,
    });
  }
}
