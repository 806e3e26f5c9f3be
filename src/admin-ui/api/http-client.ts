import type { ApiClient, QueryValue, RequestOptions } from './api-client.js';
import { ApiProblem, readProblem } from './problem.js';

export type { ApiClient, QueryValue, RequestOptions } from './api-client.js';

export interface ApiClientSettings {
  /** Ends with `/`. */
  baseUrl: string;
  /** Absent: the cookie of the host's session says who calls. */
  token?: string;
  /** Called when the API no longer accepts the token or the session. */
  onUnauthorized?: () => void;
  fetch?: typeof fetch;
}

/** The API sits beside the UI whatever the mount path is: `<mount>/` and `<mount>/api/`. */
export function apiBaseUrl(documentUrl: string): string {
  return new URL('./api/', documentUrl).href;
}

function requestUrl(baseUrl: string, path: string, query: Record<string, QueryValue> = {}): URL {
  const url = new URL(path, baseUrl);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  }
  return url;
}

async function readJson<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch (error) {
    throw new ApiProblem({ status: response.status, code: `http.${response.status}`, cause: error });
  }
}

/** Cookies that hold the token a host wants repeated with every change; the prefix tells that it came over TLS. */
const CSRF_COOKIE = /(?:^|;\s*)(?:__Host-)?psa_csrf=([^;]*)/;

/** Repeats the session's token, which no other site can read, with a change. */
function proveOrigin(headers: Headers, method: string | undefined): void {
  const token = method === undefined ? undefined : CSRF_COOKIE.exec(document.cookie)?.[1];
  if (token !== undefined) headers.set('x-csrf-token', token);
}

/** A client for one token, or for the session of the browser. */
export function createApiClient(settings: ApiClientSettings): ApiClient {
  // Called through an arrow: the browser's fetch refuses to run as a method of another object.
  const doFetch = settings.fetch ?? ((input, init) => fetch(input, init));

  async function request(url: URL, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (settings.token === undefined) proveOrigin(headers, init.method);
    else headers.set('authorization', `Bearer ${settings.token}`);
    let response: Response;
    try {
      response = await doFetch(url, { ...init, headers, cache: 'no-store', credentials: 'same-origin' });
    } catch (error) {
      if (init.signal?.aborted === true) throw error;
      throw new ApiProblem({ status: 0, code: 'network.unreachable', cause: error });
    }
    if (response.ok) return response;
    if (response.status === 401) settings.onUnauthorized?.();
    throw await readProblem(response);
  }

  return {
    async get<T>(path: string, options: RequestOptions = {}): Promise<T> {
      const init: RequestInit = { headers: { accept: 'application/json' } };
      if (options.signal !== undefined) init.signal = options.signal;
      return readJson<T>(await request(requestUrl(settings.baseUrl, path, options.query), init));
    },
    async send<T>(method: string, path: string, body?: unknown): Promise<T> {
      const init: RequestInit = { method, headers: { accept: 'application/json' } };
      if (body !== undefined) {
        init.body = JSON.stringify(body);
        init.headers = { accept: 'application/json', 'content-type': 'application/json' };
      }
      return readJson<T>(await request(requestUrl(settings.baseUrl, path), init));
    },
    async sendText<T>(
      method: string,
      path: string,
      body: string | Blob,
      mediaType: string,
      options: RequestOptions = {},
    ): Promise<T> {
      // A file of a person's says by its content what it is.
      const type = body instanceof Blob ? 'application/octet-stream' : mediaType;
      const headers = { accept: 'application/json', 'content-type': type };
      const url = requestUrl(settings.baseUrl, path, options.query);
      return readJson<T>(await request(url, { method, body, headers }));
    },
    async getFile(path: string, options: RequestOptions = {}): Promise<Blob> {
      const init: RequestInit = options.signal === undefined ? {} : { signal: options.signal };
      return (await request(requestUrl(settings.baseUrl, path, options.query), init)).blob();
    },
    async openStream(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
      const url = requestUrl(settings.baseUrl, path);
      const response = await request(url, { headers: { accept: 'text/event-stream' }, signal });
      if (response.body === null)
        throw new ApiProblem({ status: response.status, code: 'http.empty_stream' });
      return response.body;
    },
  };
}
