import { Injectable } from '@nestjs/common';
import {
  type Actor,
  type ActorResolver,
  type IncomingRequest,
  type MasterKey,
  type MasterKeyProvider,
  PERMISSIONS,
  type Permission,
} from '../../src/index.js';

/** Bearer tokens of the actors below. */
export const TOKENS = {
  /** An API token of the administrator of tenant A. */
  adminToken: 'api-token-of-the-administrator-of-tenant-a',
  /** A second administrator of tenant A. */
  secondAdmin: 'token-of-the-second-administrator-of-tenant-a',
  /** CSP administrator of tenant A, with every permission. */
  admin: 'token-of-the-administrator-of-tenant-a',
  /** Reseller of tenant B, below the same CSP, with every permission. */
  reseller: 'token-of-the-reseller-of-tenant-b',
  /** Customer within tenant A: every permission, but a tier that may not manage connections. */
  customer: 'token-of-a-customer-in-tenant-a',
  /** Auditor of tenant A: reads the audit log and nothing else. */
  auditor: 'token-of-the-auditor-of-tenant-a',
  /** Reads connections and sync runs of tenant A. */
  reader: 'token-of-a-reader-in-tenant-a',
} as const;

type ActorName = keyof typeof TOKENS;

function actor(id: string, name: string, changes: Partial<Actor> = {}): Actor {
  return {
    id,
    name,
    tenantId: 'tenant-a',
    rootTenantId: 'tenant-a',
    tier: 'csp',
    permissions: PERMISSIONS,
    ...changes,
  };
}

export const ACTORS: Readonly<Record<ActorName, Actor>> = {
  admin: actor('admin', 'Ada Administrator'),
  adminToken: actor('admin-token', 'Nightly job (API token)', { personId: 'admin' }),
  secondAdmin: actor('second-admin', 'Sam Second'),
  reseller: actor('reseller', 'Rita Reseller', { tenantId: 'tenant-b', tier: 'reseller' }),
  customer: actor('customer', 'Carl Customer', { tier: 'customer' }),
  auditor: actor('auditor', 'Audrey Auditor', { permissions: ['audit:read'] }),
  reader: actor('reader', 'Rene Reader', { permissions: ['connection:read', 'sync:read'] }),
};

@Injectable()
export class TestActorResolver implements ActorResolver {
  resolve({ headers }: IncomingRequest): Promise<Actor | null> {
    const name = (Object.keys(TOKENS) as ActorName[]).find(
      (candidate) => headers['authorization'] === `Bearer ${TOKENS[candidate]}`,
    );
    return Promise.resolve(name === undefined ? null : ACTORS[name]);
  }

  can({ permissions }: Actor, permission: Permission): boolean {
    return permissions.includes(permission);
  }
}

/** Readable, so that a leak of its bytes is found in any encoding. */
export const TEST_MASTER_KEY: MasterKey = {
  id: 'test-key-1',
  key: Buffer.from('canary-master-key-of-32-bytes-ok', 'latin1'),
};

@Injectable()
export class TestMasterKeyProvider implements MasterKeyProvider {
  currentKey(): Promise<MasterKey> {
    return Promise.resolve(TEST_MASTER_KEY);
  }

  keyById(id: string): Promise<MasterKey | null> {
    return Promise.resolve(id === TEST_MASTER_KEY.id ? TEST_MASTER_KEY : null);
  }
}
