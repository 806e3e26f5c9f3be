import type { Actor } from '../ports/host/actor-resolver.port.js';

/** Who runs a use case, and the id that ties its audit entries, log lines and response together. */
export interface UseCaseContext {
  actor: Actor;
  correlationId: string;
}

/** The context of scheduled work: the connector itself acting inside a tenant. */
export function systemContext(tenantId: string, correlationId: string): UseCaseContext {
  return {
    actor: {
      id: 'psa-connector',
      name: 'PSA connector (scheduled)',
      tenantId,
      rootTenantId: tenantId,
      tier: 'csp',
      permissions: [],
    },
    correlationId,
  };
}
