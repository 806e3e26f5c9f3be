import { QueryFailedError } from 'typeorm';

interface PostgresError {
  code?: string;
  constraint?: string;
}

const INTEGRITY_VIOLATION_CLASS = '23';

/** Name of the constraint an error of ours broke, or undefined when it is another kind of error. */
export function violatedConstraint(error: unknown): string | undefined {
  if (!(error instanceof QueryFailedError)) return undefined;
  const { code, constraint }: PostgresError = error.driverError;
  return code?.startsWith(INTEGRITY_VIOLATION_CLASS) ? constraint : undefined;
}

/**
 * Runs a write and turns a broken constraint into the error that belongs to its name; other errors pass.
 * @param errors by constraint name
 */
export async function translatingViolations<T>(
  write: Promise<T>,
  errors: Readonly<Record<string, () => Error>>,
): Promise<T> {
  try {
    return await write;
  } catch (cause) {
    const make = errors[violatedConstraint(cause) ?? ''];
    throw make === undefined ? cause : make();
  }
}
