import { Injectable } from '@nestjs/common';
import type { AuditDetails } from '../../audit/domain/audit-entry.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Transaction } from '../../kernel/transaction.js';

/** Puts away what a feature keeps for a connection that is removed; gives what the audit entry should say of it. */
export type RemovalHandler = (
  tx: Transaction,
  context: UseCaseContext,
  connectionId: string,
  at: Date,
) => Promise<AuditDetails>;

/**
 * Lets features that build on connections take part in a removal, in its transaction. They register themselves at start, because
 * connections do not know them.
 */
@Injectable()
export class ConnectionRemovals {
  readonly #handlers: RemovalHandler[] = [];

  register(handler: RemovalHandler): void {
    this.#handlers.push(handler);
  }

  /** What every feature put away, for the audit entry of the removal. */
  async handle(
    tx: Transaction,
    context: UseCaseContext,
    connectionId: string,
    at: Date,
  ): Promise<AuditDetails> {
    const details: AuditDetails = {};
    for (const handler of this.#handlers)
      Object.assign(details, await handler(tx, context, connectionId, at));
    return details;
  }
}
