import type { Connection } from '../../connections/domain/connection.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Originator } from '../domain/operation.js';

/** The context of work that somebody's earlier decision causes: audited under their name, with no permissions of theirs. */
export function contextOf(
  { tenantId, rootTenantId }: Pick<Connection, 'tenantId' | 'rootTenantId'>,
  { actorId, actorName, correlationId }: Originator,
): UseCaseContext {
  return {
    actor: { id: actorId, name: actorName, tenantId, rootTenantId, tier: 'csp', permissions: [] },
    correlationId,
  };
}

export function originatorOf({ actor, correlationId }: UseCaseContext): Originator {
  return { actorId: actor.id, actorName: actor.name, correlationId };
}
