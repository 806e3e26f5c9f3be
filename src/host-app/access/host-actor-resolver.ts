import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import {
  type Actor,
  type ActorResolver,
  HostAuditLog,
  type IncomingRequest,
  type Permission,
} from '../../index.js';
import { CrossSiteRequestError } from './access.errors.js';
import { HOST_OPERATIONS } from './host-operations.js';
import { Identification } from './identification.service.js';

/** Tells the connector who calls: the bootstrap token, an API token, or a signed-in person. */
@Injectable()
export class HostActorResolver implements ActorResolver {
  constructor(
    private readonly identification: Identification,
    private readonly modules: ModuleRef,
  ) {}

  /** @throws CrossSiteRequestError, or 429 beyond the actor's requests a minute */
  async resolve(request: IncomingRequest): Promise<Actor | null> {
    const found = await this.identification.identify(request);
    if (found === null) return null;
    const { actor } = found.principal;
    if (found.isCrossSite) {
      const error = new CrossSiteRequestError();
      await this.audit(request, actor, error);
      throw error;
    }
    return actor;
  }

  can(actor: Actor, permission: Permission): boolean {
    return actor.permissions.includes(permission);
  }

  private async audit(request: IncomingRequest, actor: Actor, error: CrossSiteRequestError): Promise<void> {
    // Asked for late: the log is made of the very module that is given this resolver.
    const log = this.modules.get(HostAuditLog, { strict: false });
    const correlationId = String(request.headers['x-request-id']);
    const event = {
      operation: HOST_OPERATIONS.refuseCrossSite,
      subject: { type: 'request', id: null, label: request.method },
    };
    await log.refuseRequest({ actor, correlationId }, event, error);
  }
}
