import { type Actor, type ActorTier, type Permission, PERMISSIONS } from '../../index.js';

export const ROLES = ['administrator', 'operator', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

export const TIERS = ['csp', 'reseller', 'customer'] as const satisfies readonly ActorTier[];

/** An operator's daily work. What is not named here is left to administrators, so that a new permission is never granted by accident. */
const OPERATOR = new Set([
  'connection:read',
  'sync:read',
  'sync:run',
  'subscription:read',
  'subscription:write',
  'imports:read',
  'imports:write',
  'mapping:read',
  'mapping:write',
  'billing:read',
  'reconciliation:read',
  'metrics:read',
]);

/** The only table from role to permission. */
const ALLOWS: Readonly<Record<Role, (permission: string) => boolean>> = {
  administrator: () => true,
  operator: (permission) => OPERATOR.has(permission),
  // Whoever audits sees everything and changes nothing.
  auditor: (permission) => permission.endsWith(':read'),
};

/** Where somebody stands in the tree of tenants. */
export type Standing = Pick<Actor, 'tenantId' | 'rootTenantId' | 'tier'>;

/** Whether somebody acts for the CSP itself, in whose hands the whole installation is. */
function isOfTheRoot({ tenantId, rootTenantId, tier }: Standing): boolean {
  return tier === 'csp' && tenantId === rootTenantId;
}

/** What somebody may be given at all: the figures of `/metrics` are of every tenant's instances, so they are for the CSP alone. */
export function permissionsWithin(standing: Standing): Permission[] {
  return PERMISSIONS.filter((permission) => permission !== 'metrics:read' || isOfTheRoot(standing));
}

/** What a role allows to somebody who stands there. */
export function permissionsOf(role: Role, standing: Standing): Permission[] {
  return permissionsWithin(standing).filter((permission) => ALLOWS[role](permission));
}

/** The tiers an actor may give to others: its own and those below. */
export function tiersUpTo(tier: ActorTier): ActorTier[] {
  return TIERS.slice(TIERS.indexOf(tier));
}

/** Whose accounts and tokens an actor manages: those of its own tenant, or of every tenant below the CSP it belongs to. */
export interface ManagedScope {
  rootTenantId: string;
  /** Null: every tenant below the root. */
  tenantId: string | null;
  tiers: ActorTier[];
}

export function managedScope(actor: Standing): ManagedScope {
  const { rootTenantId, tenantId, tier } = actor;
  return { rootTenantId, tenantId: isOfTheRoot(actor) ? null : tenantId, tiers: tiersUpTo(tier) };
}
