import { Injectable } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { ConnectorError } from '../../kernel/connector-error.js';
import { ActorRateLimiter } from '../../platform/http/actor-rate-limiter.js';
import {
  type SqlQuery,
  statementsOf,
  TransactionRunner,
} from '../../platform/persistence/transaction-runner.js';
import type { AuditDetails, AuditSubject } from '../domain/audit-entry.js';
import type { AuditOperation } from '../domain/audit-operations.js';
import { AuditTrail } from './audit-trail.service.js';

/** An action of the host itself, such as a sign-in. */
export interface HostAuditEvent {
  /** The host's own words; operations of the library are in `AUDIT_OPERATIONS`. */
  operation: string;
  subject: AuditSubject;
  /** Never a secret. */
  details?: AuditDetails;
}

/** Lets the host keep its own administration in the same log, chained like every other entry. */
@Injectable()
export class HostAuditLog {
  constructor(
    private readonly trail: AuditTrail,
    private readonly transactions: TransactionRunner,
    private readonly rateLimiter: ActorRateLimiter,
  ) {}

  /**
   * Runs a change of the host's own tables in a transaction on our data source, and appends its entry to it: both are kept or neither.
   * The statements must name the host's schema, because the search path holds ours alone.
   */
  change<T>(
    context: UseCaseContext,
    work: (query: SqlQuery) => Promise<{ result: T; event: HostAuditEvent }>,
  ): Promise<T> {
    return this.transactions.run(async (tx) => {
      const { result, event } = await work(statementsOf(tx));
      await this.trail.append(tx, context, known(event));
      return result;
    });
  }

  /**
   * Appends the failed entry of an attempt that the host refused.
   * @param keep what changes in the host's own tables because of it, in the transaction of the entry; gives further details of the entry
   */
  refuse(
    context: UseCaseContext,
    event: HostAuditEvent,
    error: ConnectorError,
    keep?: (query: SqlQuery) => Promise<AuditDetails>,
  ): Promise<void> {
    if (keep === undefined) return this.trail.appendRefusal(context, known(event), error);
    return this.transactions.run(async (tx) => {
      const details = { ...event.details, ...(await keep(statementsOf(tx))) };
      await this.trail.appendRefusalIn(tx, context, known({ ...event, details }), error);
    });
  }

  /**
   * As `refuse`, of a request that an `ActorResolver` refuses to an actor it knows: counts it among the actor's requests, which happens
   * to others only after the resolver, and leaves one such entry a minute and actor. Throw the error afterwards.
   * @throws TooManyRequestsError beyond the actor's requests a minute
   */
  async refuseRequest(context: UseCaseContext, event: HostAuditEvent, error: ConnectorError): Promise<void> {
    if (this.rateLimiter.isToBeTold(context.actor, 'beforeUseCase')) await this.refuse(context, event, error);
    this.rateLimiter.take(context.actor);
  }
}

function known(event: HostAuditEvent): HostAuditEvent & { operation: AuditOperation } {
  return { ...event, operation: event.operation as AuditOperation };
}
