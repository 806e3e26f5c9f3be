import { Body, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { AuditedAs } from '../../platform/http/refusal-recorder.js';
import { Caller } from '../../platform/http/request-context.js';
import { ConnectionSchedules, type ShownSchedule } from '../application/connection-schedule.service.js';
import { VisibilityDecisions } from '../application/visibility-decision.service.js';
import { fromScheduleChange, SyncScheduleChangeDto, VisibilityDecisionDto } from './sync.dto.js';

export interface SyncScheduleResponse {
  /** The connection's own expression; null: that of the installation. */
  syncCron: string | null;
  /** The expression it is pulled by. */
  effectiveCron: string;
  paused: boolean;
  nextRunAt: string | null;
  nextSweepAt: string | null;
  nextMode: 'full' | 'incremental';
  deletionsAcceptedAt: string | null;
}

/** What a person decides about the pulls of a connection. */
@ConnectorController('')
export class SyncAdministrationController {
  constructor(
    private readonly schedules: ConnectionSchedules,
    private readonly visibility: VisibilityDecisions,
  ) {}

  @Get('connections/:id/sync-schedule')
  @RequiresPermission('sync:read')
  async schedule(
    @Caller() caller: UseCaseContext,
    @Param('id') connectionId: string,
  ): Promise<SyncScheduleResponse> {
    return toResponse(await this.schedules.get(caller, connectionId));
  }

  @Patch('connections/:id/sync-schedule')
  @RequiresPermission('sync:run')
  @AuditedAs(AUDIT_OPERATIONS.updateSyncSchedule)
  async changeSchedule(
    @Caller() caller: UseCaseContext,
    @Param('id') connectionId: string,
    @Body() change: SyncScheduleChangeDto,
  ): Promise<SyncScheduleResponse> {
    return toResponse(await this.schedules.change(caller, connectionId, fromScheduleChange(change)));
  }

  @Post('connections/:id/visibility')
  @HttpCode(204)
  @RequiresPermission('connection:write')
  @AuditedAs(AUDIT_OPERATIONS.decideVisibility)
  async decide(
    @Caller() caller: UseCaseContext,
    @Param('id') connectionId: string,
    @Body() { decision }: VisibilityDecisionDto,
  ): Promise<void> {
    await this.visibility.decide(caller, connectionId, decision);
  }
}

function toResponse(schedule: ShownSchedule): SyncScheduleResponse {
  const { syncCron, effectiveCron, pausedAt, nextRunAt, nextSweepAt, needsFull } = schedule;
  const isSweepFirst = nextSweepAt !== null && (nextRunAt === null || nextSweepAt <= nextRunAt);
  return {
    syncCron,
    effectiveCron,
    paused: pausedAt !== null,
    nextRunAt: nextRunAt?.toISOString() ?? null,
    nextSweepAt: nextSweepAt?.toISOString() ?? null,
    nextMode: needsFull || isSweepFirst ? 'full' : 'incremental',
    deletionsAcceptedAt: schedule.deletionsAcceptedAt?.toISOString() ?? null,
  };
}
