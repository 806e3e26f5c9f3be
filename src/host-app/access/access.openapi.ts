import { type HostOpenApi, PERMISSIONS } from '../../index.js';
import { MAX_TOKEN_DAYS } from './access-request.dto.js';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from './password-policy.js';
import { ROLES, TIERS } from './roles.js';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const TEXT = { type: 'string' };
const ID = { type: 'string', format: 'uuid' };
const INSTANT = { type: 'string', format: 'date-time' };
const MAYBE_INSTANT = { type: ['string', 'null'], format: 'date-time' };
const PASSWORD = { type: 'string', minLength: MIN_PASSWORD_LENGTH, maxLength: MAX_PASSWORD_LENGTH };
const NAME = { type: 'string', minLength: 1, maxLength: 100 };
const GRANTED = { type: 'array', items: { type: 'string', enum: [...PERMISSIONS] }, minItems: 1 };
const ROLE = { type: 'string', enum: [...ROLES] };
const TIER = { type: 'string', enum: [...TIERS] };

function objectOf(properties: Record<string, object>, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}
const pageOf = (item: string) =>
  objectOf({ items: { type: 'array', items: ref(item) }, nextCursor: { type: ['string', 'null'] } });
const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const answer = (description: string, schema?: object) =>
  schema === undefined ? { description } : { description, ...json(schema) };
const body = (schema: object) => ({ required: true, ...json(schema) });

function problems(...statuses: number[]): Record<string, object> {
  const content = { 'application/problem+json': { schema: ref('Problem') } };
  return Object.fromEntries(statuses.map((status) => [String(status), { description: 'Problem', content }]));
}

const BY_ID = [{ name: 'id', in: 'path', required: true, schema: ID }];
const PAGED = [
  { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 } },
  { name: 'cursor', in: 'query', schema: TEXT },
];

const SIGN_IN = {
  '/sign-in': {
    get: {
      operationId: 'getSignInOptions',
      summary: 'How this host signs people in',
      tags: ['Sign-in'],
      security: [],
      responses: { 200: answer('The ways, the usual one first', ref('SignInOptions')) },
    },
    post: {
      operationId: 'signIn',
      summary: 'Opens a session; its cookies are in the answer',
      tags: ['Sign-in'],
      security: [],
      requestBody: body({ anyOf: [ref('SignInWithPassword'), ref('SignInWithToken')] }),
      responses: {
        200: answer('Signed in', objectOf({ actor: ref('SignedInActor') })),
        ...problems(401, 403, 415, 422, 429),
      },
    },
  },
  '/sign-in/oidc': {
    get: {
      operationId: 'startProviderSignIn',
      summary: 'Sends the browser to the OpenID Connect provider',
      tags: ['Sign-in'],
      security: [],
      responses: {
        302: { description: 'To the provider; back to the admin UI when it cannot be reached' },
        ...problems(404),
      },
    },
  },
  '/sign-in/oidc/callback': {
    get: {
      operationId: 'finishProviderSignIn',
      summary: 'Takes the browser back from the provider and opens a session',
      tags: ['Sign-in'],
      security: [],
      parameters: ['code', 'state', 'iss', 'error'].map((name) => ({ name, in: 'query', schema: TEXT })),
      responses: {
        302: {
          description:
            'To the admin UI, with the cookies of a session or with signIn=refused, throttled or unavailable',
        },
        ...problems(404),
      },
    },
  },
  '/sign-out': {
    post: {
      operationId: 'signOut',
      summary: 'Ends the session',
      tags: ['Sign-in'],
      responses: { 204: answer('Signed out'), ...problems(401, 403) },
    },
  },
  '/own-password': {
    put: {
      operationId: 'changeOwnPassword',
      summary: 'Changes the password of the account that is signed in, and ends its other sessions',
      tags: ['Sign-in'],
      requestBody: body(objectOf({ currentPassword: TEXT, newPassword: PASSWORD })),
      responses: { 204: answer('Changed'), ...problems(401, 403, 409, 415, 422, 429) },
    },
  },
};

