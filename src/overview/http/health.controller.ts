import { Get } from '@nestjs/common';
import { ConnectorError } from '../../kernel/connector-error.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { OpenToAnyone } from '../../platform/http/permissions.guard.js';
import { type CheckResult, Readiness } from '../application/readiness.service.js';

/** Something this process needs is missing; `checks` of the problem document says what. */
export class NotReadyError extends ConnectorError {
  constructor(checks: CheckResult[], isClosing = false) {
    const failed = checks.flatMap((result) => (result.state === 'failed' ? [result] : []));
    const reasons = isClosing ? ['The process is shutting down.'] : failed.map(({ detail }) => detail);
    super({
      code: 'health.not_ready',
      category: 'rate_limited',
      detail: `Not ready. ${reasons.join(' ')}`,
      extensions: { retryAfterSeconds: 5, checks },
      context: { failed: failed.map(({ code }) => code) },
    });
  }
}

export interface HealthResponse {
  status: 'ok';
}

/** Probes of an orchestrator: `live` while the process answers, `ready` while it can do its work. */
@ConnectorController('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @OpenToAnyone()
  live(): HealthResponse {
    return { status: 'ok' };
  }

  /** @throws NotReadyError */
  @Get('ready')
  @OpenToAnyone()
  async ready(): Promise<HealthResponse> {
    if (this.readiness.isClosing) throw new NotReadyError([], true);
    const checks = await this.readiness.check();
    if (checks.some(({ state }) => state === 'failed')) throw new NotReadyError(checks);
    return { status: 'ok' };
  }
}
