import { Body, Controller, Get, type INestApplication, Module, Post, type Type } from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import * as source from '../../src/index.js';
import type { Clock, PsaConnectorModuleOptions } from '../../src/index.js';
import { CapturedLog } from './captured-log.js';
import { TestActorResolver, TestMasterKeyProvider } from './test-actors.js';

export const HTTP_ADAPTERS = ['fastify', 'express'] as const;
export type HttpAdapterName = (typeof HTTP_ADAPTERS)[number];

export interface TestAppOptions {
  connector: PsaConnectorModuleOptions;
  /** Default `fastify`. */
  adapter?: HttpAdapterName | undefined;
  /** Prefix the host gives all its routes; default none. */
  globalPrefix?: string | undefined;
  /** Where the connector is mounted below it; default `psa`. */
  mountPath?: string | undefined;
  /** Whether the host uses our problem documents for its own errors too, as the standalone host does; default false. */
  hasProblemFilter?: boolean | undefined;
  /** The library; default its source, which has no built admin UI beside it. */
  library?: Pick<typeof source, 'ProblemDetailsFilter' | 'PsaConnectorModule'> | undefined;
  /** Default: the machine's clock. */
  clock?: Type<Clock> | undefined;
  /** The host's own subscriptions; default the connector's store. */
  subscriptionSource?: Type<source.SubscriptionSource> | undefined;
  /** Default: a log of its own. */
  log?: CapturedLog | undefined;
}

export interface TestApp {
  /** Address of the host, without a path. */
  origin: string;
  /** Address of the connector's API. */
  apiUrl: string;
  log: CapturedLog;
  close(): Promise<void>;
}

/** A controller of the host, with nothing of ours on it. */
@Controller('host')
class ForeignController {
  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return { received: body };
  }

  @Get('failure')
  fail(): never {
    throw new Error('the host fails in its own way');
  }
}

/** Never comes round while tests run. */
const NEVER = '0 0 29 2 *';

/** Boots the module inside a small foreign host, on a free port, with real HTTP. */
export async function startTestApp(options: TestAppOptions): Promise<TestApp> {
  const {
    connector,
    adapter = 'fastify',
    globalPrefix,
    mountPath = 'psa',
    library = source,
    subscriptionSource,
  } = options;
  const log = options.log ?? new CapturedLog();
  @Module({
    controllers: [ForeignController],
    imports: [
      library.PsaConnectorModule.forRootAsync({
        mountPath,
        ports: {
          actorResolver: TestActorResolver,
          masterKeyProvider: TestMasterKeyProvider,
          ...(options.clock === undefined ? {} : { clock: options.clock }),
          ...(subscriptionSource === undefined ? {} : { subscriptionSource }),
        },
        useFactory: () => ({
          ...connector,
          schedules: { syncCron: NEVER, checkCron: NEVER, auditCron: NEVER, ...connector.schedules },
        }),
      }),
    ],
  })
  class ForeignHostModule {}

  const app = await NestFactory.create(ForeignHostModule, newAdapter(adapter), {
    logger: log,
    abortOnError: false,
    forceCloseConnections: true,
  });
  if (globalPrefix !== undefined) app.setGlobalPrefix(globalPrefix);
  if (options.hasProblemFilter === true) {
    app.useGlobalFilters(new library.ProblemDetailsFilter(app.get(HttpAdapterHost)));
  }
  await listen(app);
  const origin = (await app.getUrl()).replace(/\/$/, '');
  const prefix = globalPrefix === undefined ? '' : `/${globalPrefix}`;
  return { origin, apiUrl: `${origin}${prefix}/${mountPath}/api`, log, close: () => app.close() };
}

function newAdapter(name: HttpAdapterName): ExpressAdapter | FastifyAdapter {
  return name === 'express' ? new ExpressAdapter() : new FastifyAdapter({ forceCloseConnections: true });
}

async function listen(app: INestApplication): Promise<void> {
  try {
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
}
