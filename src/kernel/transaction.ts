declare const transactionBrand: unique symbol;

/**
 * An open database transaction, opaque outside `platform/persistence`, which alone can open one and look inside.
 * Stores take it so that a change, its audit entry and its queued work commit together.
 */
export interface Transaction {
  readonly [transactionBrand]: true;
}
