import { type CanActivate, type ExecutionContext, Inject, Injectable, SetMetadata } from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import {
  ACTOR_RESOLVER,
  type Actor,
  type ActorResolver,
  type Permission,
} from '../../ports/host/actor-resolver.port.js';
import { ActorRateLimiter } from './actor-rate-limiter.js';
import { setAnswerHeaders } from './answer-headers.js';
import { PermissionMissingError, UnauthenticatedError } from './http.errors.js';
import { demandJson } from './media-type.js';
import {
  AUDITED_OPERATION,
  type AuditedRoute,
  REFUSAL_RECORDER,
  type RefusalRecorder,
} from './refusal-recorder.js';
import { type HttpRequest, stateOf } from './request-context.js';

const REQUIRED = 'psa-connector:required-permission';
const SIGNED_IN = 'signed-in';
const ANYONE = 'anyone';
type Requirement = Permission | typeof SIGNED_IN | typeof ANYONE;

/** The permission a route needs. */
export const RequiresPermission = (permission: Permission) => SetMetadata(REQUIRED, permission);
/** Any signed-in actor may call the route. */
export const RequiresSignIn = () => SetMetadata(REQUIRED, SIGNED_IN);
/** The route needs no sign-in. */
export const OpenToAnyone = () => SetMetadata(REQUIRED, ANYONE);

/** Finds the actor through the host and checks the permission of the route. A route that names none is closed. */
@Injectable()
export class PermissionsGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly adapterHost: HttpAdapterHost,
    @Inject(ACTOR_RESOLVER) private readonly actorResolver: ActorResolver,
    private readonly rateLimiter: ActorRateLimiter,
    @Inject(REFUSAL_RECORDER) private readonly refusals: RefusalRecorder,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const required = this.reflector.getAllAndOverride<Requirement | undefined>(REQUIRED, targets);
    if (required === undefined)
      throw new Error(`${context.getClass().name} has a route without a permission`);
    const request = context.switchToHttp().getRequest<HttpRequest & { params?: Record<string, string> }>();
    const state = stateOf(request);
    setAnswerHeaders(this.adapterHost.httpAdapter, context.switchToHttp().getResponse(), state.correlationId);
    if (required !== ANYONE) await this.demandActor(required, context, request);
    demandJson(request);
    return true;
  }

  private async demandActor(
    required: Permission | typeof SIGNED_IN,
    context: ExecutionContext,
    request: HttpRequest & { params?: Record<string, string> },
  ): Promise<void> {
    const { method, url, headers } = request;
    const actor = await this.actorResolver.resolve({ method, url, headers, raw: request });
    if (actor === null) throw new UnauthenticatedError();
    stateOf(request).actor = actor;
    this.rateLimiter.take(actor);
    if (required !== SIGNED_IN) await this.demand(actor, required, context, request.params ?? {});
  }

  private async demand(
    actor: Actor,
    permission: Permission,
    context: ExecutionContext,
    parameters: Record<string, string>,
  ): Promise<void> {
    if (await this.actorResolver.can(actor, permission)) return;
    const error = new PermissionMissingError(permission);
    const audited = this.reflector.get<AuditedRoute | undefined>(AUDITED_OPERATION, context.getHandler());
    if (audited !== undefined) {
      const { correlationId } = stateOf(context.switchToHttp().getRequest<HttpRequest>());
      await this.refusals.record({ context: { actor, correlationId }, ...audited, parameters, error });
    }
    throw error;
  }
}
