import { Module } from '@nestjs/common';
import { ActorRateLimiter } from './http/actor-rate-limiter.js';
import { JobQueue } from './queue/job-queue.js';
import { PgBossJobQueue } from './queue/pg-boss.job-queue.js';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { PSA_CONNECTOR_SETTINGS, type PsaConnectorSettings } from '../core/psa-connector.options.js';
import { REQUEST_LEDGER } from '../ports/psa/request-ledger.port.js';
import { REQUEST_SLOTS } from '../ports/psa/request-slots.port.js';
import { PostgresRequestLedger } from './limits/postgres-request-ledger.js';
import { PostgresRequestSlots } from './limits/postgres-request-slots.js';
import { REQUEST_OBSERVER } from '../ports/psa/request-observer.port.js';
import { loadMetrics, METRICS, type Metrics } from './metrics/metrics.js';
import { REQUEST_METRICS, RequestMetrics } from './metrics/request-metrics.js';
import { PSA_CONNECTOR_DATA_SOURCE } from './persistence/data-source.js';
import { TransactionRunner } from './persistence/transaction-runner.js';

/** Shared adapters every feature uses; needs the data source and the core module beside it. */
@Module({
  providers: [
    TransactionRunner,
    ActorRateLimiter,
    PgBossJobQueue,
    { provide: JobQueue, useExisting: PgBossJobQueue },
    {
      provide: REQUEST_SLOTS,
      inject: [PSA_CONNECTOR_SETTINGS],
      useFactory: (settings: PsaConnectorSettings) => new PostgresRequestSlots(settings),
    },
    {
      provide: REQUEST_LEDGER,
      inject: [getDataSourceToken(PSA_CONNECTOR_DATA_SOURCE)],
      useFactory: (dataSource: DataSource) => new PostgresRequestLedger(dataSource),
    },
    { provide: METRICS, useFactory: loadMetrics },
    {
      provide: REQUEST_METRICS,
      inject: [METRICS],
      useFactory: (metrics: Metrics | null) => (metrics === null ? null : new RequestMetrics(metrics)),
    },
    { provide: REQUEST_OBSERVER, useExisting: REQUEST_METRICS },
  ],
  exports: [
    TransactionRunner,
    ActorRateLimiter,
    JobQueue,
    REQUEST_SLOTS,
    REQUEST_LEDGER,
    METRICS,
    REQUEST_METRICS,
    REQUEST_OBSERVER,
  ],
})
export class PlatformModule {}
