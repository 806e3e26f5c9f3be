import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT_TENANT } from '../../src/host-app/access/principal.js';
import { permissionsOf, ROLES } from '../../src/host-app/access/roles.js';
import type { ConnectionResponse } from '../../src/connections/http/connection-response.js';
import { PERMISSIONS, type Permission } from '../../src/index.js';
import type { OpenApiDocument } from '../../src/platform/http/openapi.js';
import type { ApiAnswer, ApiClient, Problem } from '../support/api-client.js';
import { reconCsv, reconLine } from '../support/builders/bill.builder.js';
import { newCharge, newCustomer, newSubscription } from '../support/builders/subscription.builder.js';
import { ALL_RIGHTS, expectProblem, newConnection } from '../support/connector.js';
import {
  type DocumentedRoute,
  documentedRoutes,
  fillPath,
  parametersOf,
} from '../support/documented-routes.js';
import { HostPeople } from '../support/host-people.js';
import type { HostSession } from '../support/host-session.js';
import { until } from '../support/until.js';

/** Records something of the caller's own under an id of its choice; that it is not the CSP's is the last thing looked at. */
const RECORDS_OWN = /^PUT \/(customers|subscriptions)\/\{id\}$/;
/** What takes pushed changes to arise: nothing of the CSP's is there, only that the routes are closed is seen here. */
const ARISES_LATER = ['operations/{id}', 'drift/{id}'];
const OFFER = { productId: 'p', skuId: 's', segment: 'commercial', term: 'P1Y', billingCycle: 'monthly' };
/** Bodies for routes that want more than their schema says. */
const GOOD_BODIES: Readonly<Record<string, string>> = {
  'POST /connections/{id}/customer-mappings/import': 'customerId,companyId\n',
  'POST /connections/{id}/offer-mappings/import': 'productId,skuId,segment,term,billingCycle,serviceId\n',
  'POST /connections/{id}/subscription-mappings/import': 'subscriptionId,contractId\n',
  'POST /imports/partner-center': reconCsv([reconLine({ CustomerName: 'somebody else' })]),
  'POST /connections/{id}/offer-mappings/create-service': JSON.stringify({ offer: OFFER }),
  'PUT /connections/{id}/offer-mappings': JSON.stringify({ offer: OFFER, serviceId: '1' }),
  'POST /connections/{id}/offer-mappings/accept': JSON.stringify({
    items: [{ offer: OFFER, serviceId: '1' }],
  }),
};
/** Any signed-in actor may ask these about itself. */
const OWN = new Set(['GET /session', 'POST /sign-out', 'PUT /own-password']);
const FOREIGN_TENANT = { tier: 'reseller', tenantId: 'reseller-1' } as const;
const FOREIGN_STANDING = { ...FOREIGN_TENANT, rootTenantId: ROOT_TENANT };
const ALIAS = 'canary-alias-of-the-csp';

let people: HostPeople;
let routes: DocumentedRoute[];
/** Ids of the CSP's own things, by `collection/{parameter}` of the paths they belong into. */
const known: Record<string, string> = {};
/** The Autotask instance of the CSP's connection. */
let instanceId: string;
/** An administrator of another tenant below the same CSP. */
let foreigner: HostSession;

const nameOf = ({ method, path }: DocumentedRoute) => `${method} ${path}`;
const closed = () => routes.filter(({ isOpen }) => !isOpen);
const guarded = () => closed().filter((route) => !OWN.has(nameOf(route)));

beforeAll(async () => {
  people = await HostPeople.start();
  const { bootstrap } = people;
  routes = documentedRoutes((await bootstrap.get<OpenApiDocument>('/openapi.json')).body);
  const connection = await bootstrap.post<ConnectionResponse>(
    '/connections',
    newConnection({ alias: ALIAS }),
  );
  instanceId = connection.body.instance.id;
  const path = `/connections/${connection.body.id}`;
  const run = await bootstrap.post<{ id: string }>(`${path}/sync-runs`);
  known['connections/{id}'] = connection.body.id;
  known['sync-runs/{id}'] = run.body.id;
  known['contracts/{externalId}'] = await until('a mirrored contract', async () => {
    const { body } = await bootstrap.get<{ items: { externalId: string }[] }>(`${path}/contracts?limit=1`);
    return body.items[0]?.externalId ?? null;
  });
  known['plans/{id}'] = (await bootstrap.post<{ id: string }>(`${path}/plans`)).body.id;
  known['accounts/{id}'] = (await people.newAccount()).id;
  const token = { name: ALIAS, permissions: ['sync:read'], expiresInDays: 1 };
  known['api-tokens/{id}'] = (await bootstrap.post<{ id: string }>('/api-tokens', token)).body.id;
  known['imports/{id}'] = await importOfTheCsp();
  await recordOfTheCsp();
  foreigner = (await people.signedIn(FOREIGN_TENANT)).session;
});

afterAll(async () => {
  await people?.stop();
});

/** A bill that was imported, with the canary in its lines. */
async function importOfTheCsp(): Promise<string> {
  const bill = reconCsv([reconLine({ CustomerName: ALIAS })]);
  const headers = { 'content-type': 'text/csv' };
  const { body } = await people.bootstrap.send<{ id: string }>(
    'POST',
    '/imports/partner-center',
    bill,
    headers,
  );
  return body.id;
}

/** What the connector keeps for its host; other tenants may use the same ids for things of their own. */
async function recordOfTheCsp(): Promise<void> {
  const { bootstrap } = people;
  const customerId = 'canary-customer';
  await bootstrap.send('PUT', `/customers/${customerId}`, newCustomer({ name: ALIAS }));
  const subscription = newSubscription({ customerId, friendlyName: ALIAS });
  await bootstrap.send('PUT', '/subscriptions/canary-subscription', subscription);
  const charge = newCharge({ id: 'canary-charge', customerId, description: ALIAS });
  await bootstrap.post('/charges', charge);
  known['customers/{id}'] = customerId;
  known['subscriptions/{id}'] = 'canary-subscription';
  known['charges/{id}'] = 'canary-charge';
}

