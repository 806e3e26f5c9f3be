import { z } from 'zod';
import { ROLES, type Role } from './access/roles.js';

/** Sign-in through an OpenID Connect provider. */
export interface OidcEnvironment {
  issuer: string;
  clientId: string;
  clientSecret: string;
  scopes: string;
  /** Path of the claim that names roles; members of objects are separated by dots. */
  roleClaim: string;
  /** Role that a value of the claim stands for. */
  roles: ReadonlyMap<string, Role>;
  /** What the button of the sign-in page says after "Sign in with". */
  label: string;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const NEEDED = ['PSA_OIDC_ISSUER', 'PSA_OIDC_CLIENT_ID', 'PSA_OIDC_CLIENT_SECRET'] as const;

const roleMap = z.string().transform((text, context) => {
  const pairs = text
    .split(',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map((pair): [string, string] => {
      const at = pair.lastIndexOf('=');
      return [pair.slice(0, Math.max(at, 0)).trim(), pair.slice(at + 1).trim()];
    });
  const wrong = pairs.filter(([value, role]) => value === '' || !isRole(role));
  if (pairs.length > 0 && wrong.length === 0) return new Map(pairs as [string, Role][]);
  context.addIssue(
    `must be a list of value=role separated by commas, where a role is one of ${ROLES.join(', ')}`,
  );
  return z.NEVER;
});

/** The variables, as part of those of the host. */
export const OIDC_VARIABLES = {
  PSA_OIDC_ISSUER: z
    .string()
    .refine(
      isIssuer,
      'must be the https:// address of the provider (http:// only for this machine), without user, query or fragment',
    )
    .optional(),
  PSA_OIDC_CLIENT_ID: z.string().optional(),
  PSA_OIDC_CLIENT_SECRET: z.string().optional(),
  PSA_OIDC_SCOPES: z
    .string()
    .refine(
      (text) => text.split(/\s+/).includes('openid'),
      'must be scopes separated by spaces, openid among them',
    )
    .default('openid profile email'),
  PSA_OIDC_ROLE_CLAIM: z
    .string()
    .regex(/^[^\s.]+(\.[^\s.]+)*$/, 'must be the name of a claim, such as roles or realm_access.roles')
    .default('roles'),
  PSA_OIDC_ROLES: roleMap.default(new Map(ROLES.map((role) => [role, role]))),
  PSA_OIDC_LABEL: z.string().max(40, 'must be at most 40 characters').default('single sign-on'),
};

type OidcValues = z.output<z.ZodObject<typeof OIDC_VARIABLES>>;

/** What is set, or undefined when there is no provider. */
export function oidcFrom(values: OidcValues): OidcEnvironment | undefined {
  const { PSA_OIDC_ISSUER: issuer, PSA_OIDC_CLIENT_ID: clientId, PSA_OIDC_CLIENT_SECRET: secret } = values;
  if (issuer === undefined || clientId === undefined || secret === undefined) return undefined;
  return {
    issuer,
    clientId,
    clientSecret: secret,
    scopes: values.PSA_OIDC_SCOPES,
    roleClaim: values.PSA_OIDC_ROLE_CLAIM,
    roles: values.PSA_OIDC_ROLES,
    label: values.PSA_OIDC_LABEL,
  };
}

/** Whether any variable of the provider is set: then the needed ones must be. */
export function wantsOidc(given: Record<string, string | undefined>): boolean {
  return Object.keys(OIDC_VARIABLES).some((name) => given[name] !== undefined);
}

/** What is missing for a provider that is half set. */
export function lackingForOidc(given: Record<string, string | undefined>, isProduction: boolean): string[] {
  if (!wantsOidc(given)) return [];
  const names: readonly string[] = isProduction ? [...NEEDED, 'PSA_PUBLIC_URL'] : NEEDED;
  return names
    .filter((name) => given[name] === undefined)
    .map((name) => `${name} is required for signing in with OpenID Connect`);
}

function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, search, hash } = new URL(text);
  if (username !== '' || search !== '' || hash !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
}
