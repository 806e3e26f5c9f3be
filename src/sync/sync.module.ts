import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { ConnectionsModule } from '../connections/connections.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { SyncRuns } from './application/sync-run.service.js';
import { SyncRunner } from './application/sync-runner.service.js';
import { SyncSchedule } from './application/sync-schedule.service.js';
import { SyncWorkers } from './application/sync-workers.service.js';
import { SYNC_RUN_STORE } from './domain/sync-run-store.js';
import { SyncRunsController } from './http/sync-runs.controller.js';
import { SyncRunRepository } from './persistence/sync-run.repository.js';

@Module({
  imports: [ConnectionsModule, ContractsModule, ScheduleModule.forRoot()],
  controllers: [SyncRunsController],
  providers: [
    SyncRuns,
    SyncRunner,
    SyncSchedule,
    SyncWorkers,
    { provide: SYNC_RUN_STORE, useClass: SyncRunRepository },
  ],
})
export class SyncModule {}
