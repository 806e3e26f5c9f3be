import { createHash } from 'node:crypto';
import type { OidcEnvironment } from '../../oidc-environment.js';
import { ROLES, type Role } from '../roles.js';

/** Who the provider says is there. */
export interface ProviderIdentity {
  issuer: string;
  /** The provider's own id of the person, which never goes to another one. */
  subject: string;
  /** Cannot be the name of an account of this host: no such name may hold `#`. */
  userName: string;
  displayName: string;
  /** Null when no value of the claim stands for a role. */
  role: Role | null;
}

const MAX_NAME = 100;
const MARK_LENGTH = 8;

type Claims = Record<string, unknown> & { iss: string; sub: string };

/** Reads a verified ID token. Somebody with several roles gets the one that may do most. */
export function identityOf(claims: Claims, { roleClaim, roles }: OidcEnvironment): ProviderIdentity {
  const { iss: issuer, sub: subject } = claims;
  const names = ['preferred_username', 'email'].map((name) => plain(claims[name]));
  const name = names.find((text) => text !== '') ?? plain(subject);
  const mark = createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('hex');
  const granted = new Set(valuesAt(claims, roleClaim.split('.')).map((value) => roles.get(value)));
  return {
    issuer,
    subject,
    userName: `${name.toLowerCase().slice(0, MAX_NAME - MARK_LENGTH - 1)}#${mark.slice(0, MARK_LENGTH)}`,
    displayName: plain(claims['name']) || name,
    role: ROLES.find((role) => granted.has(role)) ?? null,
  };
}

/** Texts at a path of claims: one, or a list of them; a claim whose name holds dots is found as well. */
function valuesAt(claims: Record<string, unknown>, path: readonly string[]): string[] {
  const whole = claims[path.join('.')];
  let value: unknown = claims;
  for (const name of path) {
    const isObject = value !== null && typeof value === 'object' && Object.hasOwn(value, name);
    value = isObject ? (value as Record<string, unknown>)[name] : undefined;
  }
  const found = whole ?? value;
  const list: unknown[] = Array.isArray(found) ? found : [found];
  return list.filter((item) => typeof item === 'string');
}

/** A text as it may be shown: without control characters, of bounded length. */
function plain(value: unknown): string {
  if (typeof value !== 'string') return '';
  return value.replaceAll(/\p{C}/gu, '').trim().slice(0, MAX_NAME);
}
