/** An answer of the API; `body` is the parsed JSON, or the text when it is none. */
export interface ApiAnswer<Body = unknown> {
  status: number;
  headers: Headers;
  body: Body;
  text: string;
}

/** RFC 9457 problem document as our API writes it. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  errors?: { pointer: string; detail: string }[];
  accessReport?: unknown;
}

/** Sends real HTTP requests as one actor. */
export class ApiClient {
  constructor(
    readonly apiUrl: string,
    /** Null: without an Authorization header. */
    readonly token: string | null,
    /** Receives headers and body of every answer. */
    private readonly transcript: string[] = [],
    /** Sent with every request. */
    private readonly usual: Record<string, string> = {},
  ) {}

  get<Body = unknown>(path: string): Promise<ApiAnswer<Body>> {
    return this.send<Body>('GET', path);
  }

  post<Body = unknown>(path: string, body?: unknown): Promise<ApiAnswer<Body>> {
    return this.send<Body>('POST', path, body);
  }

  patch<Body = unknown>(path: string, body?: unknown): Promise<ApiAnswer<Body>> {
    return this.send<Body>('PATCH', path, body);
  }

  delete<Body = unknown>(path: string): Promise<ApiAnswer<Body>> {
    return this.send<Body>('DELETE', path);
  }

  /** @param body sent as JSON; text is sent as it is, so that it may be malformed */
  async send<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ApiAnswer<Body>> {
    const response = await fetch(this.apiUrl + path, {
      method,
      headers: {
        ...this.authorization(),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    this.transcript.push(`${[...response.headers].join('\n')}\n\n${text}`);
    return { status: response.status, headers: response.headers, body: parsed(text) as Body, text };
  }

  /** The messages of an event stream, until the server ends it. */
  async events(path: string): Promise<{ contentType: string | null; messages: EventMessage[] }> {
    const response = await fetch(this.apiUrl + path, {
      headers: { ...this.authorization(), accept: 'text/event-stream' },
    });
    const text = await response.text();
    this.transcript.push(text);
    const messages = text
      .split(/\n\n/)
      .map(messageOf)
      .filter((message) => message.data !== '');
    return { contentType: response.headers.get('content-type'), messages };
  }

  private authorization(): Record<string, string> {
    return { ...this.usual, ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }) };
  }
}

export interface EventMessage {
  type: string;
  data: string;
}

function messageOf(block: string): EventMessage {
  const valueOf = (name: string) =>
    block
      .split('\n')
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).trimStart())
      .join('\n');
  return { type: valueOf('event'), data: valueOf('data') };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
