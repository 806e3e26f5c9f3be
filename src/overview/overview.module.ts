import { Module } from '@nestjs/common';
import { SecretsModule } from '../secrets/secrets.module.js';
import { Readiness } from './application/readiness.service.js';
import { AdminUiAssets } from './http/admin-ui.assets.js';
import { HealthController } from './http/health.controller.js';
import { MetricsController } from './http/metrics.controller.js';
import { OpenApiController } from './http/openapi.controller.js';
import { SessionController } from './http/session.controller.js';

/** What spans the features: who is signed in, health, the admin UI's files. */
@Module({
  imports: [SecretsModule],
  controllers: [SessionController, HealthController, MetricsController, OpenApiController],
  providers: [AdminUiAssets, Readiness],
})
export class OverviewModule {}
