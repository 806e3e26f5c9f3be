import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from './environment.js';

const KEY = randomBytes(32).toString('base64');
const PRODUCTION = {
  DATABASE_URL: 'postgres://psa:hidden-password@db.example:5433/psa',
  PSA_MASTER_KEY: KEY,
  PSA_BOOTSTRAP_TOKEN: 'a-token-of-20-letters',
};

describe('environment of an evaluation', () => {
  it('needs nothing', () => {
    expect(readEnvironment({}, 'evaluation')).toEqual({
      profile: 'evaluation',
      host: '127.0.0.1',
      port: 3000,
      databaseUrl: undefined,
      dataDir: '.data',
      masterKey: undefined,
      previousMasterKeys: [],
      bootstrapToken: undefined,
      autotask: { discoveryUrl: undefined, allowedHosts: [], integrationCode: undefined },
      schedules: { syncCron: undefined, sweepCron: undefined, checkCron: undefined, auditCron: undefined },
      audit: { signingKeyFile: undefined, previousPublicKeyFiles: [], anchorFile: undefined },
      access: {
        signIn: 'bootstrap',
        publicOrigin: undefined,
        trustedProxies: [],
        passwordCost: 17,
        sessionIdleMinutes: 30,
        sessionHours: 12,
        requestsPerMinute: undefined,
        oidc: undefined,
      },
      adminUi: { stylesheetFile: undefined, frameAncestors: [] },
      logLevel: 'info',
    });
  });

  it('takes every variable', () => {
    const given = {
      ...PRODUCTION,
      HOST: '::1',
      PORT: '0',
      PSA_DATA_DIR: 'somewhere',
      PSA_AUTOTASK_DISCOVERY_URL: 'http://localhost:8080/atservicesrest/',
      PSA_AUTOTASK_ALLOWED_HOSTS: 'localhost:8080, [::1]:81,zone.example:443',
      PSA_AUTOTASK_INTEGRATION_CODE: 'CODE',
      PSA_SYNC_CRON: '*/5 * * * *',
      PSA_SWEEP_CRON: '0 1 * * *',
      PSA_CHECK_CRON: '0 0 3 * * *',
      PSA_AUDIT_CRON: '*/10 * * * *',
      PSA_AUDIT_SIGNING_KEY_FILE: '/keys/audit.pem',
      PSA_AUDIT_PREVIOUS_PUBLIC_KEY_FILES: '/keys/2024.pem, /keys/2025.pem',
      PSA_AUDIT_ANCHOR_FILE: '/anchor/audit.jsonl',
      PSA_SIGN_IN: 'bootstrap',
      PSA_PUBLIC_URL: 'https://PSA.example/',
      PSA_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8 fd00::/8',
      PSA_SESSION_IDLE_MINUTES: '5',
      PSA_SESSION_HOURS: '1',
      PSA_REQUESTS_PER_MINUTE: '0',
      PSA_UI_STYLESHEET_FILE: '/look/psa.css',
      PSA_UI_FRAME_ANCESTORS: 'https://portal.example/, https://PORTAL.example:8443',
      PSA_LOG_LEVEL: 'debug',
    };
    expect(readEnvironment(given, 'evaluation')).toMatchObject({
      adminUi: {
        stylesheetFile: '/look/psa.css',
        frameAncestors: ['https://portal.example', 'https://portal.example:8443'],
      },
      access: {
        publicOrigin: 'https://psa.example',
        trustedProxies: ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'],
        sessionIdleMinutes: 5,
        sessionHours: 1,
        requestsPerMinute: 0,
      },
      host: '::1',
      port: 0,
      databaseUrl: PRODUCTION.DATABASE_URL,
      masterKey: Buffer.from(KEY, 'base64'),
      autotask: {
        discoveryUrl: 'http://localhost:8080/atservicesrest',
        allowedHosts: ['localhost:8080', '[::1]:81', 'zone.example:443'],
        integrationCode: 'CODE',
      },
      schedules: {
        syncCron: '*/5 * * * *',
        sweepCron: '0 1 * * *',
        checkCron: '0 0 3 * * *',
        auditCron: '*/10 * * * *',
      },
      audit: {
        signingKeyFile: '/keys/audit.pem',
        previousPublicKeyFiles: ['/keys/2024.pem', '/keys/2025.pem'],
        anchorFile: '/anchor/audit.jsonl',
      },
      logLevel: 'debug',
    });
  });

  it('counts an empty value as absent, and leaves the variables of the tests and of other programs alone', () => {
    const given = {
      PORT: '',
      PSA_MASTER_KEY: ' ',
      PSA_TEST_DATABASE_URL: 'anything',
      PATH: '/bin',
      PSAX: 'y',
    };
    expect(readEnvironment(given, 'evaluation')).toMatchObject({ port: 3000, masterKey: undefined });
  });

  it.each([
    ['PORT', '65536', 'whole number from 0 to 65535'],
    ['PORT', '3e3', 'whole number'],
    ['HOST', 'two words', 'address or host name'],
    ['DATABASE_URL', 'mysql://db.example/psa', 'must be postgres://'],
    ['DATABASE_URL', 'db.example', 'must be postgres://'],
    ['PSA_MASTER_KEY', randomBytes(31).toString('base64'), 'exactly 32 bytes'],
    ['PSA_MASTER_KEY', `${KEY.slice(0, -1)}!`, 'exactly 32 bytes'],
    ['PSA_BOOTSTRAP_TOKEN', 'with a space in the middle', 'without spaces'],
    ['PSA_AUTOTASK_DISCOVERY_URL', 'http://autotask.example/atservicesrest', 'must be an https:// address'],
    ['PSA_AUTOTASK_DISCOVERY_URL', 'https://user:pw@autotask.example/', 'without user or query'],
    ['PSA_AUTOTASK_ALLOWED_HOSTS', 'zone.example', 'host:port'],
    ['PSA_AUTOTASK_ALLOWED_HOSTS', 'zone.example:443,https://x:1', 'not so: "https://x:1"'],
    ['PSA_AUTOTASK_ALLOWED_HOSTS', 'zone.example:70000', 'host:port'],
    ['PSA_SYNC_CRON', 'every hour', 'must be a cron expression'],
    ['PSA_SWEEP_CRON', '* *', 'must be a cron expression'],
    ['PSA_SWEEP_CRON', '0 0 31 2 *', 'must name a day that comes'],
    ['PSA_CHECK_CRON', '61 * * * *', 'must be a cron expression'],
    ['PSA_AUDIT_CRON', '61 * * * *', 'must be a cron expression'],
    ['PSA_LOG_LEVEL', 'verbose', 'must be one of fatal, error'],
    ['PSA_SIGN_IN', 'oidc', 'must be one of bootstrap, accounts'],
    ['PSA_PUBLIC_URL', 'psa.example', 'where browsers find the host'],
    ['PSA_PUBLIC_URL', 'https://psa.example/psa', 'without a path'],
    ['PSA_TRUSTED_PROXIES', '10.0.0.0/33', 'not so: "10.0.0.0/33"'],
    ['PSA_TRUSTED_PROXIES', 'proxy.example', 'IP addresses or ranges'],
    ['PSA_UI_FRAME_ANCESTORS', '*', 'not so: "*"'],
    ['PSA_UI_FRAME_ANCESTORS', 'https://portal.example/psa', 'list of origins'],
    ['PSA_SESSION_IDLE_MINUTES', '0', 'whole number from 1 to 1440'],
    ['PSA_SESSION_HOURS', '1.5', 'whole number from 1 to 720'],
    ['PSA_REQUESTS_PER_MINUTE', '-1', 'whole number from 0'],
    ['PSA_DATADIR', 'x', 'is not a variable of this host'],
  ])('refuses %s=%s', (name, value, message) => {
    const read = () => readEnvironment({ [name]: value }, 'evaluation');
    expect(read).toThrow(name);
    expect(read).toThrow(message);
  });

  it('wants a long bootstrap token in production, and takes any for an evaluation', () => {
    const given = {
      DATABASE_URL: 'postgres://u@db.example/psa',
      PSA_MASTER_KEY: KEY,
      PSA_BOOTSTRAP_TOKEN: 'fifteen-letters',
    };
    expect(() => readEnvironment(given, 'production')).toThrow('at least 16 characters in production');
    expect(readEnvironment(given, 'evaluation').bootstrapToken).toBe('fifteen-letters');
  });

  it('names every problem in one message, and the variables there are when one is unknown', () => {
    const given = {
      PSA_UNKNOWN: '1',
      PORT: 'x',
      PSA_LOG_LEVEL: 'loud',
      PSA_SYNC_CRON: '?',
      PSA_MASTER_KEY: 'x',
    };
    expect(() => readEnvironment(given, 'evaluation')).toThrow(
      /5 problems(?=[^]*PSA_UNKNOWN)(?=[^]*PORT)(?=[^]*PSA_LOG_LEVEL)(?=[^]*PSA_SYNC_CRON)(?=[^]*PSA_MASTER_KEY)(?=[^]*PSA_DATA_DIR)/,
    );
  });

  it('does not repeat what may be a secret', () => {
    const given = {
      DATABASE_URL: 'mysql://psa:hidden@db/psa',
      PSA_MASTER_KEY: 'hidden',
      PSA_BOOTSTRAP_TOKEN: 'hidden',
    };
    expect(() => readEnvironment(given, 'evaluation')).toThrow(/^(?![^]*hidden)/);
  });
});

