import { Get } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { MoneyJson } from '../../kernel/money.js';
import { moneyToJson } from '../../kernel/money.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { Caller } from '../../platform/http/request-context.js';
import {
  type ApiBudget,
  type ConnectionOverview,
  TenantOverview,
} from '../application/tenant-overview.service.js';

export interface OverviewResponse {
  /** The day amounts are in force, UTC. */
  day: string;
  monthlyRecurring: MoneyJson[];
  connections: (Omit<ConnectionOverview, 'monthlyRecurring' | 'driftImpact' | 'apiBudget'> & {
    monthlyRecurring: MoneyJson;
    driftImpact: MoneyJson;
    apiBudget: Omit<ApiBudget, 'closedUntil'> & {
      /** Until when nothing is sent, because the PSA refused for its allowance. */
      closedUntil: string | null;
    };
  })[];
}

/** What needs a person now, for a start page. */
@ConnectorController('overview')
export class OverviewController {
  constructor(private readonly overview: TenantOverview) {}

  @Get()
  @RequiresPermission('billing:read')
  async get(@Caller() caller: UseCaseContext): Promise<OverviewResponse> {
    const { day, connections, monthlyRecurring } = await this.overview.read(caller);
    return {
      day,
      monthlyRecurring: monthlyRecurring.map(moneyToJson),
      connections: connections.map((one) => ({
        ...one,
        monthlyRecurring: moneyToJson(one.monthlyRecurring),
        driftImpact: moneyToJson(one.driftImpact),
        apiBudget: { ...one.apiBudget, closedUntil: one.apiBudget.closedUntil?.toISOString() ?? null },
      })),
    };
  }
}
