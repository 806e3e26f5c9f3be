import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlannedFault } from '../../src/autotask-simulator/testing.js';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { demand } from '../support/billing/scenario-helpers.js';
import type { Line } from '../support/billing/scenario-types.js';
import { reconCsv, reconLine } from '../support/builders/bill.builder.js';
import { ALL_RIGHTS } from '../support/connector.js';
import { dumpDatabase } from '../support/database-dump.js';
import { CSV, importFile, sendRaw } from '../support/import-client.js';
import { dotNetJson, formsOf, leaksOf } from '../support/secret-forms.js';
import { TEST_MASTER_KEY, TOKENS } from '../support/test-actors.js';
import { until } from '../support/until.js';

/** With the signs ASP.NET escapes. */
const USER_SECRET = `canary-write-secret-"+é<&>'1\\`;
const INTEGRATION_CODE = 'CANARY0WRITE0CODE0000000001';
const OWNER = '29682885';

const SECRETS = [
  USER_SECRET,
  INTEGRATION_CODE,
  TEST_MASTER_KEY.key.toString('latin1'),
  ...Object.values(TOKENS),
]
  .flatMap(formsOf)
  // Its beginning, for forms that escape the odd signs in yet another way.
  .concat('canary-write-secret', 'canary-master-key');
const leaksIn = (text: string) => leaksOf(SECRETS, text);

const ECHO = `Bad secret ${USER_SECRET} for ${INTEGRATION_CODE}`;
/** The vendor's answers that repeat what was sent with the request. */
const ECHOES = [
  { kind: 'status', status: 500, body: { errors: [ECHO] } },
  // ASP.NET's own problem document, which has none of the members the vendor explains itself in.
  { kind: 'status', status: 400, body: `{"title":"Bad request","echo":"${dotNetJson(ECHO)}"}` },
  { kind: 'status', status: 502, body: `<html><body>${ECHO}</body></html>` },
  { kind: 'status', status: 500, body: encodeURIComponent(ECHO) },
  { kind: 'status', status: 409, body: `Header Secret=${Buffer.from(USER_SECRET).toString('base64')}` },
  { kind: 'malformedJson' },
] as const;

describe('secrets while something is written to the PSA', () => {
  let scenario: BillingScenario;
  let audited: string;
  /** Requests that were answered with an echo, by method and what was written. */
  const echoed = new Map<string, number>();

  beforeAll(async () => {
    scenario = await BillingScenario.start();
    const user = scenario.simulator.world.user(ALL_RIGHTS);
    user.secret = USER_SECRET;
    user.integrationCode = INTEGRATION_CODE;
    const credentials = { username: ALL_RIGHTS, secret: USER_SECRET, integrationCode: INTEGRATION_CODE };
    const path = `/connections/${scenario.connectionId}`;
    demand(await scenario.api.patch(path, { credentials }), 200);

    const line = await scenario.line({ unitsBefore: 5 });
    await push(line, { method: 'POST', path: /ServiceAdjustments$/ }, { quantity: 8 });
    const renewal = { startsOn: '2027-01-01', commitmentEndsOn: '2027-12-31', effectiveOn: '2027-01-01' };
    await push(line, { method: 'PATCH', path: /\/Contracts$/ }, renewal);
    await createCompany();
    await importFile(scenario.connector, reconCsv([reconLine()]));
    scenario.connector.transcript.push((await sendRaw(scenario.connector, 'no;bill\n1;2\n', CSV)).text);
    audited = JSON.stringify(await scenario.connector.audit());
  }, 120_000);

  afterAll(() => scenario?.stop());

  /** Lets a change meet every echo, each time taken up again by a person, and then go through. */
  async function push(
    line: Line,
    request: Pick<PlannedFault, 'method' | 'path'>,
    change: Parameters<BillingScenario['change']>[1],
  ): Promise<void> {
    for (const [index, fault] of ECHOES.entries()) {
      const id = scenario.simulator.faults.add({ ...request, fault });
      if (index === 0) await scenario.change(line, change);
      await until(`${request.method} to be answered with echo ${index}`, async () => {
        // What the echo before led to may be written down only now.
        await retry(line);
        return applied(id) > 0 ? true : null;
      });
      note(String(request.method), id);
      scenario.simulator.faults.remove(id);
    }
    await until('the change to go through', async () => {
      await retry(line);
      const operations = await scenario.operations(line);
      return operations.every(({ state }) => state === 'applied') ? true : null;
    });
  }

  async function retry(line: Line): Promise<void> {
    const operation = (await scenario.operations(line)).find(({ state }) => state === 'failed');
    if (operation !== undefined) await scenario.api.post(`/operations/${operation.id}/retry`);
  }

  async function createCompany(): Promise<void> {
    await scenario.api.send('PUT', '/customers/echo', { name: 'Echo' });
    const body = { customerId: 'echo', phone: '+49 30 1234', ownerId: OWNER, preview: false };
    for (const fault of ECHOES) {
      const id = scenario.simulator.faults.add({ method: 'POST', path: /\/Companies$/, fault });
      await scenario.api.post(`/connections/${scenario.connectionId}/customer-mappings/create-company`, body);
      note('company', id);
      scenario.simulator.faults.remove(id);
      // Time passes in which a request without an answer may still be carried out.
      await scenario.connector.rows(`UPDATE psa_connector.template_creation SET leased_until = '2020-01-01'`);
    }
  }

  const applied = (id: number) =>
    scenario.simulator.faults.list().find((fault) => fault.id === id)?.applied ?? 0;
  const note = (what: string, id: number) => echoed.set(what, (echoed.get(what) ?? 0) + (applied(id) && 1));

  it('really were repeated by the PSA in answers to a push, an extension and a creation', () => {
    expect(Object.fromEntries(echoed)).toMatchObject({ POST: ECHOES.length, PATCH: ECHOES.length });
    expect(echoed.get('company')).toBeGreaterThan(4);
    const log = scenario.connector.app.log.text();
    expect(log).toContain('Bad secret [secret] for [secret]');
    expect(audited).toContain('Update Subscription on Connection');
    expect(scenario.connector.transcript.join('\n')).toContain('"state":"succeeded"');
  });

  it('are in no line of the log, at its most verbose', () => {
    expect(leaksIn(scenario.connector.app.log.text())).toEqual([]);
  });

  it('are in no answer, neither headers nor body', () => {
    expect(scenario.connector.transcript.flatMap(leaksIn)).toEqual([]);
  });

  it('are in no audit entry', () => {
    expect(leaksIn(audited)).toEqual([]);
  });

  it('are in no table of the database, operations, attempts and jobs included', async () => {
    const lines = await dumpDatabase(scenario.connector.database.url);
    for (const table of ['billing_operation', 'template_creation', 'sealed_secret']) {
      expect(lines.some((line) => line.startsWith(`psa_connector.${table}`))).toBe(true);
    }
    expect(lines.flatMap(leaksIn)).toEqual([]);
  });
});
