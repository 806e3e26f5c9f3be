import type { AccessReport } from './access-report.js';

/** One field of a refused body. */
export interface FieldProblem {
  /** JSON pointer into the request body, such as `/credentials/secret`. */
  pointer: string;
  detail: string;
}

interface ApiProblemInit {
  status: number;
  code: string;
  title?: string | undefined;
  detail?: string | undefined;
  instance?: string | undefined;
  errors?: FieldProblem[] | undefined;
  accessReport?: AccessReport | undefined;
  cause?: unknown;
}

/** Raised when the API refuses a request, cannot be reached (status 0) or answers something that is no problem document. */
export class ApiProblem extends Error {
  readonly status: number;
  /** Stable text such as `connection.alias_taken`; `network.unreachable` and `http.<status>` are made here. */
  readonly code: string;
  /** Null when the answer had none to show. */
  readonly detail: string | null;
  /** The id of the request, for the operator's log; null when unknown. */
  readonly instance: string | null;
  readonly errors: readonly FieldProblem[];
  readonly accessReport: AccessReport | null;

  constructor(init: ApiProblemInit) {
    super(`${init.code}: ${init.detail ?? init.title ?? ''}`, { cause: init.cause });
    this.name = 'ApiProblem';
    this.status = init.status;
    this.code = init.code;
    this.detail = init.detail ?? init.title ?? null;
    this.instance = init.instance ?? null;
    this.errors = init.errors ?? [];
    this.accessReport = init.accessReport ?? null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textMember(body: Record<string, unknown>, name: string): string | undefined {
  const value = body[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function fieldProblems(value: unknown): FieldProblem[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).map((entry) => ({
    pointer: textMember(entry, 'pointer') ?? '',
    detail: textMember(entry, 'detail') ?? '',
  }));
}

function reportMember(value: unknown): AccessReport | undefined {
  return isRecord(value) && Array.isArray(value['checks']) ? (value as unknown as AccessReport) : undefined;
}

/** Reads a refused answer; a body that is no problem document (a proxy's page, an empty answer) becomes `http.<status>`. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => undefined);
  if (!isRecord(body)) return new ApiProblem({ status: response.status, code: `http.${response.status}` });
  return new ApiProblem({
    status: response.status,
    code: textMember(body, 'code') ?? `http.${response.status}`,
    title: textMember(body, 'title'),
    detail: textMember(body, 'detail'),
    instance: textMember(body, 'instance'),
    errors: fieldProblems(body['errors']),
    accessReport: reportMember(body['accessReport']),
  });
}

/** Any failure as a problem; what is not one already was not caused by an answer of the API. */
export function toProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  const detail = error instanceof Error ? error.message : undefined;
  return new ApiProblem({ status: 0, code: 'ui.unexpected', detail, cause: error });
}
