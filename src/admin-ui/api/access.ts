import type { ApiClient } from './http-client.js';
import type { Page } from './page.js';

export const ROLES = ['administrator', 'operator', 'auditor'] as const;
export type Role = (typeof ROLES)[number];
export const TIERS = ['csp', 'reseller', 'customer'] as const;
export type Tier = (typeof TIERS)[number];

/** Somebody who may sign in; never contains a password. */
export interface Account {
  id: string;
  userName: string;
  displayName: string;
  role: Role;
  tier: Tier;
  tenantId: string;
  enabled: boolean;
  createdAt: string;
  createdBy: string;
  lastSignInAt: string | null;
}

export interface NewAccount {
  userName: string;
  displayName: string;
  password: string;
  role: Role;
  tier: Tier;
  /** Absent: the tenant of whoever creates it. */
  tenantId?: string;
}

export interface AccountChange {
  displayName?: string;
  role?: Role;
  enabled?: boolean;
  password?: string;
}

/** What a program signs in with; the token itself is shown once. */
export interface ApiToken {
  id: string;
  name: string;
  permissions: string[];
  tier: Tier;
  tenantId: string;
  createdAt: string;
  createdBy: string;
  expiresAt: string;
  revokedAt: string | null;
  lastUsedAt: string | null;
}

export interface NewApiToken {
  name: string;
  permissions: string[];
  expiresInDays: number;
}

interface PageOptions {
  cursor?: string | undefined;
  signal: AbortSignal;
}

const accountPath = (id: string): string => `accounts/${encodeURIComponent(id)}`;

export function listAccounts(client: ApiClient, { cursor, signal }: PageOptions): Promise<Page<Account>> {
  return client.get('accounts', { query: { limit: 100, cursor }, signal });
}

export function createAccount(client: ApiClient, account: NewAccount): Promise<Account> {
  return client.send('POST', 'accounts', account);
}

export function updateAccount(client: ApiClient, id: string, change: AccountChange): Promise<Account> {
  return client.send('PATCH', accountPath(id), change);
}

export function removeAccount(client: ApiClient, id: string): Promise<void> {
  return client.send('DELETE', accountPath(id));
}

export function endSessionsOf(client: ApiClient, id: string): Promise<void> {
  return client.send('DELETE', `${accountPath(id)}/sessions`);
}

export function listApiTokens(client: ApiClient, { cursor, signal }: PageOptions): Promise<Page<ApiToken>> {
  return client.get('api-tokens', { query: { limit: 100, cursor }, signal });
}

export function createApiToken(client: ApiClient, token: NewApiToken): Promise<ApiToken & { token: string }> {
  return client.send('POST', 'api-tokens', token);
}

export function revokeApiToken(client: ApiClient, id: string): Promise<void> {
  return client.send('DELETE', `api-tokens/${encodeURIComponent(id)}`);
}
