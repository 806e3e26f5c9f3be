import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntryResponse } from '../../src/audit/http/audit-entries.controller.js';
import type { Page } from '../../src/kernel/page.js';
import type { OpenApiDocument } from '../../src/platform/http/openapi.js';
import type { ApiAnswer, ApiClient } from '../support/api-client.js';
import { ATTEMPTS, WITHOUT_ENTRY, UNKNOWN } from '../support/audit-attempts.js';
import { documentedRoutes } from '../support/documented-routes.js';
import { HostPeople, OTHER_PASSWORD, PASSWORD } from '../support/host-people.js';
import type { HostSession } from '../support/host-session.js';

let people: HostPeople;
/** Manages accounts and nothing else. */
let scoped: ApiClient;
/** May do nothing that changes anything. */
let auditor: HostSession;

const WEAK = 'short';
const newAccount = (userName: string) => ({
  userName,
  displayName: 'Somebody',
  password: PASSWORD,
  role: 'auditor',
});
const newToken = (permissions: string[]) => ({ name: 'Job', permissions, expiresInDays: 1 });

/** Calls one operation in one way. */
type Call = () => Promise<ApiAnswer>;
interface HostAttempt {
  name: string;
  outcome: 'succeeded' | 'failed';
  call: Call;
}
const succeeds = (call: Call): HostAttempt => ({ name: 'that succeeds', outcome: 'succeeded', call });
const fails = (name: string, call: Call): HostAttempt => ({ name, outcome: 'failed', call });

async function accountPath(changes: object = {}): Promise<string> {
  return `/accounts/${(await people.newAccount(changes)).id}`;
}

async function tokenPath(): Promise<string> {
  const { body } = await people.bootstrap.post<{ id: string }>('/api-tokens', newToken(['sync:read']));
  return `/api-tokens/${body.id}`;
}

/** A person who is signed in, so that signing out or another password disturbs nobody else. */
async function somebody(): Promise<HostSession> {
  return (await people.signedIn({ role: 'auditor' })).session;
}

/** Every mutating operation the standalone host adds, by its name in the log, with the ways it can go. */
const HOST_ATTEMPTS: Readonly<Record<string, { entry: string; attempts: HostAttempt[] }>> = {
  'POST /sign-in': {
    entry: 'Sign In',
    attempts: [
      succeeds(async () => {
        const { userName } = await people.newAccount();
        return people.browser().signIn({ userName, password: PASSWORD });
      }),
      fails('with a wrong password', async () => {
        const { userName } = await people.newAccount();
        return people.browser().signIn({ userName, password: OTHER_PASSWORD });
      }),
      fails('with a forged token', () => people.browser().signIn({ token: 'psa_forged' })),
    ],
  },
  'POST /sign-out': {
    entry: 'Sign Out',
    attempts: [succeeds(async () => (await somebody()).send('POST', '/sign-out'))],
  },
  'PUT /own-password': {
    entry: 'Change Own Password',
    attempts: [
      succeeds(async () =>
        (await somebody()).send('PUT', '/own-password', {
          currentPassword: PASSWORD,
          newPassword: OTHER_PASSWORD,
        }),
      ),
      fails('with an invalid body', async () => (await somebody()).send('PUT', '/own-password', {})),
      fails('with a wrong password', async () =>
        (await somebody()).send('PUT', '/own-password', {
          currentPassword: OTHER_PASSWORD,
          newPassword: PASSWORD,
        }),
      ),
      fails('with a weak password', async () =>
        (await somebody()).send('PUT', '/own-password', { currentPassword: PASSWORD, newPassword: WEAK }),
      ),
      fails('with a token', () =>
        people.bootstrap.send('PUT', '/own-password', {
          currentPassword: PASSWORD,
          newPassword: OTHER_PASSWORD,
        }),
      ),
    ],
  },
  'POST /accounts': {
    entry: 'Create Account',
    attempts: [
      succeeds(() => people.bootstrap.post('/accounts', newAccount('covered@csp.example'))),
      fails('with an invalid body', () => people.bootstrap.post('/accounts', {})),
      fails('with a weak password', () =>
        people.bootstrap.post('/accounts', { ...newAccount('weak@csp.example'), password: WEAK }),
      ),
      fails('with more rights than its maker has', () =>
        scoped.post('/accounts', newAccount('more@csp.example')),
      ),
      fails('without the permission', () =>
        auditor.send('POST', '/accounts', newAccount('none@csp.example')),
      ),
    ],
  },
  'PATCH /accounts/{id}': {
    entry: 'Update Account',
    attempts: [
      succeeds(async () => people.bootstrap.patch(await accountPath(), { displayName: 'Renamed' })),
      fails('with an empty body', async () => people.bootstrap.patch(await accountPath(), {})),
      fails('with an invalid body', async () =>
        people.bootstrap.patch(await accountPath(), { role: 'root' }),
      ),
      fails('with a weak password', async () =>
        people.bootstrap.patch(await accountPath(), { password: WEAK }),
      ),
      fails('of one with more rights', async () =>
        scoped.patch(await accountPath(), { password: OTHER_PASSWORD }),
      ),
      fails('of nobody', () => people.bootstrap.patch(`/accounts/${UNKNOWN}`, { displayName: 'x' })),
      fails('without the permission', async () =>
        auditor.send('PATCH', await accountPath(), { displayName: 'x' }),
      ),
    ],
  },
  'DELETE /accounts/{id}': {
    entry: 'Delete Account',
    attempts: [
      succeeds(async () => people.bootstrap.delete(await accountPath())),
      fails('of one with more rights', async () => scoped.delete(await accountPath())),
      fails('of nobody', () => people.bootstrap.delete(`/accounts/${UNKNOWN}`)),
      fails('without the permission', async () => auditor.send('DELETE', await accountPath())),
    ],
  },
  'DELETE /accounts/{id}/sessions': {
    entry: 'End Sessions of Account',
    attempts: [
      succeeds(async () => people.bootstrap.delete(`${await accountPath()}/sessions`)),
      fails('of nobody', () => people.bootstrap.delete(`/accounts/${UNKNOWN}/sessions`)),
      fails('without the permission', async () => auditor.send('DELETE', `${await accountPath()}/sessions`)),
    ],
  },
  'POST /api-tokens': {
    entry: 'Create API Token',
    attempts: [
      succeeds(() => people.bootstrap.post('/api-tokens', newToken(['sync:read']))),
      fails('with an invalid body', () => people.bootstrap.post('/api-tokens', {})),
      fails('with more rights than its maker has', () => scoped.post('/api-tokens', newToken(['sync:read']))),
      fails('without the permission', () => auditor.send('POST', '/api-tokens', newToken(['sync:read']))),
    ],
  },
  'DELETE /api-tokens/{id}': {
    entry: 'Revoke API Token',
    attempts: [
      succeeds(async () => people.bootstrap.delete(await tokenPath())),
      fails('of nothing that is there', () => people.bootstrap.delete(`/api-tokens/${UNKNOWN}`)),
      fails('without the permission', async () => auditor.send('DELETE', await tokenPath())),
    ],
  },
};

