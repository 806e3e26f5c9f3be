import { Injectable } from '@nestjs/common';
import { PsaRegistry } from '../../core/psa-registry.js';
import type { SessionPurpose } from '../../ports/psa/psa-adapter.port.js';
import type { PsaSession } from '../../ports/psa/psa-session.port.js';
import { SecretVault } from '../../secrets/application/secret-vault.service.js';
import type { Connection } from '../domain/connection.js';
import { unpackCredentials } from '../domain/connection-credentials.js';

/** Opens conversations with the PSA on behalf of a connection; the only place that takes its credentials out for work. */
@Injectable()
export class ConnectionSessions {
  constructor(
    private readonly registry: PsaRegistry,
    private readonly vault: SecretVault,
  ) {}

  /** Close the session when done. @throws SecretUnreadableError */
  async open({ id, provider, username, instance }: Connection, purpose: SessionPurpose): Promise<PsaSession> {
    const credentials = unpackCredentials(username, await this.vault.read(id));
    return this.registry.adapter(provider).openSession({ credentials, instance, purpose });
  }
}
