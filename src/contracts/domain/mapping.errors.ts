import { ConnectorError, type ErrorCategory } from '../../kernel/connector-error.js';

/** Every reason a mapping is refused for, with its category; the codes are part of the API. */
const REASONS = {
  /** The company's type is not Customer. */
  company_not_customer: 'invalid_input',
  /** The company is inactive. */
  company_inactive: 'invalid_input',
  /** The company's or the subscription's currency is not the connection's. */
  currency_mismatch: 'invalid_input',
  /** Another customer is mapped to the company. */
  company_taken: 'conflict',
  /** The service is inactive. */
  service_inactive: 'invalid_input',
  /** The period of the service or contract is not the billing cycle of the offer. */
  period_mismatch: 'invalid_input',
  /** The service of an Azure plan has a unit cost or unit price. */
  azure_service_priced: 'invalid_input',
  /** Another offer is mapped to the service. */
  service_taken: 'conflict',
  /** The offer is mapped to another service. */
  offer_taken: 'conflict',
  /** The subscription's customer is not mapped on this connection. */
  customer_unmapped: 'invalid_input',
  /** The subscription's offer is not mapped on this connection. */
  offer_unmapped: 'invalid_input',
  /** The contract is not of the type Recurring Service. */
  contract_not_recurring: 'invalid_input',
  /** The contract is inactive. */
  contract_inactive: 'invalid_input',
  /** The contract starts after the subscription. */
  contract_starts_later: 'invalid_input',
  /** The contract has ended. */
  contract_ended: 'invalid_input',
  /** The contract belongs to a company the customer is not mapped to. */
  contract_of_other_company: 'invalid_input',
  /** An Azure plan's contract does not start on the first of a month. */
  contract_not_on_day_one: 'invalid_input',
  /** The subscription is mapped on another connection of the tenant tree. */
  subscription_taken: 'conflict',
  /** Mapped subscriptions depend on the mapping. */
  in_use: 'conflict',
  /** A record is to be created for a subject that is mapped or excluded already. */
  already_mapped: 'conflict',
  /** A record that is to be created would carry a number or name that one of the PSA has. */
  reference_taken: 'conflict',
  /** The record is being created, or it is not known yet whether it was. */
  creation_under_way: 'conflict',
  /** The PSA created the record but does not show it to the API user. */
  creation_not_shown: 'configuration',
  /** There is no such mapping. */
  not_found: 'not_found',
} as const satisfies Record<string, ErrorCategory>;

export type MappingRefusalReason = keyof typeof REASONS;

/** A mapping cannot be made, changed or removed as asked; the code is `mapping.<reason>`. */
export class MappingRefusedError extends ConnectorError {
  constructor(
    readonly reason: MappingRefusalReason,
    detail: string,
  ) {
    super({ code: `mapping.${reason}`, category: REASONS[reason], detail });
  }
}

/** What a template cannot know, or what was asked for does not fit; `errors` points to the members of the request. */
export class TemplateIncompleteError extends ConnectorError {
  constructor(errors: readonly { pointer: string; detail: string }[]) {
    super({
      code: 'mapping.template_incomplete',
      category: 'invalid_input',
      detail: `The record cannot be created yet: ${errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ')}.`,
      extensions: { errors },
    });
  }
}

/** The connection has no mirrored company with this external id; it may not have been pulled yet. */
export class CompanyNotFoundError extends ConnectorError {
  constructor() {
    super({
      code: 'company.not_found',
      category: 'not_found',
      detail: 'This connection has no company with this id. If it is new in Autotask, sync first.',
    });
  }
}

/** The connection has no mirrored service with this external id; it may not have been pulled yet. */
export class ServiceNotFoundError extends ConnectorError {
  constructor() {
    super({
      code: 'service.not_found',
      category: 'not_found',
      detail: 'This connection has no service with this id. If it is new in Autotask, sync first.',
    });
  }
}
