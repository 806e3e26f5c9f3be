import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_ADJUSTMENTS_LEVEL, seedCspWorld } from '../../src/autotask-simulator/testing.js';
import type { ConnectionResponse } from '../../src/connections/http/connection-response.js';
import { ALL_RIGHTS, type Connector, newConnection, startConnector } from '../support/connector.js';
import { dumpDatabase } from '../support/database-dump.js';
import { formsOf, leaksOf } from '../support/secret-forms.js';
import { TEST_MASTER_KEY, TOKENS } from '../support/test-actors.js';
import { until } from '../support/until.js';

/** With characters that JSON, URLs and logs write in other ways. */
const USER_SECRET = 'canary-user-secret-"\\/<é>#1';
const ROTATED_SECRET = 'canary-rotated-secret-2';
const WRONG_SECRET = 'canary-wrong-secret-3';
const INTEGRATION_CODE = 'CANARY0INTEGRATION0CODE0001';
const WRONG_CODE = 'CANARY0WRONG0CODE0000000001';

const SECRETS = [
  USER_SECRET,
  ROTATED_SECRET,
  WRONG_SECRET,
  INTEGRATION_CODE,
  WRONG_CODE,
  TEST_MASTER_KEY.key.toString('latin1'),
  ...Object.values(TOKENS),
]
  .flatMap(formsOf)
  // Their beginnings, for forms that escape the odd characters in yet another way.
  .concat('canary-user-secret', 'canary-rotated-secret', 'canary-wrong-secret', 'canary-master-key');

const leaksIn = (text: string) => leaksOf(SECRETS, text);

const credentials = (secret: string, integrationCode = INTEGRATION_CODE) => ({
  username: ALL_RIGHTS,
  secret,
  integrationCode,
});

