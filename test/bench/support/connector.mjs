/** The connector in a bare Nest application, as a host would load it, with one actor and one key. */
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { PERMISSIONS, PsaConnectorModule } from '../../../dist/src/index.js';
import { SANDBOX_API_USERS, SANDBOX_INTEGRATION_CODE } from '../../../dist/src/autotask-simulator/testing.js';

const NEVER = '0 0 29 2 *';
const MASTER_KEY = { id: 'bench', key: Buffer.alloc(32, 7) };
const ACTOR = {
  id: 'bench',
  name: 'Bench',
  tenantId: 'bench',
  rootTenantId: 'bench',
  tier: 'csp',
  permissions: PERMISSIONS,
};

class BenchActorResolver {
  resolve() {
    return Promise.resolve(ACTOR);
  }
  can(actor, permission) {
    return actor.permissions.includes(permission);
  }
}
class BenchMasterKeyProvider {
  currentKey() {
    return Promise.resolve(MASTER_KEY);
  }
  keyById() {
    return Promise.resolve(MASTER_KEY);
  }
}
Injectable()(BenchActorResolver);
Injectable()(BenchMasterKeyProvider);

/** Nest knows modules by their class, so each application needs one of its own. */
function newModule() {
  return class {
    name = 'bench';
  };
}

/** @param settings options of the module beside database and Autotask */
export async function startConnectorApp({ databaseUrl, simulator, controllers = [], settings = {} }) {
  const BenchModule = newModule();
  Module({
    controllers,
    imports: [
      PsaConnectorModule.forRootAsync({
        ports: { actorResolver: BenchActorResolver, masterKeyProvider: BenchMasterKeyProvider },
        useFactory: () => ({
          database: { url: databaseUrl },
          autotask: {
            discoveryUrl: simulator.discoveryUrl,
            allowedHosts: [simulator.host, ...(simulator.furtherHosts ?? [])],
            integrationCode: SANDBOX_INTEGRATION_CODE,
          },
          ...settings,
          schedules: { syncCron: NEVER, sweepCron: NEVER, checkCron: NEVER, ...settings.schedules },
        }),
      }),
    ],
  })(BenchModule);
  const app = await NestFactory.create(BenchModule, new FastifyAdapter({ forceCloseConnections: true }), {
    logger: ['error', 'warn'],
  });
  await app.listen(0, '127.0.0.1');
  const apiUrl = `${await app.getUrl()}/psa/api`;
  return {
    app,
    apiUrl,
    call: (method, path, body) => call(apiUrl, method, path, body),
    close: () => app.close(),
  };
}

export async function addConnection(app) {
  const { userName, secret } = SANDBOX_API_USERS[0];
  const body = {
    provider: 'autotask',
    alias: 'Bench',
    currency: 'EUR',
    credentials: { username: userName, secret },
  };
  return (await app.call('POST', '/connections', body)).id;
}

/** Starts a run, full unless told otherwise, and waits for its end over its event stream. */
export async function runSync(app, connectionId, mode = 'full') {
  const { id } = await app.call('POST', `/connections/${connectionId}/sync-runs`, { mode });
  const events = await fetch(`${app.apiUrl}/sync-runs/${id}/events`, {
    headers: { authorization: 'Bearer bench' },
  });
  await events.arrayBuffer();
  const run = await app.call('GET', `/sync-runs/${id}`);
  if (run.state !== 'succeeded') throw new Error(`The run ended as ${JSON.stringify(run)}`);
  return run;
}

async function call(apiUrl, method, path, body) {
  const headers = { authorization: 'Bearer bench' };
  const init =
    body === undefined
      ? { method, headers }
      : {
          method,
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        };
  const response = await fetch(`${apiUrl}${path}`, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}
