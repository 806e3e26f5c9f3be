import type { ApiAnswer } from './api-client.js';

/** Talks to a host as a browser does: keeps its cookies, and repeats the token of the session with every change. */
export class HostSession {
  readonly cookies = new Map<string, string>();

  constructor(
    /** `http://127.0.0.1:PORT`, without a path. */
    readonly origin: string,
  ) {}

  signIn(proof: object): Promise<ApiAnswer> {
    return this.send('POST', '/sign-in', proof);
  }

  /** @param headers further ones; an empty value leaves a header out */
  async send<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ApiAnswer<Body>> {
    const all: Record<string, string> = {
      cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      'x-csrf-token': this.cookie('psa_csrf') ?? '',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    const given = Object.entries(all).filter(([, value]) => value !== '');
    const response = await fetch(`${this.origin}/psa/api${path}`, {
      method,
      headers: Object.fromEntries(given),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: parsed(text) as Body,
      text,
    };
  }

  /** The value of a cookie, whether it is for TLS only or not. */
  cookie(name: string): string | undefined {
    return this.cookies.get(name) ?? this.cookies.get(`__Host-${name}`);
  }

  /** Takes a `Set-Cookie` header. */
  keep(line: string): void {
    const [name = '', value = ''] = line.split(';')[0]?.split('=') ?? [];
    if (value === '') this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
