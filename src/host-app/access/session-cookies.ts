/** Cookies of a session. With TLS their names bind them to this host and to encrypted connections (RFC 6265bis, `__Host-`). */
export interface CookieNames {
  session: string;
  /** Readable by the page, which repeats it in `X-CSRF-Token`; worthless without the other. */
  csrf: string;
  /** Kept while a browser is at the OpenID Connect provider. */
  provider: string;
}

export function cookieNames(isSecure: boolean): CookieNames {
  const prefix = isSecure ? '__Host-' : '';
  return { session: `${prefix}psa_session`, csrf: `${prefix}psa_csrf`, provider: `${prefix}psa_oidc` };
}

/** The value of a cookie in a `Cookie` header, or null; a name that comes twice counts as absent, because nobody can say which is ours. */
export function readCookie(header: string | string[] | undefined, name: string): string | null {
  if (typeof header !== 'string') return null;
  const values = header
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1));
  const [value] = values;
  return values.length === 1 && value !== undefined && /^[\w-]{1,128}$/.test(value) ? value : null;
}

/** `Set-Cookie` headers of a new session. They last as long as the browser runs; the server decides when the session ends. */
export function sessionCookies(isSecure: boolean, session: string, csrf: string): string[] {
  const names = cookieNames(isSecure);
  const rules = `Path=/; SameSite=Strict${isSecure ? '; Secure' : ''}`;
  return [`${names.session}=${session}; HttpOnly; ${rules}`, `${names.csrf}=${csrf}; ${rules}`];
}

/** `Set-Cookie` headers that make a browser forget the session. */
export function clearedCookies(isSecure: boolean): string[] {
  const names = cookieNames(isSecure);
  const rules = `Path=/; Max-Age=0; SameSite=Strict${isSecure ? '; Secure' : ''}`;
  return [`${names.session}=; HttpOnly; ${rules}`, `${names.csrf}=; ${rules}`];
}

/** How long somebody may take at the provider. */
const PROVIDER_SECONDS = 600;

/** `Set-Cookie` header of the secret a sign-in at the provider is recognised by; it has to come along when the provider sends the browser back. */
export function providerCookie(isSecure: boolean, secret: string): string {
  return `${cookieNames(isSecure).provider}=${secret}; HttpOnly; Path=/; Max-Age=${PROVIDER_SECONDS}; SameSite=Lax${isSecure ? '; Secure' : ''}`;
}

export function clearedProviderCookie(isSecure: boolean): string {
  return `${cookieNames(isSecure).provider}=; HttpOnly; Path=/; Max-Age=0; SameSite=Lax${isSecure ? '; Secure' : ''}`;
}
