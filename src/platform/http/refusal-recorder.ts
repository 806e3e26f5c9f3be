import { SetMetadata } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { ConnectorError } from '../../kernel/connector-error.js';

/** An attempt that was refused before its use case began: lacking permission, or an invalid request. */
export interface RefusedAttempt {
  context: UseCaseContext;
  /** Audit operation of the route. */
  operation: string;
  /** What the path parameter `id` of the route names. */
  subjectType: string;
  /** Path parameters of the route, such as the connection's id. */
  parameters: Readonly<Record<string, string>>;
  error: ConnectorError;
}

/** Leaves the audit entry of a refused attempt, unless its use case has; the audit feature provides it. */
export interface RefusalRecorder {
  record(attempt: RefusedAttempt): Promise<void>;
}

export const REFUSAL_RECORDER = Symbol('REFUSAL_RECORDER');
export const AUDITED_OPERATION = 'psa-connector:audited-operation';

export interface AuditedRoute {
  operation: string;
  subjectType: string;
}

/**
 * Names the audit operation of a mutating route, so that attempts refused before the handler are audited too.
 * @param subjectType what the path parameter `id` names
 */
export const AuditedAs = (operation: string, subjectType = 'connection') =>
  SetMetadata(AUDITED_OPERATION, { operation, subjectType } satisfies AuditedRoute);
