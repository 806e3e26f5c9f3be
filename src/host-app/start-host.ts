import type { AddressInfo } from 'node:net';
import helmet from '@fastify/helmet';
import { Logger } from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NativeLogger } from 'nestjs-pino';
import { ProblemDetailsFilter } from '../index.js';
import { browsableAddress, describeStart } from './banner.js';
import type { HostEnvironment } from './environment.js';
import { HostAppModule } from './host-app.module.js';
import { type HostResources, prepareResources } from './host-resources.js';
import { giveRequestId, withQuietFramework } from './log-settings.js';
import type { Shutdown } from './shutdown.js';
import { explainListenFailure } from './start-failure.js';

const BODY_LIMIT_BYTES = 1_048_576;

/** The admin UI is one bundle of ours; its component library writes styles, nothing writes scripts. */
const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
};

/**
 * Starts everything and gives the banner, or null when the end was asked for in between.
 * @throws StartError, ConnectorError when the host cannot start; what was opened is registered with `shutdown`
 */
export async function startHost(environment: HostEnvironment, shutdown: Shutdown): Promise<string | null> {
  const resources = await prepareResources(environment, shutdown);
  if (shutdown.isRequested) return null;
  const app = await createApp(environment, resources);
  shutdown.add(() => app.close());
  if (shutdown.isRequested) return null;
  const { host, port } = environment;
  try {
    await app.listen(port, host);
  } catch (error) {
    throw explainListenFailure(error, host, port);
  }
  const { port: listeningOn } = app.getHttpServer().address() as AddressInfo;
  return describeStart(environment, resources, browsableAddress(host, listeningOn));
}

async function createApp(
  environment: HostEnvironment,
  resources: HostResources,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    // Event streams stay open as long as their reader likes; a shutdown does not wait for them.
    forceCloseConnections: true,
    genReqId: giveRequestId,
  });
  adapter.getInstance().addHook('onRequest', (request, reply, done) => {
    reply.header('X-Request-Id', request.id);
    done();
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    HostAppModule.forHost(environment, resources),
    adapter,
    {
      // A failure to start is told once, by whoever called us, not by Nest with a stack trace.
      abortOnError: false,
      bufferLogs: true,
      autoFlushLogs: false,
    },
  );
  acceptEmptyJson(app);
  app.useLogger(withQuietFramework(app.get(NativeLogger)));
  app.flushLogs();
  const logger = new Logger('Host');
  for (const notice of resources.notices) logger.warn(notice);
  await app.register(helmet, {
    contentSecurityPolicy: CONTENT_SECURITY_POLICY,
    // Whoever ends TLS in front of the host decides this for the name.
    strictTransportSecurity: false,
  });
  // Unknown routes and broken JSON get problem documents too.
  app.useGlobalFilters(new ProblemDetailsFilter(app.get(HttpAdapterHost)));
  return app;
}

/** Many clients send the JSON content type with every POST, also with none of a body; Fastify alone refuses that. */
function acceptEmptyJson(app: NestFastifyApplication): void {
  const parse = app.getHttpAdapter().getInstance().getDefaultJsonParser('error', 'error');
  app.useBodyParser('application/json', { bodyLimit: BODY_LIMIT_BYTES }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request as Parameters<typeof parse>[0], body.toString('utf8'), done);
  });
}