describe('environment of production', () => {
  it('takes the three required variables', () => {
    expect(readEnvironment(PRODUCTION, 'production')).toMatchObject({
      profile: 'production',
      bootstrapToken: PRODUCTION.PSA_BOOTSTRAP_TOKEN,
    });
  });

  it('needs no bootstrap token where accounts sign in, and takes none then', () => {
    const { PSA_BOOTSTRAP_TOKEN, ...rest } = PRODUCTION;
    const accounts = { ...rest, PSA_SIGN_IN: 'accounts' };
    expect(readEnvironment(accounts, 'production')).toMatchObject({ access: { signIn: 'accounts' } });
    expect(() => readEnvironment({ ...accounts, PSA_BOOTSTRAP_TOKEN }, 'production')).toThrow(
      'PSA_BOOTSTRAP_TOKEN must be absent',
    );
  });

  it('names every required variable that is missing', () => {
    expect(() => readEnvironment({ DATABASE_URL: ' ' }, 'production')).toThrow(
      /3 problems[^]*DATABASE_URL is required[^]*PSA_MASTER_KEY is required[^]*PSA_BOOTSTRAP_TOKEN is required/,
    );
  });
});

describe('an OpenID Connect provider', () => {
  const PROVIDER = {
    PSA_OIDC_ISSUER: 'https://id.example/realms/psa',
    PSA_OIDC_CLIENT_ID: 'psa',
    PSA_OIDC_CLIENT_SECRET: 'hidden-secret',
    PSA_PUBLIC_URL: 'https://psa.example',
  };
  const { DATABASE_URL, PSA_MASTER_KEY } = PRODUCTION;

  it('lets production start without a bootstrap token', () => {
    const { access } = readEnvironment({ DATABASE_URL, PSA_MASTER_KEY, ...PROVIDER }, 'production');
    expect(access).toMatchObject({
      signIn: 'accounts',
      oidc: {
        issuer: PROVIDER.PSA_OIDC_ISSUER,
        clientId: 'psa',
        clientSecret: 'hidden-secret',
        scopes: 'openid profile email',
        roleClaim: 'roles',
        roles: new Map([
          ['administrator', 'administrator'],
          ['operator', 'operator'],
          ['auditor', 'auditor'],
        ]),
        label: 'single sign-on',
      },
    });
  });

  it('leaves the bootstrap token to whoever sets one, and to an evaluation', () => {
    expect(readEnvironment({ ...PRODUCTION, ...PROVIDER }, 'production').access.signIn).toBe('bootstrap');
    expect(readEnvironment(PROVIDER, 'evaluation').access.signIn).toBe('bootstrap');
  });

  it('takes values of a claim with spaces and equals signs', () => {
    const roles = 'cn=psa admins,ou=x=administrator'.replace(',', ';');
    const { oidc } = readEnvironment(
      { ...PROVIDER, PSA_OIDC_ROLES: `${roles}, b=auditor` },
      'evaluation',
    ).access;
    expect(oidc?.roles).toEqual(
      new Map([
        ['cn=psa admins;ou=x', 'administrator'],
        ['b', 'auditor'],
      ]),
    );
  });

  it.each<[Record<string, string>, string[]]>([
    [{ PSA_OIDC_CLIENT_SECRET: '' }, ['PSA_OIDC_CLIENT_SECRET is required']],
    [{ PSA_PUBLIC_URL: '' }, ['PSA_PUBLIC_URL is required']],
    [
      { PSA_OIDC_ISSUER: 'http://id.example', PSA_OIDC_ROLES: 'x=king' },
      ['PSA_OIDC_ISSUER must be the https:// address', 'PSA_OIDC_ROLES must be a list of value=role'],
    ],
    [{ PSA_OIDC_SCOPES: 'profile' }, ['PSA_OIDC_SCOPES must be scopes']],
    [{ PSA_OIDC_ROLE_CLAIM: 'a..b' }, ['PSA_OIDC_ROLE_CLAIM must be the name of a claim']],
    [
      { PSA_OIDC_ISSUER: '', PSA_OIDC_CLIENT_ID: '', PSA_OIDC_CLIENT_SECRET: '', PSA_OIDC_LABEL: 'x' },
      ['PSA_OIDC_ISSUER is required', 'PSA_OIDC_CLIENT_ID is required'],
    ],
  ])('stops the start of production with %j, without the secret', (change, problems) => {
    const given = { DATABASE_URL, PSA_MASTER_KEY, ...PROVIDER, ...change };
    let message = '';
    try {
      readEnvironment(given, 'production');
    } catch (error) {
      message = String(error);
    }
    for (const problem of problems) expect(message).toContain(problem);
    expect(message).not.toContain('hidden-secret');
  });

  it('may be plain HTTP on this machine, and needs no public address in an evaluation', () => {
    const { PSA_PUBLIC_URL: _, ...rest } = PROVIDER;
    const given = { ...rest, PSA_OIDC_ISSUER: 'http://127.0.0.1:9000' };
    expect(readEnvironment(given, 'evaluation').access.oidc?.issuer).toBe('http://127.0.0.1:9000');
  });
});

describe('earlier master keys', () => {
  it('are a list of keys, each as checked as the present one', () => {
    const [first, second] = [randomBytes(32), randomBytes(32)];
    const list = `${first.toString('base64')}, ${second.toString('base64')}`;
    const { previousMasterKeys } = readEnvironment({ PSA_PREVIOUS_MASTER_KEYS: list }, 'evaluation');
    expect(previousMasterKeys).toEqual([first, second]);
    expect(() => readEnvironment({ PSA_PREVIOUS_MASTER_KEYS: `${list},short` }, 'evaluation')).toThrow(
      /PSA_PREVIOUS_MASTER_KEYS must be master keys/,
    );
  });
});

describe('the cost of passwords', () => {
  it('may be low in an evaluation only', () => {
    const given = { PSA_PASSWORD_COST: '14' };
    expect(readEnvironment(given, 'evaluation').access.passwordCost).toBe(14);
    expect(() => readEnvironment({ ...PRODUCTION, ...given }, 'production')).toThrow(
      /at least 17 in production/,
    );
  });
});
