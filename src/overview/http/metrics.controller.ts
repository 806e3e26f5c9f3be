import { Get, Header, Inject, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ConnectorError } from '../../kernel/connector-error.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { REQUEST_METRICS, type RequestMetrics } from '../../platform/metrics/request-metrics.js';
import { REQUEST_BUDGETS, type RequestBudgetReader } from '../../ports/psa/request-budget.port.js';

/** The host has not installed `prom-client`, so nothing is counted. */
export class MetricsNotInstalledError extends ConnectorError {
  constructor() {
    super({
      code: 'metrics.not_installed',
      category: 'not_found',
      detail: "There are no metrics, because the host has not installed the optional package 'prom-client'.",
    });
  }
}

/**
 * Prometheus text. Needs a permission, unlike the probes: the figures are of all tenants' PSA instances, which an actor of one tenant must not
 * see; a scraper sends a bearer token.
 */
@ConnectorController('metrics')
export class MetricsController {
  constructor(
    @Inject(REQUEST_METRICS) private readonly metrics: RequestMetrics | null,
    @Inject(REQUEST_BUDGETS) private readonly budgets: RequestBudgetReader,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  @Get()
  @RequiresPermission('metrics:read')
  @Header('Cache-Control', 'no-store')
  async text(@Res({ passthrough: true }) response: object): Promise<string> {
    if (this.metrics === null) throw new MetricsNotInstalledError();
    this.adapterHost.httpAdapter.setHeader(response, 'Content-Type', this.metrics.contentType);
    return this.metrics.text(this.budgets.known());
  }
}
