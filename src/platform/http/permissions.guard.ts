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
import { PermissionMissingError, TooManyRequestsError, UnauthenticatedError } from './http.errors.js';
import { demandJson } from './media-type.js';
import { asRefusal } from './problem-details.js';
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
    if (required === ANYONE) {
      demandJson(request);
      return true;
    }
    const { method, url, headers } = request;
    const actor = await this.actorResolver.resolve({ method, url, headers, raw: request });
    if (actor === null) throw new UnauthenticatedError();
    state.actor = actor;
    try {
      this.rateLimiter.take(actor);
      if (required !== SIGNED_IN) await this.demand(actor, required);
      demandJson(request);
    } catch (error) {
      await this.audit(actor, error, context.getHandler(), request);
      throw error;
    }
    return true;
  }

  private async demand(actor: Actor, permission: Permission): Promise<void> {
    if (!(await this.actorResolver.can(actor, permission))) throw new PermissionMissingError(permission);
  }

  /** Leaves the entry of a change that somebody who is known was refused. */
  private async audit(
    actor: Actor,
    error: unknown,
    handler: ReturnType<ExecutionContext['getHandler']>,
    request: HttpRequest & { params?: Record<string, string> },
  ): Promise<void> {
    const audited = this.reflector.get<AuditedRoute | undefined>(AUDITED_OPERATION, handler);
    const refusal = asRefusal(error);
    if (audited === undefined || refusal === null) return;
    if (refusal instanceof TooManyRequestsError && !this.rateLimiter.isToBeTold(actor)) return;
    const { correlationId } = stateOf(request);
    const parameters = request.params ?? {};
    await this.refusals.record({ context: { actor, correlationId }, ...audited, parameters, error: refusal });
  }
}
