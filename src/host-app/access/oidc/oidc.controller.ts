import { Get, Inject, Logger, Req, Res } from '@nestjs/common';
import { ConnectorController, ConnectorError, OpenToAnyone } from '../../../index.js';
import { OidcNotSetError } from '../access.errors.js';
import { ACCESS_SETTINGS, type AccessSettings } from '../access-settings.js';
import {
  clearedProviderCookie,
  cookieNames,
  providerCookie,
  readCookie,
  sessionCookies,
} from '../session-cookies.js';
import { newSecret } from '../token-digest.js';
import { OidcProvider, ProviderUnavailableError } from './oidc-provider.js';
import { OidcSignIn } from './oidc-sign-in.service.js';

interface WebRequest {
  headers: Record<string, string | string[] | undefined>;
  ip: string;
  /** Path and query. */
  originalUrl: string;
}
interface WebReply {
  header(name: string, value: string | string[]): unknown;
  redirect(address: string, status: number): unknown;
}

/** Why the sign-in page is shown again; it has a text for each. */
type Outcome = 'refused' | 'throttled' | 'unavailable';

const START = 'sign-in/oidc';
const CALLBACK = `${START}/callback`;

/** Sends browsers to the OpenID Connect provider and takes them back. Both answers are redirects: a person looks at them. */
@ConnectorController('')
export class OidcController {
  readonly #logger = new Logger(OidcController.name);

  constructor(
    @Inject(ACCESS_SETTINGS) private readonly settings: AccessSettings,
    private readonly provider: OidcProvider,
    private readonly signIn: OidcSignIn,
  ) {}

  @Get(START)
  @OpenToAnyone()
  async start(@Req() request: WebRequest, @Res() reply: WebReply): Promise<void> {
    this.demandProvider();
    const secret = newSecret();
    try {
      const address = await this.provider.authorizationUrl(secret, this.redirectUri(request));
      reply.header('Set-Cookie', providerCookie(this.settings.hasSecureCookies, secret));
      reply.redirect(address.href, 302);
    } catch (error) {
      if (!(error instanceof ProviderUnavailableError)) throw error;
      this.#logger.warn('The OpenID Connect provider cannot be reached', { reason: causeOf(error) });
      this.showAgain(reply, 'unavailable');
    }
  }

  @Get(CALLBACK)
  @OpenToAnyone()
  async finish(@Req() request: WebRequest, @Res() reply: WebReply): Promise<void> {
    this.demandProvider();
    const { hasSecureCookies, uiPath } = this.settings;
    const names = cookieNames(hasSecureCookies);
    const cookieHeader = request.headers['cookie'];
    const answer = new URL(this.redirectUri(request));
    answer.search = new URL(request.originalUrl, answer).search;
    const secret = readCookie(cookieHeader, names.provider);
    // Any page can send its visitor here. What was not begun in this browser neither counts against the visitor's address, nor leaves
    // an entry, nor ends a sign-in that is under way.
    if (secret === null || !this.provider.isAwaited(secret, answer)) {
      this.showAgain(reply, 'refused');
      return;
    }
    try {
      const opened = await this.signIn.open(secret, answer, {
        address: request.ip,
        correlationId: String(request.headers['x-request-id']),
        earlierSession: readCookie(cookieHeader, names.session),
      });
      reply.header('Set-Cookie', [
        ...sessionCookies(hasSecureCookies, opened.session, opened.csrf),
        clearedProviderCookie(hasSecureCookies),
      ]);
      reply.redirect(uiPath, 302);
    } catch (error) {
      reply.header('Set-Cookie', clearedProviderCookie(hasSecureCookies));
      this.showAgain(reply, outcomeOf(error));
    }
  }

  private demandProvider(): void {
    if (this.provider.settings === null) throw new OidcNotSetError();
  }

  /** The address that is registered with the provider. Production has to set where browsers find it. */
  private redirectUri({ headers, originalUrl }: WebRequest): string {
    const origin = this.settings.publicOrigin ?? `http://${String(headers['host'])}`;
    const [path = ''] = originalUrl.split('?');
    return `${origin}${path.slice(0, path.indexOf(START))}${CALLBACK}`;
  }

  private showAgain(reply: WebReply, outcome: Outcome): void {
    reply.redirect(`${this.settings.uiPath}?signIn=${outcome}`, 302);
  }
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof ProviderUnavailableError) return 'unavailable';
  if (error instanceof ConnectorError && error.category === 'throttled') return 'throttled';
  if (error instanceof ConnectorError && error.category === 'unauthenticated') return 'refused';
  throw error;
}

function causeOf({ cause }: Error): string {
  return cause instanceof Error ? cause.message.slice(0, 200) : '';
}
