import type { Actor, ActorTier } from '../../index.js';
import { BOOTSTRAP_ID } from './principal.js';
import { permissionsOf, permissionsWithin, type Role, type Standing } from './roles.js';

/** An account as stored, without its password. */
export interface AccountRow {
  id: string;
  user_name: string;
  display_name: string;
  role: Role;
  tier: ActorTier;
  tenant_id: string;
  root_tenant_id: string;
  is_active: boolean;
  created_at: Date;
  created_by: string;
  password_changed_at: Date;
  last_sign_in_at: Date | null;
  /** False for people of the OpenID Connect provider. */
  has_password: boolean;
}

/** An API token as stored, without its digest. */
export interface ApiTokenRow {
  id: string;
  name: string;
  permissions: string[];
  tier: ActorTier;
  tenant_id: string;
  root_tenant_id: string;
  created_at: Date;
  created_by: string;
  expires_at: Date;
  revoked_at: Date | null;
  last_used_at: Date | null;
  /** Account that made it, itself or through a token of its own; null: the bootstrap token did. */
  maker_id: string | null;
}

export const ACCOUNT_COLUMNS = `id, user_name, display_name, role, tier, tenant_id, root_tenant_id, is_active, created_at,
  created_by, password_changed_at, last_sign_in_at, password_hash IS NOT NULL AS has_password`;

export const API_TOKEN_COLUMNS = `id, name, permissions, tier, tenant_id, root_tenant_id, created_at, created_by, expires_at,
  revoked_at, last_used_at, maker_id`;

function standingOf(row: Pick<AccountRow, 'tenant_id' | 'root_tenant_id' | 'tier'>): Standing {
  return { tenantId: row.tenant_id, rootTenantId: row.root_tenant_id, tier: row.tier };
}

export function actorOfAccount(
  row: Pick<AccountRow, 'id' | 'display_name' | 'tenant_id' | 'root_tenant_id' | 'tier' | 'role'>,
): Actor {
  const standing = standingOf(row);
  return {
    id: row.id,
    name: row.display_name,
    ...standing,
    permissions: permissionsOf(row.role, standing),
  };
}

/**
 * A token does what it names as far as its maker may do so now, and its maker stands behind it; a permission that this release no longer
 * knows is worth nothing.
 * @param maker null: the bootstrap token made it
 */
export function actorOfToken(row: ApiTokenRow, maker: Pick<Actor, 'permissions'> | null): Actor {
  const standing = standingOf(row);
  const givable = permissionsWithin(standing).filter((permission) => row.permissions.includes(permission));
  return {
    id: row.id,
    personId: row.maker_id ?? BOOTSTRAP_ID,
    name: `${row.name} (API token)`,
    ...standing,
    permissions: givable.filter((permission) => maker?.permissions.includes(permission) ?? true),
  };
}
