import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanResponse } from '../../src/billing/http/billing-response.js';
import { type ApiCaller, mapAll, seedWorld } from '../browser/support/seeded-world.js';
import type { ApiClient } from '../support/api-client.js';
import { expectProblem } from '../support/connector.js';
import { HostPeople } from '../support/host-people.js';
import type { HostSession } from '../support/host-session.js';

const CODE = 'billing.second_approver_required';

type Caller = Pick<ApiClient | HostSession, 'send'>;

/** An API token of whoever makes it. */
async function newToken(maker: Caller): Promise<string> {
  const token = { name: 'Job', permissions: ['billing:read', 'billing:approve'], expiresInDays: 1 };
  const answer = await maker.send<{ token: string }>('POST', '/api-tokens', token);
  expect(answer.status).toBe(201);
  return answer.body.token;
}

function apply(who: Caller, { id }: PlanResponse, body: object = {}) {
  return who.send('POST', `/plans/${id}/apply`, body);
}

describe('a plan above the limit of one person, on the standalone host', () => {
  let people: HostPeople;
  let plans: string;
  let ada: { session: HostSession; token: string };

  const newPerson = async () => {
    const { session } = await people.signedIn();
    return { session, token: await newToken(session) };
  };
  const plannedBy = async (maker: Caller): Promise<PlanResponse> => {
    const { status, body } = await maker.send<PlanResponse>('POST', plans);
    expect(status).toBe(201);
    return body;
  };

  beforeAll(async () => {
    people = await HostPeople.start();
    const { bootstrap } = people;
    const host: ApiCaller = {
      callApi: async (method, path, body) => {
        const answer = await bootstrap.send(method, `/${path}`, body);
        if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
        return answer.body as never;
      },
    };
    const world = await seedWorld(host, 2);
    await mapAll(host, world);
    const connection = `connections/${world.connectionId}`;
    const policies = { secondApproverAbove: { amount: '0.01', currency: 'EUR' } };
    await host.callApi('PATCH', connection, { policies });
    plans = `/${connection}/plans`;
    ada = await newPerson();
  });

  afterAll(async () => {
    await people?.stop();
  });

  it('is not applied by its maker, by a token of the maker, or in a session that such a token opened', async () => {
    const plan = await plannedBy(ada.session);
    const browser = people.browser();
    expect((await browser.signIn({ token: ada.token })).status).toBe(200);
    const another = people.withToken(await newToken(ada.session));
    for (const who of [ada.session, people.withToken(ada.token), browser, another]) {
      expectProblem(await apply(who, plan), 409, CODE);
    }
    const { body } = await ada.session.send<PlanResponse>('GET', `/plans/${plan.id}`);
    expect(body).toMatchObject({ state: 'approved', approvals: [expect.anything()] });
  });

  it('is not applied by its maker where a token of the maker made it', async () => {
    const plan = await plannedBy(people.withToken(ada.token));
    expectProblem(await apply(ada.session, plan), 409, CODE);
    expectProblem(await apply(people.withToken(ada.token), plan), 409, CODE);
  });

  it('is not applied by whoever changed it last with a token', async () => {
    const sam = await newPerson();
    const plan = await plannedBy(sam.session);
    const change = { dismissed: true, reason: 'Not yet' };
    const step = `/plans/${plan.id}/steps/${plan.steps[0]?.id}`;
    expect((await people.withToken(ada.token).patch(step, change)).status).toBe(200);
    expectProblem(await apply(ada.session, plan), 409, CODE);
  });

  it('is not applied with the bootstrap token and one that it made', async () => {
    const plan = await plannedBy(people.bootstrap);
    const token = await newToken(people.bootstrap);
    expectProblem(await apply(people.withToken(token), plan), 409, CODE);
    expectProblem(await apply(people.bootstrap, plan), 409, CODE);
  });

  it('is applied by another person, and by a token of one', async () => {
    const sam = await newPerson();
    const first = await plannedBy(ada.session);
    expect(first.steps).toHaveLength(2);
    const stepIds = first.steps.slice(0, 1).map(({ id }) => id);
    expect((await apply(sam.session, first, { stepIds })).status).toBe(202);
    const second = await plannedBy(ada.session);
    expect((await apply(people.withToken(sam.token), second)).status).toBe(202);
  });
});
