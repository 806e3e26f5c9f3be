import {
  Body,
  Get,
  HttpCode,
  Inject,
  type MessageEvent,
  type OnModuleDestroy,
  Param,
  Post,
  Query,
  Sse,
  UseGuards,
} from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Page } from '../../kernel/page.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { cursorKey, INSTANT_PART, PageQueryDto, UUID_PART } from '../../platform/http/page-query.dto.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { AuditedAs } from '../../platform/http/refusal-recorder.js';
import { Caller } from '../../platform/http/request-context.js';
import { SyncRuns } from '../application/sync-run.service.js';
import { SyncRunSignals } from '../application/sync-run-signals.service.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { SyncMode, SyncRun, SyncRunState } from '../domain/sync-run.js';
import type { SyncRunListKey } from '../domain/sync-run-store.js';
import { StartSyncRunDto } from './sync.dto.js';
import { SyncRunExistsGuard } from './sync-run-exists.guard.js';
import { syncRunFeed } from './sync-run-feed.js';
import { type SyncRunResponse, toResponse } from './sync-run-response.js';

@ConnectorController('')
export class SyncRunsController implements OnModuleDestroy {
  /** Ends open progress streams, which would otherwise keep the server from closing. */
  readonly #shutdown = new Subject<void>();

  constructor(
    private readonly runs: SyncRuns,
    private readonly signals: SyncRunSignals,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleDestroy(): void {
    this.#shutdown.next();
    this.#shutdown.complete();
  }

  @Post('connections/:id/sync-runs')
  @HttpCode(202)
  @RequiresPermission('sync:run')
  @AuditedAs(AUDIT_OPERATIONS.startSyncRun)
  async start(
    @Caller() caller: UseCaseContext,
    @Param('id') connectionId: string,
    @Body() { mode }: StartSyncRunDto,
  ): Promise<{ id: string; state: SyncRunState; mode: SyncMode }> {
    const run = await this.runs.start(caller, connectionId, mode);
    return { id: run.id, state: run.state, mode: run.mode };
  }

  @Get('connections/:id/sync-runs')
  @RequiresPermission('sync:read')
  async list(
    @Caller() caller: UseCaseContext,
    @Param('id') connectionId: string,
    @Query() query: PageQueryDto,
  ): Promise<Page<SyncRunResponse>> {
    const before = cursorKey(query.cursor, [INSTANT_PART, UUID_PART]) as SyncRunListKey | undefined;
    const page = await this.runs.list(caller, connectionId, query, before);
    return { items: page.items.map((run) => this.toResponse(run)), nextCursor: page.nextCursor };
  }

  @Get('sync-runs/:id')
  @RequiresPermission('sync:read')
  async get(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<SyncRunResponse> {
    return this.toResponse(await this.runs.get(caller, id));
  }

  @Post('sync-runs/:id/cancel')
  @HttpCode(200)
  @RequiresPermission('sync:run')
  @AuditedAs(AUDIT_OPERATIONS.cancelSyncRun, 'syncRun')
  async cancel(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<SyncRunResponse> {
    return this.toResponse(await this.runs.cancel(caller, id));
  }

  @Sse('sync-runs/:id/events')
  @RequiresPermission('sync:read')
  @UseGuards(SyncRunExistsGuard)
  async events(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<Observable<MessageEvent>> {
    const first = await this.runs.get(caller, id);
    return syncRunFeed(first, {
      read: () => this.runs.get(caller, id),
      changes: this.signals.of(id),
      shutdown: this.#shutdown,
      clock: this.clock,
    });
  }

  private toResponse(run: SyncRun): SyncRunResponse {
    return toResponse(run, this.clock.now());
  }
}
