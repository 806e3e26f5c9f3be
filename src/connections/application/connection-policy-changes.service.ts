import { Injectable } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { Connection } from '../domain/connection.js';
import type { ConnectionPolicies } from '../domain/connection-policies.js';

/** What follows in the transaction that saves the policies; it is given the connection as it is saved. */
export type PolicyConsequence = (tx: Transaction, after: Connection) => Promise<void>;

/**
 * Looks at a wish before its transaction begins, so that what has to be read elsewhere is read by then; null when nothing follows from it.
 * The connection may have become another one until the consequence runs.
 */
export type PolicyHandler = (
  context: UseCaseContext,
  connection: Connection,
  wanted: Partial<ConnectionPolicies>,
) => Promise<PolicyConsequence | null>;

/** Lets features that build on connections follow a change of policies. They register themselves at start, because connections do not know them. */
@Injectable()
export class ConnectionPolicyChanges {
  readonly #handlers: PolicyHandler[] = [];

  register(handler: PolicyHandler): void {
    this.#handlers.push(handler);
  }

  /** Everything that follows from the wish. */
  async prepare(
    context: UseCaseContext,
    connection: Connection,
    wanted: Partial<ConnectionPolicies> | undefined,
  ): Promise<PolicyConsequence[]> {
    if (wanted === undefined) return [];
    const consequences: PolicyConsequence[] = [];
    for (const handler of this.#handlers) {
      const consequence = await handler(context, connection, wanted);
      if (consequence !== null) consequences.push(consequence);
    }
    return consequences;
  }
}
