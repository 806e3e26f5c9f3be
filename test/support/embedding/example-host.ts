import {
  type ArgumentsHost,
  BadRequestException,
  Body,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type DynamicModule,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Injectable,
  Module,
  type NestInterceptor,
  Post,
  ValidationPipe,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, HttpAdapterHost, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Cron, ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { InjectDataSource, InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { IsString } from 'class-validator';
import { catchError, map, type Observable, throwError } from 'rxjs';
import { Column, DataSource, Entity, PrimaryGeneratedColumn, type Repository } from 'typeorm';
import { PsaConnectorModule, SubscriptionChanges } from '../../../src/index.js';
import type { Actor, ActorResolver, IncomingRequest, PsaConnectorModuleOptions } from '../../../src/index.js';
import type { CapturedLog } from '../captured-log.js';
import { ACTORS, TestActorResolver, TestMasterKeyProvider } from '../test-actors.js';
import type { HttpAdapterName } from '../test-app.js';

/** What the host's own guard asks for, on every route. */
export const HOST_KEY = { 'x-host-key': 'key-of-the-host' };
export const SOUTH_TOKEN = 'token-of-the-south';

@Entity({ name: 'note' })
class Note {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('text')
  text!: string;
}

class NoteDto {
  @IsString()
  text!: string;
}

@Controller('notes')
class NotesController {
  constructor(
    @InjectRepository(Note) private readonly notes: Repository<Note>,
    @InjectDataSource() private readonly dataSource: DataSource,
  ) {}

  @Post()
  add(@Body() body: NoteDto): Promise<Note> {
    return this.notes.save({ text: body.text });
  }

  /** Reads its table by its bare name, which the connector's `search_path` must not change. */
  @Get()
  list(): Promise<unknown> {
    return this.dataSource.query('SELECT text FROM note ORDER BY id');
  }

  @Get('failure')
  fail(): never {
    throw new Error('the host fails in its own way');
  }
}

@Injectable()
export class HostGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<IncomingRequest>();
    return headers['x-host-key'] === HOST_KEY['x-host-key'];
  }
}

/** Wraps every answer and every failure, as many hosts do. */
@Injectable()
class EnvelopeInterceptor implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      map((data: unknown) => ({ data })),
      catchError(() => throwError(() => new BadRequestException('the host has another opinion'))),
    );
  }
}

@Catch()
@Injectable()
class HostFilter implements ExceptionFilter {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(error: Error, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<unknown>();
    this.adapterHost.httpAdapter.reply(response, { hostError: error.message }, 418);
  }
}

@Injectable()
export class HostJobs {
  ticks: number[] = [];

  constructor(readonly registry: SchedulerRegistry) {}

  @Cron('* * * * * *', { name: 'host-job' })
  tick(): void {
    this.ticks.push(Math.round(Date.now() / 1000));
  }
}

@Injectable()
class SouthActorResolver implements ActorResolver {
  resolve({ headers }: IncomingRequest): Promise<Actor | null> {
    const isSouth = headers['authorization'] === `Bearer ${SOUTH_TOKEN}`;
    return Promise.resolve(isSouth ? { ...ACTORS.admin, tenantId: 'south', rootTenantId: 'south' } : null);
  }

  can(): boolean {
    return true;
  }
}

/** Uses the installation that is visible everywhere. */
@Injectable()
export class NorthUser {
  constructor(readonly changes: SubscriptionChanges) {}
}

/** Uses the other one, whose module it imports. */
@Injectable()
export class SouthUser {
  constructor(readonly changes: SubscriptionChanges) {}
}

@Module({ providers: [NorthUser] })
class NorthUserModule {}

@Module({})
class SouthUserModule {
  static using(south: DynamicModule): DynamicModule {
    return { module: SouthUserModule, imports: [south], providers: [SouthUser] };
  }
}

@Module({})
class ExampleHostModule {}

export interface ExampleHostOptions {
  adapter: HttpAdapterName;
  databaseUrl: string;
  north: PsaConnectorModuleOptions;
  south: PsaConnectorModuleOptions;
  log: CapturedLog;
}

/** A host as it may be: guard, pipe, filter and interceptor of its own on everything, and two installations of the connector. */
export async function startExampleHost({ adapter, databaseUrl, north, south, log }: ExampleHostOptions) {
  const masterKeyProvider = TestMasterKeyProvider;
  const southModule = PsaConnectorModule.forRootAsync({
    mountPath: 'regions/south',
    isGlobal: false,
    ports: { actorResolver: SouthActorResolver, masterKeyProvider },
    useFactory: () => south,
  });
  const root: DynamicModule = {
    module: ExampleHostModule,
    imports: [
      TypeOrmModule.forRoot({
        type: 'postgres',
        url: databaseUrl,
        schema: 'public',
        entities: [Note],
        synchronize: true,
        installExtensions: false,
      }),
      TypeOrmModule.forFeature([Note]),
      ScheduleModule.forRoot(),
      NorthUserModule,
      SouthUserModule.using(southModule),
      southModule,
      PsaConnectorModule.forRootAsync({
        mountPath: 'north',
        ports: { actorResolver: TestActorResolver, masterKeyProvider },
        useFactory: () => north,
      }),
    ],
    controllers: [NotesController],
    providers: [
      HostJobs,
      { provide: APP_GUARD, useClass: HostGuard },
      { provide: APP_INTERCEPTOR, useClass: EnvelopeInterceptor },
      { provide: APP_FILTER, useClass: HostFilter },
      {
        provide: APP_PIPE,
        useFactory: () =>
          new ValidationPipe({
            whitelist: true,
            transform: true,
            transformOptions: { enableImplicitConversion: true },
            exceptionFactory: () => new BadRequestException('the host refuses in its own words'),
          }),
      },
    ],
  };
  const app = await NestFactory.create(
    root,
    adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter({ forceCloseConnections: true }),
    { logger: log, abortOnError: false, forceCloseConnections: true },
  );
  app.setGlobalPrefix('v1');
  await app.listen(0, '127.0.0.1');
  return { app, origin: (await app.getUrl()).replace(/\/$/, '') };
}
