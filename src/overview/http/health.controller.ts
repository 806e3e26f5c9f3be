import { Get, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { ConnectorError } from '../../kernel/connector-error.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { OpenToAnyone } from '../../platform/http/permissions.guard.js';

/** The database does not answer, so nothing can be done for anybody. */
export class NotReadyError extends ConnectorError {
  constructor(cause: unknown) {
    super({
      code: 'health.not_ready',
      category: 'rate_limited',
      detail: 'The database does not answer. The service will be ready again when it does.',
      extensions: { retryAfterSeconds: 5 },
      cause,
    });
  }
}

export interface HealthResponse {
  status: 'ok';
}

/** Probes of an orchestrator: `live` while the process answers, `ready` while the database does too. */
@ConnectorController('health')
export class HealthController {
  readonly #logger = new Logger(HealthController.name);

  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Get('live')
  @OpenToAnyone()
  live(): HealthResponse {
    return { status: 'ok' };
  }

  @Get('ready')
  @OpenToAnyone()
  async ready(): Promise<HealthResponse> {
    try {
      await this.dataSource.query('SELECT 1');
      return { status: 'ok' };
    } catch (cause) {
      this.#logger.warn('Not ready: the database does not answer', { reason: String(cause) });
      throw new NotReadyError(cause);
    }
  }
}
