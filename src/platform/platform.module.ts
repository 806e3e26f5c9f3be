import { Global, Module } from '@nestjs/common';
import { ActorRateLimiter } from './http/actor-rate-limiter.js';
import { JobQueue } from './queue/job-queue.js';
import { PgBossJobQueue } from './queue/pg-boss.job-queue.js';
import { TransactionRunner } from './persistence/transaction-runner.js';

/** Shared adapters every feature uses; needs the data source and the core module beside it. */
@Global()
@Module({
  providers: [
    TransactionRunner,
    ActorRateLimiter,
    PgBossJobQueue,
    { provide: JobQueue, useExisting: PgBossJobQueue },
  ],
  exports: [TransactionRunner, ActorRateLimiter, JobQueue],
})
export class PlatformModule {}
