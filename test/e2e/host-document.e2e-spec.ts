import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/host-app/environment.js';
import { HostAppModule } from '../../src/host-app/host-app.module.js';
import { prepareResources } from '../../src/host-app/host-resources.js';
import { HttpDrain } from '../../src/host-app/http-drain.js';
import { createAdapter } from '../../src/host-app/http-edge.js';
import { Shutdown } from '../../src/host-app/shutdown.js';
import type { OpenApiDocument } from '../../src/platform/http/openapi.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { makeDataDir } from '../support/host-process.js';

const API = '/psa/api';

describe('the OpenAPI document of the standalone host', () => {
  const shutdown = new Shutdown(() => undefined);
  const routes = new Set<string>();
  let database: TestDatabase;
  let app: NestFastifyApplication;

  beforeAll(async () => {
    database = await createTestDatabase();
    const variables = {
      DATABASE_URL: database.url,
      PSA_DATA_DIR: await makeDataDir(),
      PSA_LOG_LEVEL: 'error',
    };
    const environment = readEnvironment(variables, 'evaluation');
    const resources = await prepareResources(environment, shutdown);
    const adapter = createAdapter(environment, new HttpDrain());
    adapter.getInstance().addHook('onRoute', ({ method, url }) => {
      if (!url.startsWith(`${API}/`)) return;
      const path = url.slice(API.length).replaceAll(/:(\w+)/g, '{$1}');
      for (const each of [method].flat()) routes.add(`${each} ${path}`);
    });
    const host = HostAppModule.forHost(environment, resources);
    app = await NestFactory.create<NestFastifyApplication>(host, adapter, {
      logger: false,
      bodyParser: false,
    });
    await app.init();
  });

  afterAll(async () => {
    await app?.close();
    await shutdown.closeAll();
    await database?.drop();
  });

  it('names exactly the routes that it answers', async () => {
    const answer = await app.inject({ method: 'GET', url: `${API}/openapi.json` });
    const { paths } = answer.json<OpenApiDocument>();
    const documented = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    // Fastify answers HEAD wherever it answers GET.
    const answered = [...routes].filter((route) => !route.startsWith('HEAD '));
    expect(documented).toContain('POST /sign-in');
    expect(answered.toSorted()).toEqual(documented.toSorted());
  });
});
