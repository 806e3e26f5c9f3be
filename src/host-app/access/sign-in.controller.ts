import { Body, Get, HttpCode, Inject, Post, Put, Req, Res } from '@nestjs/common';
import {
  type Actor,
  AuditedAs,
  Caller,
  ConnectorController,
  InvalidRequestError,
  OpenToAnyone,
  RequiresSignIn,
  type UseCaseContext,
} from '../../index.js';
import { CrossSiteRequestError } from './access.errors.js';
import { ChangePasswordDto, SignInDto } from './access-request.dto.js';
import { ACCESS_SETTINGS, type AccessSettings } from './access-settings.js';
import { HOST_OPERATIONS } from './host-operations.js';
import { Identification } from './identification.service.js';
import { OwnPassword } from './own-password.service.js';
import { isSameOrigin } from './same-origin.js';
import { clearedCookies, cookieNames, readCookie, sessionCookies } from './session-cookies.js';
import { SignIn, type SignInProof } from './sign-in.service.js';

/** What is used of Fastify's request and reply. */
interface WebRequest {
  headers: Record<string, string | string[] | undefined>;
  ip: string;
}
interface WebReply {
  header(name: string, value: string | string[]): unknown;
}

/** Signing in to the admin UI and out of it. */
@ConnectorController('')
export class SignInController {
  constructor(
    @Inject(ACCESS_SETTINGS) private readonly settings: AccessSettings,
    private readonly signIn: SignIn,
    private readonly ownPassword: OwnPassword,
    private readonly identification: Identification,
  ) {}

  /** Tells the UI that this host signs people in itself, the usual way first. */
  @Get('sign-in')
  @OpenToAnyone()
  async options(
    @Req() request: WebRequest & { method: string; url: string },
  ): Promise<{ methods: string[]; hasPassword: boolean; provider: { label: string } | null }> {
    const { method, url, headers } = request;
    const found = await this.identification.identify({ method, url, headers, raw: request });
    const { usualMethod, oidc } = this.settings;
    const methods = [usualMethod, 'password', 'token'];
    return {
      methods: [...new Set(methods)],
      hasPassword: found !== null && found.principal.hasPassword,
      provider: oidc === null ? null : { label: oidc.label },
    };
  }

  @Post('sign-in')
  @HttpCode(200)
  @OpenToAnyone()
  async open(
    @Req() request: WebRequest,
    @Res({ passthrough: true }) reply: WebReply,
    @Body() body: SignInDto,
  ): Promise<{ actor: Pick<Actor, 'id' | 'name' | 'tier' | 'tenantId' | 'permissions'> }> {
    // Another site must not sign somebody in to an account of its own choice.
    if (!isSameOrigin(request.headers, this.settings.publicOrigin)) throw new CrossSiteRequestError();
    const opened = await this.signIn.open(proofOf(body), {
      address: request.ip,
      correlationId: correlationIdOf(request),
      earlierSession: this.sessionOf(request),
    });
    reply.header('Set-Cookie', sessionCookies(this.settings.hasSecureCookies, opened.session, opened.csrf));
    const { id, name, tier, tenantId, permissions } = opened.actor;
    return { actor: { id, name, tier, tenantId, permissions } };
  }

  @Post('sign-out')
  @HttpCode(204)
  @RequiresSignIn()
  @AuditedAs(HOST_OPERATIONS.signOut, 'account')
  async end(@Req() request: WebRequest, @Res({ passthrough: true }) reply: WebReply): Promise<void> {
    const principal = this.identification.principalOf(request);
    await this.signIn.end(principal, this.sessionOf(request), correlationIdOf(request));
    reply.header('Set-Cookie', clearedCookies(this.settings.hasSecureCookies));
    // Whatever the page kept goes with the session (OWASP ASVS 14.3.1).
    reply.header('Clear-Site-Data', '"cache", "storage"');
  }

  @Put('own-password')
  @HttpCode(204)
  @RequiresSignIn()
  @AuditedAs(HOST_OPERATIONS.changePassword, 'account')
  async changePassword(
    @Caller() { correlationId }: UseCaseContext,
    @Req() request: WebRequest,
    @Body() { currentPassword, newPassword }: ChangePasswordDto,
  ): Promise<void> {
    await this.ownPassword.change(
      this.identification.principalOf(request),
      { current: currentPassword, next: newPassword },
      { correlationId, address: request.ip, session: this.sessionOf(request) },
    );
  }

  private sessionOf({ headers }: WebRequest): string | null {
    return readCookie(headers['cookie'], cookieNames(this.settings.hasSecureCookies).session);
  }
}

function proofOf({ userName, password, token }: SignInDto): SignInProof {
  if (token !== undefined) return { token };
  if (userName !== undefined && password !== undefined) return { userName, password };
  throw new InvalidRequestError([{ pointer: '', detail: 'must hold userName and password, or token' }]);
}

/** The host gave every request an id before it came here. */
function correlationIdOf({ headers }: WebRequest): string {
  return String(headers['x-request-id']);
}
