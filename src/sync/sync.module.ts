import { Module } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { BillingModule } from '../billing/billing.module.js';
import { ConnectionsModule } from '../connections/connections.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { ConnectionSchedules } from './application/connection-schedule.service.js';
import { DueRuns } from './application/due-runs.service.js';
import { FullRunBackOff } from './application/full-run-back-off.service.js';
import { SyncRuns } from './application/sync-run.service.js';
import { SyncAftermath } from './application/sync-aftermath.service.js';
import { SyncRunEnds } from './application/sync-run-ends.service.js';
import { SyncRunSignals } from './application/sync-run-signals.service.js';
import { SyncRunner } from './application/sync-runner.service.js';
import { SyncSchedule } from './application/sync-schedule.service.js';
import { SyncStatistics } from './application/sync-statistics.service.js';
import { SyncUpkeep } from './application/sync-upkeep.service.js';
import { SyncWorkers } from './application/sync-workers.service.js';
import { VisibilityDecisions } from './application/visibility-decision.service.js';
import { SCHEDULE_STORE } from './domain/schedule-store.js';
import { SYNC_RUN_STORE } from './domain/sync-run-store.js';
import { WATERMARK_STORE } from './domain/watermark-store.js';
import { SyncAdministrationController } from './http/sync-administration.controller.js';
import { SyncRunsController } from './http/sync-runs.controller.js';
import { ScheduleRepository } from './persistence/schedule.repository.js';
import { SyncRunRepository } from './persistence/sync-run.repository.js';
import { WatermarkRepository } from './persistence/watermark.repository.js';

@Module({
  imports: [ConnectionsModule, ContractsModule, BillingModule],
  controllers: [SyncRunsController, SyncAdministrationController],
  providers: [
    SyncRuns,
    SyncRunner,
    SyncStatistics,
    SyncRunSignals,
    SyncRunEnds,
    FullRunBackOff,
    ConnectionSchedules,
    VisibilityDecisions,
    DueRuns,
    SyncUpkeep,
    SyncSchedule,
    SyncAftermath,
    SyncWorkers,
    // As in the audit module: without the module it comes with.
    SchedulerRegistry,
    { provide: SYNC_RUN_STORE, useClass: SyncRunRepository },
    { provide: WATERMARK_STORE, useClass: WatermarkRepository },
    { provide: SCHEDULE_STORE, useClass: ScheduleRepository },
  ],
})
export class SyncModule {}
