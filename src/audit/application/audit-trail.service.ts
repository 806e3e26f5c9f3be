import { Inject, Injectable } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { ConnectorError } from '../../kernel/connector-error.js';
import { newId } from '../../kernel/ids.js';
import type { Transaction } from '../../kernel/transaction.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import {
  type AuditBody,
  type AuditDetails,
  type AuditOutcome,
  type AuditSubject,
  storableBody,
} from '../domain/audit-entry.js';
import type { AuditOperation } from '../domain/audit-operations.js';
import { AUDIT_STORE, type AuditStore } from '../domain/audit-store.js';

/** What a use case says about itself. */
export interface AuditEvent {
  operation: AuditOperation;
  subject: AuditSubject;
  connectionId?: string | null;
  details?: AuditDetails;
}

/** Appends audit entries: of a change in the change's own transaction, of a refusal in one of its own. */
@Injectable()
export class AuditTrail {
  /**
   * Errors that have left the entry of a request, so that whoever sees them on the way out leaves no second one. One error can be the answer to
   * several requests that waited for the same thing; each of them has an entry of its own.
   */
  readonly #recorded = new WeakMap<Error, Set<string>>();

  constructor(
    @Inject(AUDIT_STORE) private readonly store: AuditStore,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly transactions: TransactionRunner,
  ) {}

  /** Appends the entry of a change that commits with `tx`. Call it last: it holds the tenant's chain head. */
  async append(tx: Transaction, context: UseCaseContext, event: AuditEvent): Promise<void> {
    await this.write(tx, context, 'succeeded', event);
  }

  /** Appends the entry of something that was done but whose result is a no, such as a check that did not pass. */
  async appendFailed(tx: Transaction, context: UseCaseContext, event: AuditEvent): Promise<void> {
    await this.write(tx, context, 'failed', event);
  }

  /** Appends the entries of what commits together with `tx`, in this order; cheaper than one by one. Call it last, as `append`. */
  async appendAll(
    tx: Transaction,
    entries: readonly { context: UseCaseContext; outcome: AuditOutcome; event: AuditEvent }[],
  ): Promise<void> {
    const bodies = entries.map(({ context, outcome, event }) => this.body(context, outcome, event));
    await this.store.appendAll(tx, bodies);
  }

  /** Appends the entry of a refused attempt; nothing else was changed. */
  async appendRefusal(context: UseCaseContext, event: AuditEvent, error: ConnectorError): Promise<void> {
    await this.transactions.run((tx) => this.appendRefusalIn(tx, context, event, error));
  }

  /** Appends the entry of a refused attempt together with what is kept of it; call it last, as `append`. */
  async appendRefusalIn(
    tx: Transaction,
    context: UseCaseContext,
    event: AuditEvent,
    error: ConnectorError,
  ): Promise<void> {
    const { code, detail, category } = error;
    const errors = Array.isArray(error.extensions['errors']) ? { errors: error.extensions['errors'] } : {};
    const details = { ...event.details, code, category, reason: detail, ...errors };
    await this.write(tx, context, 'failed', { ...event, details });
    const requests = this.#recorded.get(error) ?? new Set();
    this.#recorded.set(error, requests.add(context.correlationId));
  }

  /**
   * Refuses an attempt of which something is kept all the same, such as a first person's word: its entry commits with that. Always throws.
   * @param keep gives what the entry tells of it
   */
  async refuseKeeping(
    context: UseCaseContext,
    event: AuditEvent,
    refusal: ConnectorError,
    keep: (tx: Transaction) => Promise<AuditDetails>,
  ): Promise<never> {
    await this.transactions.run(async (tx) => {
      const details = { ...event.details, ...(await keep(tx)) };
      await this.appendRefusalIn(tx, context, { ...event, details }, refusal);
    });
    throw refusal;
  }

  /** Whether `appendRefusal`, or an attempt, has left the entry of this very error and request. */
  hasRecorded(error: Error, { correlationId }: UseCaseContext): boolean {
    return this.#recorded.get(error)?.has(correlationId) === true;
  }

  /**
   * Runs a use case; when it is refused or fails, leaves a failed entry and passes the error on. The use case appends its own
   * entry when it succeeds. `event` is read when the attempt fails, so that it can tell what was learnt by then.
   */
  async attempt<T>(context: UseCaseContext, event: () => AuditEvent, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const refusal = asConnectorError(error);
      if (!this.hasRecorded(refusal, context)) await this.appendRefusal(context, event(), refusal);
      throw error;
    }
  }

  private async write(
    tx: Transaction,
    context: UseCaseContext,
    outcome: AuditOutcome,
    event: AuditEvent,
  ): Promise<void> {
    await this.store.append(tx, this.body(context, outcome, event));
  }

  private body(
    { actor, correlationId }: UseCaseContext,
    outcome: AuditOutcome,
    event: AuditEvent,
  ): AuditBody {
    return storableBody({
      id: newId(),
      occurredAt: this.clock.now().toISOString(),
      operation: event.operation,
      outcome,
      actor: { id: actor.id, name: actor.name },
      tenantId: actor.tenantId,
      connectionId: event.connectionId ?? null,
      subject: event.subject,
      details: event.details ?? {},
      correlationId,
    });
  }
}

/** An unexpected error is audited without its message, which may hold anything. */
export function asConnectorError(error: unknown): ConnectorError {
  if (error instanceof ConnectorError) return error;
  return new ConnectorError({
    code: 'internal.unexpected',
    category: 'internal',
    detail: 'Something went wrong on our side; the log holds the cause under the correlation id.',
    cause: error,
  });
}
