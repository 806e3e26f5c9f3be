export type QueryValue = string | number | boolean | undefined;

export interface RequestOptions {
  query?: Record<string, QueryValue>;
  signal?: AbortSignal | undefined;
}

/** Talks to the HTTP API; paths are relative to its root, such as `connections/42`. Every method raises `ApiProblem`. */
export interface ApiClient {
  get<T>(path: string, options?: RequestOptions): Promise<T>;
  send<T>(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T>;
  /** Sends a body that is no JSON, such as a CSV file. */
  sendText<T>(
    method: 'POST' | 'PUT',
    path: string,
    body: string | Blob,
    mediaType: string,
    options?: RequestOptions,
  ): Promise<T>;
  /** A file, which the browser keeps outside the page's memory when it is large. */
  getFile(path: string, options?: RequestOptions): Promise<Blob>;
  /** Opens an event stream; raises `ApiProblem` when it is refused. */
  openStream(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}
