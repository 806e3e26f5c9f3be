import { Get, Inject } from '@nestjs/common';
import { PSA_CONNECTOR_SETTINGS, type PsaConnectorSettings } from '../../core/psa-connector.options.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { RequiresSignIn } from '../../platform/http/permissions.guard.js';
import { Caller } from '../../platform/http/request-context.js';
import type { Actor } from '../../ports/host/actor-resolver.port.js';

export interface SessionResponse {
  actor: Pick<Actor, 'id' | 'name' | 'tier' | 'tenantId' | 'permissions'>;
  /** What the host wants everybody to know, such as that Autotask is simulated. */
  notices: string[];
}

/** Who is signed in; how a client finds out whether its token is good. */
@ConnectorController('session')
export class SessionController {
  constructor(@Inject(PSA_CONNECTOR_SETTINGS) private readonly settings: PsaConnectorSettings) {}

  @Get()
  @RequiresSignIn()
  session(@Caller() { actor }: UseCaseContext): SessionResponse {
    const { id, name, tier, tenantId, permissions } = actor;
    return { actor: { id, name, tier, tenantId, permissions }, notices: this.settings.notices };
  }
}
