/** What an actor may be allowed to do; a host maps its own roles to these. */
export const PERMISSIONS = [
  'connection:read',
  'connection:write',
  'sync:read',
  'sync:run',
  'audit:read',
  'subscription:read',
  'subscription:write',
  'imports:read',
  'imports:write',
  'mapping:read',
  'mapping:write',
  'billing:read',
  'billing:approve',
  'reconciliation:read',
  'reconciliation:close',
  'metrics:read',
  // Accounts and API tokens, where the host keeps them; no route of the library asks for it.
  'access:manage',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export type ActorTier = 'csp' | 'reseller' | 'customer';

/** Who causes an action, as the host sees them. */
export interface Actor {
  id: string;
  /**
   * Who stands behind the actor, where that is not `id`: the person whose API token it is. Where two people must decide, actors with the
   * same one are one person.
   */
  personId?: string;
  name: string;
  tenantId: string;
  /** The CSP's tenant at the root of the tree the actor's tenant belongs to. */
  rootTenantId: string;
  tier: ActorTier;
  permissions: readonly Permission[];
}

/** The part of an incoming request an `ActorResolver` may read, the same under every HTTP adapter. */
export interface IncomingRequest {
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
  /** The adapter's own request object, for hosts that keep a session there. */
  raw: unknown;
}

/** Supplied by the host: who is calling, and what may they do. */
export interface ActorResolver {
  /** The actor behind a request, or null when nobody is signed in (the caller gets 401). */
  resolve(request: IncomingRequest): Promise<Actor | null>;
  can(actor: Actor, permission: Permission): boolean | Promise<boolean>;
}

/** Token of the host's `ActorResolver`. */
export const ACTOR_RESOLVER = Symbol('ACTOR_RESOLVER');
