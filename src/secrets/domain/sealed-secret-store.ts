import type { Transaction } from '../../kernel/transaction.js';
import type { SealedValue } from './envelope.js';

export interface SealedSecretStore {
  /** Stores the owner's sealed value; replaces an earlier one. */
  put(tx: Transaction, ownerId: string, value: SealedValue, sealedAt: Date): Promise<void>;
  find(ownerId: string): Promise<SealedValue | null>;
  /** Owners whose values another master key wrapped, in order. @param after the last owner already seen */
  ownersNotUnder(masterKeyId: string, after: string | undefined, limit: number): Promise<string[]>;
  /** Replaces the wrapping; false, and nothing done, when the value is no longer `before`. */
  replaceWrapping(
    tx: Transaction,
    ownerId: string,
    before: SealedValue,
    after: SealedValue,
  ): Promise<boolean>;
  /** Ids of the master keys that stored values are sealed under. */
  masterKeyIds(): Promise<string[]>;
  destroy(tx: Transaction, ownerId: string): Promise<void>;
}

export const SEALED_SECRET_STORE = Symbol('SEALED_SECRET_STORE');