/** Tries bodies until one has the form the route wants, because a schema does not say everything. */
async function call(as: HostSession | ApiClient, route: DocumentedRoute): Promise<ApiAnswer<Problem>> {
  const path = fillPath(route.path, known);
  const headers = route.mediaType === null ? {} : { 'content-type': route.mediaType };
  let answer: ApiAnswer<Problem> | undefined;
  const good = GOOD_BODIES[nameOf(route)];
  for (const body of good === undefined ? route.bodies : [good]) {
    answer = await as.send<Problem>(route.method, path, body, headers);
    if (answer.body.code !== 'request.invalid') break;
  }
  if (answer === undefined) throw new Error('A route without a body to try');
  return answer;
}

/** A token of the other tenant, so that what it may do harms nothing of the CSP's; of the CSP's where no other tenant has the permission. */
async function tokenWith(permission: Permission): Promise<ApiClient> {
  const isForeign = permissionsOf('administrator', FOREIGN_STANDING).includes(permission);
  const token = { name: 'walker', permissions: [permission], expiresInDays: 1 };
  const maker = isForeign ? foreigner : people.bootstrap;
  const { body } = await maker.send<{ token: string }>('POST', '/api-tokens', token);
  return people.withToken(body.token);
}

describe('every route of the API description', () => {
  it('has something of the CSP to be asked for, where it names one', () => {
    // What comes first in a path decides whose it is. A new collection belongs into `known` above, or its routes are not really tried.
    const unknown = routes
      .flatMap(({ path }) => parametersOf(path).slice(0, 1))
      .filter((name) => !(name in known) && !ARISES_LATER.includes(name));
    expect([...new Set(unknown)]).toEqual([]);
  });

  it('answers 401 without a sign-in, or is one of the few that are open', async () => {
    const open = routes.filter(({ isOpen }) => isOpen).map(nameOf);
    expect(open.filter((name) => !/^GET \/(health|openapi|sign-in|metrics)/.test(name))).toEqual([
      'POST /sign-in',
    ]);
    for (const route of closed()) {
      const answer = await call(people.withToken(null), route);
      expectProblem(answer, 401, 'access.unauthenticated');
    }
  });

  it('shows nothing of the CSP to an administrator of another tenant', async () => {
    // It would be found, where it were shown.
    expect((await people.bootstrap.send('GET', '/metrics')).text).toContain(`instance="${instanceId}"`);
    const shown: string[] = [];
    const reached: string[] = [];
    for (const route of closed()) {
      if (nameOf(route) === 'POST /sign-out' || RECORDS_OWN.test(nameOf(route))) continue;
      const { status, text } = await call(foreigner, route);
      if ([ALIAS, ALL_RIGHTS, instanceId].some((theirs) => text.includes(theirs))) shown.push(nameOf(route));
      const isHidden = status === 403 || status === 404;
      if (parametersOf(route.path).length > 0 && !isHidden) reached.push(`${nameOf(route)}: ${text}`);
    }
    expect({ shown, reached }).toEqual({ shown: [], reached: [] });
    for (const route of routes.filter((one) => RECORDS_OWN.test(nameOf(one)))) await call(foreigner, route);
    const customer = await people.bootstrap.get(`/customers/${known['customers/{id}']}`);
    expect(customer.body).toMatchObject({ name: ALIAS });
    const { body } = await people.bootstrap.get(`/connections/${known['connections/{id}']}`);
    expect(body).toMatchObject({ alias: ALIAS });
    expect((await people.bootstrap.get(`/accounts/${known['accounts/{id}']}`)).body).toMatchObject({
      enabled: true,
      role: 'administrator',
    });
  });

  it('asks for exactly one permission, and never lets one that reads change anything', async () => {
    const granting = new Map<string, Permission[]>();
    for (const permission of PERMISSIONS) {
      const walker = await tokenWith(permission);
      for (const route of guarded()) {
        const { body } = await call(walker, route);
        if (body.code === 'access.permission_missing') continue;
        granting.set(nameOf(route), [...(granting.get(nameOf(route)) ?? []), permission]);
      }
    }
    const wrong = guarded().filter((route) => {
      const permissions = granting.get(nameOf(route)) ?? [];
      const isReadChange = route.method !== 'GET' && permissions[0]?.endsWith(':read') === true;
      return permissions.length !== 1 || isReadChange;
    });
    expect(wrong.map((route) => [nameOf(route), granting.get(nameOf(route))])).toEqual([]);
  });

  it.each(ROLES)('is open to the role %s as far as its permissions go', async (role) => {
    const lacking = PERMISSIONS.filter(
      (permission) => !permissionsOf(role, FOREIGN_STANDING).includes(permission),
    );
    const { session } = await people.signedIn({ ...FOREIGN_TENANT, role });
    const refusals: { status: number; permission: string | undefined }[] = [];
    for (const route of guarded()) {
      const { status, body } = await call(session, route);
      if (body.code !== 'access.permission_missing') continue;
      refusals.push({ status, permission: /'([\w:]+)'/.exec(body.detail)?.[1] });
    }
    const expected = refusals.map(({ permission }) => ({
      status: 403,
      permission: lacking.find((name) => name === permission),
    }));
    expect(refusals).toEqual(expected);
    expect(refusals.length).toBeGreaterThan(0);
    const isMetrics = ({ permission }: (typeof refusals)[number]) => permission === 'metrics:read';
    expect(refusals.every(isMetrics)).toBe(role === 'administrator');
  });
});
