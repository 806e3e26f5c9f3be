import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { NativeLogger } from 'nestjs-pino';
import { ProblemDetailsFilter } from '../index.js';
import { browsableAddress, describeStart } from './banner.js';
import { weakTokenWarning } from './bootstrap-token.js';
import type { HostEnvironment } from './environment.js';
import { HostAppModule } from './host-app.module.js';
import { HttpDrain } from './http-drain.js';
import { createAdapter, fortify } from './http-edge.js';
import { type HostResources, prepareResources } from './host-resources.js';
import { withQuietFramework } from './log-settings.js';
import type { Shutdown } from './shutdown.js';
import { explainListenFailure } from './start-failure.js';

/**
 * Starts everything and gives the banner, or null when the end was asked for in between.
 * @throws StartError, ConnectorError when the host cannot start; what was opened is registered with `shutdown`
 */
export async function startHost(environment: HostEnvironment, shutdown: Shutdown): Promise<string | null> {
  const resources = await prepareResources(environment, shutdown);
  if (shutdown.isRequested) return null;
  const drain = new HttpDrain();
  const app = await createApp(environment, resources, drain);
  shutdown.add(() => app.close());
  if (shutdown.isRequested) return null;
  const { host, port } = environment;
  try {
    await app.listen(port, host);
  } catch (error) {
    throw explainListenFailure(error, host, port);
  }
  // Before `app.close()`, which ends the connections to Autotask and the queue that requests under way need.
  shutdown.add(() => drain.finish(app.getHttpServer()));
  const { port: listeningOn } = app.getHttpServer().address() as AddressInfo;
  return describeStart(environment, resources, browsableAddress(host, listeningOn));
}

async function createApp(
  environment: HostEnvironment,
  resources: HostResources,
  drain: HttpDrain,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    HostAppModule.forHost(environment, resources),
    createAdapter(environment, drain),
    {
      bodyParser: false,
      // A failure to start is told once, by whoever called us, not by Nest with a stack trace.
      abortOnError: false,
      bufferLogs: true,
      autoFlushLogs: false,
    },
  );
  app.useLogger(withQuietFramework(app.get(NativeLogger)));
  app.flushLogs();
  const logger = new Logger('Host');
  for (const notice of resources.notices) logger.warn(notice);
  const weakToken = weakTokenWarning(environment);
  if (weakToken !== null) logger.warn(weakToken);
  await fortify(app, environment);
  // Unknown routes and broken JSON get problem documents too.
  app.useGlobalFilters(new ProblemDetailsFilter(app.get(HttpAdapterHost)));
  return app;
}