const ACCOUNTS = {
  '/accounts': {
    get: {
      operationId: 'listAccounts',
      summary: 'Accounts in the reach of the caller, by user name',
      tags: ['Accounts'],
      parameters: PAGED,
      responses: { 200: answer('A page', pageOf('Account')), ...problems(401, 403, 422) },
    },
    post: {
      operationId: 'createAccount',
      summary: 'Creates an account',
      tags: ['Accounts'],
      requestBody: body(ref('NewAccount')),
      responses: { 201: answer('Created', ref('Account')), ...problems(401, 403, 409, 415, 422) },
    },
  },
  '/accounts/{id}': {
    get: {
      operationId: 'getAccount',
      summary: 'An account',
      tags: ['Accounts'],
      parameters: BY_ID,
      responses: { 200: answer('The account', ref('Account')), ...problems(401, 403, 404) },
    },
    patch: {
      operationId: 'updateAccount',
      summary:
        'Changes what is named; another role, a lock and a new password end its sessions, a lock and a new password revoke its tokens',
      tags: ['Accounts'],
      parameters: BY_ID,
      requestBody: body(ref('AccountChange')),
      responses: {
        200: answer('Changed', ref('Account')),
        ...problems(401, 403, 404, 409, 415, 422),
      },
    },
    delete: {
      operationId: 'deleteAccount',
      summary: 'Deletes an account, ends its sessions and revokes the API tokens it made',
      tags: ['Accounts'],
      parameters: BY_ID,
      responses: { 204: answer('Deleted'), ...problems(401, 403, 404, 409) },
    },
  },
  '/accounts/{id}/sessions': {
    delete: {
      operationId: 'endSessionsOfAccount',
      summary: 'Signs an account out everywhere, also where its API tokens signed in; the tokens stay',
      tags: ['Accounts'],
      parameters: BY_ID,
      responses: { 204: answer('Ended'), ...problems(401, 403, 404) },
    },
  },
};

const API_TOKENS = {
  '/api-tokens': {
    get: {
      operationId: 'listApiTokens',
      summary: 'API tokens in the reach of the caller, newest first',
      tags: ['API tokens'],
      parameters: PAGED,
      responses: { 200: answer('A page', pageOf('ApiToken')), ...problems(401, 403, 422) },
    },
    post: {
      operationId: 'createApiToken',
      summary:
        'Creates a token; it is in this answer alone, never does more than its maker may, and lives no longer than the token that makes it',
      tags: ['API tokens'],
      requestBody: body(ref('NewApiToken')),
      responses: { 201: answer('Created', ref('MadeApiToken')), ...problems(401, 403, 415, 422) },
    },
  },
  '/api-tokens/{id}': {
    delete: {
      operationId: 'revokeApiToken',
      summary: 'Revokes a token and those it made, and ends the sessions they opened',
      tags: ['API tokens'],
      parameters: BY_ID,
      responses: { 204: answer('Revoked'), ...problems(401, 403, 404) },
    },
  },
};

const TOKEN_MEMBERS = {
  id: ID,
  name: TEXT,
  permissions: { type: 'array', items: TEXT },
  tier: TIER,
  tenantId: TEXT,
  createdAt: INSTANT,
  createdBy: TEXT,
  expiresAt: INSTANT,
  revokedAt: MAYBE_INSTANT,
  lastUsedAt: MAYBE_INSTANT,
};

/** The host's own routes in the API's document. */
export const ACCESS_OPENAPI: HostOpenApi = {
  paths: { ...SIGN_IN, ...ACCOUNTS, ...API_TOKENS },
  schemas: {
    SignInOptions: objectOf({
      methods: { type: 'array', items: { type: 'string', enum: ['password', 'token'] } },
      hasPassword: { type: 'boolean' },
      provider: { ...objectOf({ label: TEXT }), type: ['object', 'null'] },
    }),
    SignInWithPassword: objectOf({ userName: NAME, password: { type: 'string', minLength: 1 } }),
    SignInWithToken: objectOf({ token: { type: 'string', minLength: 1 } }),
    SignedInActor: objectOf({
      id: TEXT,
      name: TEXT,
      tier: TIER,
      tenantId: TEXT,
      permissions: { type: 'array', items: TEXT },
    }),
    Account: objectOf({
      id: ID,
      userName: TEXT,
      displayName: TEXT,
      role: ROLE,
      tier: TIER,
      tenantId: TEXT,
      enabled: { type: 'boolean' },
      createdAt: INSTANT,
      createdBy: TEXT,
      lastSignInAt: MAYBE_INSTANT,
    }),
    NewAccount: objectOf(
      { userName: NAME, displayName: NAME, password: PASSWORD, role: ROLE, tier: TIER, tenantId: TEXT },
      ['tier', 'tenantId'],
    ),
    AccountChange: objectOf(
      { displayName: NAME, role: ROLE, enabled: { type: 'boolean' }, password: PASSWORD },
      ['displayName', 'role', 'enabled', 'password'],
    ),
    ApiToken: objectOf(TOKEN_MEMBERS),
    MadeApiToken: objectOf({ ...TOKEN_MEMBERS, token: TEXT }),
    NewApiToken: objectOf({
      name: NAME,
      permissions: GRANTED,
      expiresInDays: { type: 'integer', minimum: 1, maximum: MAX_TOKEN_DAYS },
    }),
  },
};
