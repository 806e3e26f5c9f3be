import type { CurrencyCode } from '../../kernel/currency.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { SubscriptionKind } from '../../ports/host/subscription-source.port.js';
import type { BillingLine } from './billing-line.js';

/** A mapped line with what its subscription says about it. */
export interface LineOfCustomer extends BillingLine {
  customerId: string;
  kind: SubscriptionKind;
  /** Of its connection. */
  currency: CurrencyCode;
}

/** A connection on which a customer has lines. */
export interface ConnectionOfCustomer {
  connectionId: string;
  customerId: string;
}

/** What customers of a tenant have on its connections; not on those that were removed. */
export interface CustomerLineStore {
  /** Connections on which these customers of the tenant have mapped lines. */
  connectionsOfCustomers(
    tx: Transaction,
    tenantId: string,
    customerIds: readonly string[],
  ): Promise<ConnectionOfCustomer[]>;
  /** Every mapped line of these customers, on all connections of the tenant, in the order of their subscriptions. */
  linesOfCustomers(tenantId: string, customerIds: readonly string[]): Promise<LineOfCustomer[]>;
}

export const CUSTOMER_LINE_STORE = Symbol('CUSTOMER_LINE_STORE');