describe('secrets that pass through the connector', () => {
  let connector: Connector;
  let audited: string;

  /** Everything that can be done with a connection, well and badly. */
  beforeAll(async () => {
    const world = seedCspWorld(new Date(), { companies: 20 });
    const user = world.user(ALL_RIGHTS);
    user.secret = USER_SECRET;
    user.integrationCode = INTEGRATION_CODE;
    connector = await startConnector({ simulator: { world }, autotask: { requestTimeoutMs: 1_500 } });
    const { api, simulator } = connector;
    const good = newConnection({ credentials: credentials(USER_SECRET) });

    await api.post('/connections/check', good);
    const { id } = (await api.post<ConnectionResponse>('/connections', good)).body;
    await api.post('/connections', good);
    for (const bad of [credentials(WRONG_SECRET), credentials(USER_SECRET, WRONG_CODE)]) {
      await api.post('/connections/check', { ...good, credentials: bad });
      await api.post('/connections', { ...good, alias: 'Bad', credentials: bad });
      user.failedSignIns = 0;
    }
    await misplaceSecrets(id);
    await meetFaults(id);
    await api.get(`/connections/${id}`);
    await api.patch(`/connections/${id}`, { credentials: credentials(WRONG_SECRET) });
    user.secret = ROTATED_SECRET;
    await api.patch(`/connections/${id}`, { credentials: credentials(ROTATED_SECRET) });
    await connector.sync(id);
    await failOnSchedule(id);
    simulator.faults.clear();
    await api.get('/metrics');
    await api.get('/health/ready');
    audited = JSON.stringify(await connector.audit());
  });

  /** Secrets where they do not belong, as people paste them. */
  async function misplaceSecrets(id: string): Promise<void> {
    const { api } = connector;
    const values = { secret: USER_SECRET, apiKey: USER_SECRET };
    await api.post('/connections', { ...newConnection(), ...values });
    await api.post('/connections', { credentials: { username: ['x'], secret: [USER_SECRET] } });
    await api.post('/connections', newConnection({ currency: USER_SECRET }));
    await api.post('/connections', { ...newConnection(), credentials: USER_SECRET });
    // User name and secret in each other's field.
    const swapped = { ...credentials(ALL_RIGHTS), username: WRONG_SECRET };
    await api.post('/connections', newConnection({ alias: 'Swapped', credentials: swapped }));
    await api.post('/connections/check', newConnection({ credentials: swapped }));
    await connector.as('customer').post('/connections', newConnection({ credentials: swapped }));
    await api.patch(`/connections/${id}`, { credentials: swapped });
    await api.post('/connections', `{"secret":"${ROTATED_SECRET}"`);
    await api.patch(`/connections/${id}`, { secret: USER_SECRET, enabled: WRONG_SECRET });
    await api.get(`/connections?cursor=${encodeURIComponent(USER_SECRET)}`);
    await connector.as(null).send('GET', '/session', undefined, { authorization: `Basic ${WRONG_SECRET}` });
    for (const actor of ['customer', 'auditor', 'reader', 'reseller'] as const) {
      await connector
        .as(actor)
        .post('/connections', newConnection({ credentials: credentials(WRONG_SECRET) }));
      connector.simulator.world.user(ALL_RIGHTS).failedSignIns = 0;
    }
  }

  /** Answers of the PSA that repeat what was sent, and answers that do not come. */
  async function meetFaults(id: string): Promise<void> {
    const { api, simulator } = connector;
    const echo = { errors: [`Bad secret ${USER_SECRET} for ${INTEGRATION_CODE}`] };
    const faults = [
      { kind: 'status', status: 500, body: echo },
      { kind: 'status', status: 401, body: `Secret: ${USER_SECRET}` },
      { kind: 'status', status: 400, body: `<html>${USER_SECRET} ${INTEGRATION_CODE}</html>` },
      { kind: 'html' },
      { kind: 'dropBefore' },
      { kind: 'truncate' },
      { kind: 'delay', ms: 2_500 },
    ] as const;
    for (const fault of faults) {
      simulator.faults.clear();
      simulator.faults.add({ path: /Version$|query$/, fault });
      await api.post(`/connections/${id}/check`);
      await api.post('/connections/check', newConnection({ credentials: credentials(USER_SECRET) }));
      await api.post(
        '/connections',
        newConnection({ alias: 'Fault', credentials: credentials(USER_SECRET) }),
      );
    }
    await recover(id);
    simulator.faults.add({ path: /query$/, fault: faults[0] });
    await connector.sync(id);
    await recover(id);
  }

  /** On a busy machine a check may run into the short time-out once more; it decides nothing then. */
  async function recover(id: string): Promise<void> {
    connector.simulator.faults.clear();
    await until('active again', async () => {
      await connector.api.post(`/connections/${id}/check`);
      return (await connector.connection(id)).state === 'active' ? true : null;
    });
  }

  async function failOnSchedule(id: string): Promise<void> {
    const { simulator } = connector;
    simulator.world.user(ALL_RIGHTS).securityLevel = NO_ADJUSTMENTS_LEVEL;
    const replica = await connector.startApp({ checkCron: '* * * * * *', syncCron: '* * * * * *' });
    await until('attention', async () =>
      (await connector.connection(id)).state === 'attention' ? true : null,
    );
    await replica.close();
    connector.transcript.push(replica.log.text());
  }

  afterAll(async () => {
    await connector?.stop();
  });

  it('really passed through it', async () => {
    expect(connector.simulator.journal.count()).toBeGreaterThan(100);
    expect(connector.transcript.length).toBeGreaterThan(50);
    expect(connector.app.log.text(), 'what the vendor repeats is logged').toContain('Bad secret ');
    expect(audited).toContain('connection.credentials_rejected');
    expect(audited).toContain('connection.user_unknown');
    expect(audited).toContain(`"after":"${ALL_RIGHTS}","field":"username"`);
    expect(audited).toContain('connection.integration_code_rejected');
    expect(await connector.stored()).toMatchObject({ secrets: 1 });
  });

  it('are in no line of the log, at its most verbose', () => {
    expect(leaksIn(connector.app.log.text())).toEqual([]);
  });

  it('are in no answer, neither headers nor body', () => {
    expect(connector.transcript.flatMap(leaksIn)).toEqual([]);
  });

  it('are in no audit entry', () => {
    expect(leaksIn(audited)).toEqual([]);
  });

  it('are in no table of the database, the job queue included', async () => {
    const lines = await dumpDatabase(connector.database.url);
    expect(lines.some((line) => line.startsWith('psa_connector.sealed_secret'))).toBe(true);
    expect(lines.some((line) => line.startsWith('psa_connector_queue.job'))).toBe(true);
    expect(lines.flatMap(leaksIn)).toEqual([]);
  });

  it('are destroyed with their connection', async () => {
    const { body } = await connector.api.get<{ items: { id: string }[] }>('/connections');
    for (const { id } of body.items) await connector.api.delete(`/connections/${id}`);
    expect(await connector.stored()).toMatchObject({ secrets: 0 });
    const remains = await dumpDatabase(connector.database.url);
    const everything = [...remains, ...connector.transcript, connector.app.log.text()];
    expect(everything.flatMap(leaksIn)).toEqual([]);
  });
});
