import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { AutotaskSimulator, seedCspWorld } from '../../src/autotask-simulator/testing.js';
import { ApiClient } from '../support/api-client.js';
import { ALL_RIGHTS, newConnection } from '../support/connector.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { dumpDatabase } from '../support/database-dump.js';
import { type HostProcess, startHostProcess } from '../support/host-process.js';
import { HostSession } from '../support/host-session.js';
import { OidcIssuer } from '../support/oidc-issuer.js';
import { formsOf, leaksOf } from '../support/secret-forms.js';
import { until } from '../support/until.js';

const MASTER_KEY = 'canary-master-key-of-the-host-32';
const PREVIOUS_KEYS = ['canary-master-key-before-the-las', 'canary-master-key-before-that-on'];
const CLIENT_SECRET = 'canary-client-secret-"+&é-of-oidc';
const BOOTSTRAP = 'canary-bootstrap-token-of-the-host';
const CODE = 'CANARYHOSTINTEGRATIONCODE01';
const PSA_SECRET = 'canary-psa-secret-"\\é-1';
const ROTATED = 'canary-psa-secret-rotated-2';
const PASSWORD = 'canary-password-of-a-person';
const NEXT_PASSWORD = 'canary-next-password-of-hers';
const WRONG_PASSWORD = 'canary-wrong-password-typed';
const PASTED_PASSWORD = 'canary-password-in-the-name';

/** What of a private key must not be seen: the lines of its PEM, and the number itself. */
function privateFormsOf(key: KeyObject): string[] {
  const lines = key.export({ type: 'pkcs8', format: 'pem' }).toString().split('\n');
  const { d = '' } = key.export({ format: 'jwk' });
  const bytes = Buffer.from(d, 'base64url');
  return [
    ...lines.filter((line) => line !== '' && !line.startsWith('-')),
    d,
    bytes.toString('base64'),
    bytes.toString('hex'),
  ];
}

