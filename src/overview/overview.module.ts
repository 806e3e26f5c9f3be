import { Module } from '@nestjs/common';
import { AdminUiAssets } from './http/admin-ui.assets.js';
import { HealthController } from './http/health.controller.js';
import { MetricsController } from './http/metrics.controller.js';
import { OpenApiController } from './http/openapi.controller.js';
import { SessionController } from './http/session.controller.js';

/** What spans the features: who is signed in, health, the admin UI's files. */
@Module({
  controllers: [SessionController, HealthController, MetricsController, OpenApiController],
  providers: [AdminUiAssets],
})
export class OverviewModule {}
