import { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { browsableAddress, describeStart } from './banner.js';
import { readEnvironment } from './environment.js';
import type { HostResources } from './host-resources.js';

const RESOURCES: HostResources = {
  databaseUrl: 'postgres://psa:hidden-password@127.0.0.1:5432/postgres',
  autotask: { allowedHosts: [] },
  bootstrapToken: { token: 'the-generated-token', file: '.data/bootstrap-token' },
  hostDatabase: new DataSource({ type: 'postgres' }),
  masterKey: { id: 'id', key: Buffer.from('hidden-master-key'), file: '.data/master-key' },
  signingKeys: null,
  sandboxUrl: null,
  embeddedDatabaseDir: null,
  stylesheet: '',
  notices: ['Something is embedded.'],
};

describe('banner', () => {
  const environment = readEnvironment({}, 'evaluation');

  it('shows the addresses, a generated token and every notice, and no other secret', () => {
    const text = describeStart(environment, RESOURCES, 'http://127.0.0.1:3000');
    expect(text).toContain('http://127.0.0.1:3000/psa/\n');
    expect(text).toContain('http://127.0.0.1:3000/psa/api\n');
    expect(text).toContain('the-generated-token  (kept in .data/bootstrap-token)');
    expect(text).toContain('Something is embedded.');
    expect(text).not.toContain('hidden');
    expect(text).not.toContain('sandbox');
  });

  it('does not repeat a token that the environment gave', () => {
    const bootstrapToken = { token: 'the-given-token', file: null };
    const text = describeStart(environment, { ...RESOURCES, bootstrapToken }, 'http://127.0.0.1:3000');
    expect(text).not.toContain('the-given-token');
  });

  it('lists the API users of the sandbox when it is used', () => {
    const sandboxUrl = 'http://127.0.0.1:4000/atservicesrest';
    const text = describeStart(environment, { ...RESOURCES, sandboxUrl }, 'http://127.0.0.1:3000');
    expect(text).toContain(sandboxUrl);
    expect(text.match(/@\S+\.example/g)?.length).toBeGreaterThan(0);
  });
});

it.each([
  ['127.0.0.1', 'http://127.0.0.1:80'],
  ['0.0.0.0', 'http://localhost:80'],
  ['::', 'http://localhost:80'],
  ['::1', 'http://[::1]:80'],
])('gives an address a browser can open for %s', (host, address) => {
  expect(browsableAddress(host, 80)).toBe(address);
});
