import { Module } from '@nestjs/common';
import { BillingModule } from '../billing/billing.module.js';
import { ConnectionsModule } from '../connections/connections.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { Readiness } from './application/readiness.service.js';
import { TenantOverview } from './application/tenant-overview.service.js';
import { AdminUiAssets } from './http/admin-ui.assets.js';
import { HealthController } from './http/health.controller.js';
import { MetricsController } from './http/metrics.controller.js';
import { OpenApiController } from './http/openapi.controller.js';
import { OverviewController } from './http/overview.controller.js';
import { SessionController } from './http/session.controller.js';

/** What spans the features: who is signed in, health, the admin UI's files. */
@Module({
  imports: [SecretsModule, ConnectionsModule, ContractsModule, BillingModule],
  controllers: [
    OverviewController,
    SessionController,
    HealthController,
    MetricsController,
    OpenApiController,
  ],
  providers: [AdminUiAssets, Readiness, TenantOverview],
})
export class OverviewModule {}