/** The whole host, started with secrets that can be recognised, through everything it does with them. */
describe('secrets of the standalone host', () => {
  let database: TestDatabase;
  let simulator: AutotaskSimulator;
  let issuer: OidcIssuer;
  let anchored: string;
  let report: unknown;
  const signingKey = generateKeyPairSync('ed25519').privateKey;
  let host: HostProcess;
  let dump: string[];
  const transcript: string[] = [];
  /** Secrets the host makes; each is in one answer, where it has to be. */
  const made: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    const world = seedCspWorld(new Date(), { companies: 10 });
    const user = world.user(ALL_RIGHTS);
    user.secret = PSA_SECRET;
    user.integrationCode = CODE;
    simulator = await AutotaskSimulator.start({ world });
    issuer = await OidcIssuer.start(CLIENT_SECRET);
    const files = await mkdtemp(join(inject('scratchDir'), 'host-secrets-'));
    const [keyFile, anchorFile] = [join(files, 'signing.pem'), join(files, 'anchor.jsonl')];
    await writeFile(keyFile, signingKey.export({ type: 'pkcs8', format: 'pem' }));
    host = await startHostProcess({
      DATABASE_URL: database.url,
      PSA_MASTER_KEY: Buffer.from(MASTER_KEY, 'latin1').toString('base64'),
      PSA_PREVIOUS_MASTER_KEYS: PREVIOUS_KEYS.map((key) =>
        Buffer.from(key, 'latin1').toString('base64'),
      ).join(','),
      PSA_AUDIT_SIGNING_KEY_FILE: keyFile,
      PSA_AUDIT_ANCHOR_FILE: anchorFile,
      PSA_AUDIT_CRON: '* * * * * *',
      PSA_OIDC_ISSUER: issuer.url,
      PSA_OIDC_CLIENT_ID: issuer.clientId,
      PSA_OIDC_CLIENT_SECRET: CLIENT_SECRET,
      PSA_BOOTSTRAP_TOKEN: BOOTSTRAP,
      PSA_AUTOTASK_DISCOVERY_URL: simulator.discoveryUrl,
      PSA_AUTOTASK_ALLOWED_HOSTS: simulator.host,
      PSA_AUTOTASK_INTEGRATION_CODE: CODE,
      PSA_LOG_LEVEL: 'trace',
    });
    const api = new ApiClient(`${host.url}/psa/api`, BOOTSTRAP, transcript);
    await usePeople(api);
    await useProvider();
    await useConnection(api);
    anchored = await until('a checkpoint', () => readFile(anchorFile, 'utf8').catch(() => null));
    report = (await api.get('/audit-entries/verify')).body;
    await api.get('/audit-entries/checkpoints');
    dump = await dumpDatabase(database.url);
    await host.stop();
  });

  afterAll(async () => {
    await simulator?.stop();
    await issuer?.stop();
    await database?.drop();
  });

  async function usePeople(api: ApiClient): Promise<void> {
    const account = {
      userName: 'ada@csp.example',
      displayName: 'Ada',
      password: PASSWORD,
      role: 'administrator',
    };
    await api.post('/accounts', account);
    await api.post('/accounts', { ...account, password: { text: PASSWORD } });
    await api.post('/accounts', { ...account, userName: PASTED_PASSWORD, role: WRONG_PASSWORD });
    const browser = new HostSession(host.url);
    const send = async (method: string, path: string, body?: object, headers = {}) => {
      const answer = await browser.send<Record<string, string>>(method, path, body, headers);
      transcript.push(answer.text);
      return answer.body;
    };
    await send('POST', '/sign-in', { userName: 'ada@csp.example', password: WRONG_PASSWORD });
    await send('POST', '/sign-in', { userName: PASTED_PASSWORD, password: WRONG_PASSWORD });
    await send('POST', '/sign-in', { token: WRONG_PASSWORD });
    await send('POST', '/sign-in', { userName: 'ada@csp.example', password: PASSWORD });
    made.push(...browser.cookies.values());
    await send('PUT', '/own-password', { currentPassword: WRONG_PASSWORD, newPassword: NEXT_PASSWORD });
    await send('PUT', '/own-password', { currentPassword: PASSWORD, newPassword: NEXT_PASSWORD });
    await send('POST', '/connections', newConnection(), { 'x-csrf-token': WRONG_PASSWORD });
    const token = { name: 'canary', permissions: ['connection:read'], expiresInDays: 1 };
    const answer = await browser.send<{ token: string; id: string }>('POST', '/api-tokens', token);
    made.push(answer.body.token);
    await new ApiClient(`${host.url}/psa/api`, answer.body.token, transcript).get('/connections');
    await new ApiClient(`${host.url}/psa/api`, WRONG_PASSWORD, transcript).get('/connections');
    await send('DELETE', `/api-tokens/${answer.body.id}`);
    await send('GET', '/accounts');
    await send('GET', '/api-tokens');
    await send('POST', '/sign-out');
  }

  /** To the provider and back, once as it should be and once with a provider that repeats what it was sent. */
  async function useProvider(): Promise<void> {
    issuer.person = { sub: 'person-1', name: 'Olga', preferred_username: 'olga', roles: ['administrator'] };
    for (const faults of [{}, { tokenEchoes: true }, { tokenFails: true }]) {
      issuer.faults = faults;
      const session = new HostSession(host.url);
      let address = `${host.url}/psa/api/sign-in/oidc`;
      // Host, provider, host.
      for (let step = 0; step < 3; step += 1) {
        const isHost = address.startsWith(host.url);
        const cookie = [...session.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const answer = await fetch(address, { redirect: 'manual', headers: isHost ? { cookie } : {} });
        for (const line of isHost ? answer.headers.getSetCookie() : []) session.keep(line);
        address = answer.headers.get('location') ?? '';
        if (isHost) transcript.push(`${answer.status} ${address} ${await answer.text()}`);
      }
    }
  }

  async function useConnection(api: ApiClient): Promise<void> {
    const credentials = (secret: string) => ({ username: ALL_RIGHTS, secret, integrationCode: CODE });
    const input = newConnection({ credentials: credentials(PSA_SECRET) });
    await api.post('/connections/check', input);
    const { body } = await api.post<{ id: string }>('/connections', input);
    const path = `/connections/${body.id}`;
    await api.post('/connections', input);
    const echo = { errors: [`Bad secret ${PSA_SECRET} for ${CODE}`] };
    for (const status of [400, 401, 500]) {
      simulator.faults.add({ path: /Version$|query$/, fault: { kind: 'status', status, body: echo } });
      await api.post(`${path}/check`);
      await api.post(`${path}/sync-runs`);
      simulator.faults.clear();
    }
    await until('active again', async () => {
      await api.post(`${path}/check`);
      return (await api.get<{ state: string }>(path)).body.state === 'active' ? true : null;
    });
    await api.patch(path, { credentials: credentials('canary-psa-secret-wrong-3') });
    simulator.world.user(ALL_RIGHTS).secret = ROTATED;
    await api.patch(path, { credentials: credentials(ROTATED) });
    const run = await api.post<{ id: string }>(`${path}/sync-runs`);
    await api.events(`/sync-runs/${run.body.id}/events`);
    await api.get('/metrics');
    await api.get('/audit-entries?limit=200');
    await api.delete(path);
  }

  const secrets = () =>
    [
      MASTER_KEY,
      BOOTSTRAP,
      CODE,
      ...PREVIOUS_KEYS,
      CLIENT_SECRET,
      ...privateFormsOf(signingKey),
      PSA_SECRET,
      ROTATED,
      PASSWORD,
      NEXT_PASSWORD,
      WRONG_PASSWORD,
      PASTED_PASSWORD,
      new URL(database.url).password,
    ]
      .filter((secret) => secret !== '')
      .flatMap(formsOf)
      .concat('canary-psa-secret', 'canary-master-key', 'canary-password', 'canary-client-secret');

  it('really passed through it', () => {
    expect(made).toHaveLength(3);
    expect(host.output()).toContain('"path":"/psa/api/sign-in","status":200');
    expect(host.output()).toContain('"path":"/psa/api/own-password","status":204');
    expect(transcript.join('\n')).toContain('"state":"succeeded"');
    expect(simulator.journal.count()).toBeGreaterThan(50);
    expect(transcript.filter((text) => text.startsWith('302 /psa/ '))).toHaveLength(1);
    expect(issuer.echoes).toBe(1);
    expect(report).toMatchObject({ isIntact: true, areKeysCompared: true });
    expect(anchored).toContain('"signature"');
  });

  it('are in nothing it printed, at its most verbose', () => {
    expect(leaksOf([...secrets(), ...made], host.output())).toEqual([]);
  });

  it('are in nothing the anchor was given', () => {
    expect(leaksOf([...secrets(), ...made], anchored)).toEqual([]);
  });

  it('are in no answer, but for the one that gives a new token', () => {
    expect(transcript.flatMap((text) => leaksOf([...secrets(), ...made], text))).toEqual([]);
  });

  it('are in no table: accounts, tokens, sessions, audit log and jobs included', () => {
    const tables = ['psa_host.account', 'psa_connector.audit_entry', 'psa_connector_queue.job'];
    const isDumped = (table: string) => dump.some((line) => line.startsWith(table));
    expect(tables.filter(isDumped)).toEqual(tables);
    expect(dump.flatMap((line) => leaksOf([...secrets(), ...made.flatMap(formsOf)], line))).toEqual([]);
  });
});
