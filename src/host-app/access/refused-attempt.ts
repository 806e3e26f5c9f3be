import { ConnectorError, type HostAuditEvent, type HostAuditLog, type UseCaseContext } from '../../index.js';

/** Runs a use case of the host; when it is refused, leaves a failed entry and passes the error on. */
export async function auditingRefusal<T>(
  audit: HostAuditLog,
  context: UseCaseContext,
  event: HostAuditEvent,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConnectorError) await audit.refuse(context, event, error);
    throw error;
  }
}

/** Whether the database refused a statement because of this unique constraint. */
export function violatesUnique(error: unknown, constraint: string): boolean {
  if (!(error instanceof Error) || !('driverError' in error)) return false;
  const { code, constraint: broken } = error.driverError as { code?: unknown; constraint?: unknown };
  return code === '23505' && broken === constraint;
}
