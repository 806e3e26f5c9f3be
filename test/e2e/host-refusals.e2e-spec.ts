import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { randomBytes } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { createTestDatabase } from '../support/database.js';
import { runHostToItsEnd, startHostProcess } from '../support/host-process.js';

const STACK_LINE = /\n\s+at /;
const TOKEN = 'a-token-given-by-the-test';
const MASTER_KEY = randomBytes(32).toString('base64');

it('names every problem of the environment in one message', async () => {
  const { exitCode, output } = await runHostToItsEnd({
    PSA_MISSPELT: '1',
    PORT: 'many',
    PSA_SYNC_CRON: 'hourly',
  });
  expect(exitCode).toBe(1);
  expect(output).toContain('3 problems');
  expect(output).toMatch(/PSA_MISSPELT is not a variable[^]*PORT must be[^]*PSA_SYNC_CRON must be/);
  expect(output).not.toMatch(STACK_LINE);
});

it('demands in production what an evaluation would make up', async () => {
  const { exitCode, output } = await runHostToItsEnd({ PSA_PASSWORD_COST: '14' }, ['--production']);
  expect(exitCode).toBe(1);
  expect(output).toContain('PSA_PASSWORD_COST must be at least 17 in production');
  expect(output).toMatch(
    /DATABASE_URL is required[^]*PSA_MASTER_KEY is required[^]*PSA_BOOTSTRAP_TOKEN is required/,
  );
});

it('refuses an argument it does not know', async () => {
  const { exitCode, output } = await runHostToItsEnd({}, ['--prod']);
  expect(exitCode).toBe(1);
  expect(output).toContain('--prod');
});

it('says which Postgres does not answer, without the password and without a stack', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const { exitCode, output } = await runHostToItsEnd(
    {
      DATABASE_URL: `postgres://psa:hidden-password@127.0.0.1:${port}/psa`,
      PSA_MASTER_KEY: MASTER_KEY,
      PSA_BOOTSTRAP_TOKEN: TOKEN,
    },
    ['--production'],
  );
  expect(exitCode).toBe(1);
  expect(output).toContain(`127.0.0.1:${port}`);
  expect(output).not.toContain('hidden-password');
  expect(output).not.toMatch(STACK_LINE);
});

it('says that its port is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const database = await createTestDatabase();
  const { exitCode, output } = await runHostToItsEnd(
    {
      PORT: String(port),
      DATABASE_URL: database.url,
      PSA_MASTER_KEY: MASTER_KEY,
      PSA_BOOTSTRAP_TOKEN: TOKEN,
    },
    ['--production'],
  );
  server.close();
  await database.drop();
  expect(exitCode).toBe(1);
  expect(output).toContain(`127.0.0.1:${port} is already in use`);
  expect(output).not.toMatch(STACK_LINE);
});

it('embeds, generates, simulates and prints no secret in production', async () => {
  const database = await createTestDatabase();
  const host = await startHostProcess(
    { DATABASE_URL: database.url, PSA_MASTER_KEY: MASTER_KEY, PSA_BOOTSTRAP_TOKEN: TOKEN },
    ['--production'],
  );
  const { password } = new URL(inject('postgresUrl'));
  expect(host.output()).toContain('ready (production)');
  expect(host.output()).not.toMatch(/sandbox|simulated|embedded|generated/i);
  expect(host.output()).toContain('PSA_BOOTSTRAP_TOKEN has fewer than 32 characters');
  for (const secret of [TOKEN, MASTER_KEY, password]) expect(host.output()).not.toContain(secret);
  expect(await host.stop()).toBe(0);
  await database.drop();
});