beforeAll(async () => {
  people = await HostPeople.start({ PSA_REQUESTS_PER_MINUTE: '0' });
  const { body } = await people.bootstrap.post<{ token: string }>('/api-tokens', newToken(['access:manage']));
  scoped = people.withToken(body.token);
  auditor = await somebody();
});

afterAll(async () => {
  await people?.stop();
});

async function entriesOf(answer: ApiAnswer): Promise<AuditEntryResponse[]> {
  const { body } = await people.bootstrap.get<Page<AuditEntryResponse>>('/audit-entries?limit=10');
  const id = answer.headers.get('x-request-id');
  return body.items.filter(({ correlationId }) => correlationId === id);
}

describe('the audit log of the standalone host', () => {
  it('is expected to hold an entry of every mutating operation the running host describes', async () => {
    const { body } = await people.bootstrap.get<OpenApiDocument>('/openapi.json');
    const described = documentedRoutes(body)
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path}`);
    const listed = [ATTEMPTS, WITHOUT_ENTRY, HOST_ATTEMPTS].flatMap((operations) => Object.keys(operations));
    expect(listed.filter((name) => !name.startsWith('GET ')).toSorted()).toEqual(described.toSorted());
  });

  const cases = Object.entries(HOST_ATTEMPTS).flatMap(([operation, { entry, attempts }]) =>
    attempts.map((attempt): [string, string, string, HostAttempt] => [
      operation,
      attempt.name,
      entry,
      attempt,
    ]),
  );
  it.each(cases)('holds exactly one entry of %s %s: %s', async (_operation, _name, entry, attempt) => {
    const answer = await attempt.call();
    expect(answer.status < 400).toBe(attempt.outcome === 'succeeded');
    const entries = await entriesOf(answer);
    expect(entries.map(({ operation, outcome }) => [operation, outcome])).toEqual([[entry, attempt.outcome]]);
    for (const secret of [PASSWORD, OTHER_PASSWORD, WEAK]) {
      expect(JSON.stringify(entries)).not.toContain(`"${secret}"`);
    }
  });
});

describe('somebody who sends too many requests', () => {
  it('leaves one entry a minute of the changes that were refused', async () => {
    const slow = await HostPeople.start({ PSA_REQUESTS_PER_MINUTE: '5' });
    try {
      const answers: ApiAnswer[] = [];
      for (let count = 0; count < 12; count += 1) {
        answers.push(await slow.bootstrap.delete(`/api-tokens/${UNKNOWN}`));
      }
      const limited = answers.filter(({ status }) => status === 429);
      expect(limited.length).toBeGreaterThan(1);
      const { rows } = await slow.client.query<{ code: string; count: string }>(
        `SELECT details ->> 'code' AS code, count(*) FROM psa_connector.audit_entry
        WHERE operation = 'Revoke API Token' GROUP BY 1 ORDER BY 1`,
      );
      expect(rows).toEqual([
        { code: 'access.token_not_found', count: String(answers.length - limited.length) },
        { code: 'request.rate_limited', count: '1' },
      ]);
    } finally {
      await slow.stop();
    }
  });

  it('leaves one entry a minute of changes that did not prove to come from our page, which count too', async () => {
    const slow = await HostPeople.start({ PSA_REQUESTS_PER_MINUTE: '5' });
    try {
      const { session, account } = await slow.signedIn();
      const statuses: number[] = [];
      for (let count = 0; count < 12; count += 1) {
        statuses.push((await session.send('POST', '/sign-out', undefined, { 'x-csrf-token': '' })).status);
      }
      expect(statuses.slice(0, 5)).toEqual([403, 403, 403, 403, 403]);
      expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(1);
      const { rows } = await slow.client.query<{ code: string }>(
        `SELECT details ->> 'code' AS code FROM psa_connector.audit_entry
        WHERE actor_id = $1 AND operation = 'Refuse Cross-Site Request'`,
        [account.id],
      );
      expect(rows).toEqual([{ code: 'access.cross_site_refused' }]);
    } finally {
      await slow.stop();
    }
  });
});
