import type { Page, PageRequest } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import type {
  BillingAccount,
  SourceCharge,
  Subscription,
  SubscriptionSource,
} from '../../ports/host/subscription-source.port.js';

/** Who recorded something, and when. */
export interface Recording {
  at: Date;
  by: { id: string; name: string };
}

/** Which row of a tenant. */
export interface StoreKey {
  tenantId: string;
  id: string;
}

/**
 * The connector's own customers, subscriptions and charges. A `lock…` reads a row and keeps everybody else who locks the same id
 * waiting until the transaction ends, also while the row does not exist yet.
 */
export interface SubscriptionStore extends SubscriptionSource {
  lockCustomer(tx: Transaction, key: StoreKey): Promise<BillingAccount | null>;
  putCustomer(tx: Transaction, customer: BillingAccount, at: Date): Promise<void>;

  lockSubscription(tx: Transaction, key: StoreKey): Promise<Subscription | null>;
  /** Saves the newest revision and keeps it in the history. @throws CustomerUnknownError */
  putSubscription(tx: Transaction, subscription: Subscription, recording: Recording): Promise<void>;
  /** Every revision, newest first. @param before revision; exclusive */
  readRevisions(key: StoreKey, page: PageRequest, before: number | undefined): Promise<Page<Subscription>>;

  lockCharge(tx: Transaction, key: StoreKey): Promise<SourceCharge | null>;
  /** @throws CustomerUnknownError, ChargeSubscriptionUnknownError */
  insertCharge(tx: Transaction, charge: SourceCharge, at: Date): Promise<void>;
  findCharge(key: StoreKey): Promise<SourceCharge | null>;
}

export const SUBSCRIPTION_STORE = Symbol('SUBSCRIPTION_STORE');
