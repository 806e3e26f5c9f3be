import { ConnectorError } from '../../kernel/connector-error.js';

/** Postgres does not answer, or refuses to let us in, at start. The detail never holds the password. */
export class DatabaseUnreachableError extends ConnectorError {
  constructor(url: string, cause: unknown) {
    const { hostname, port, pathname, username } = new URL(url);
    const reason = cause instanceof Error ? reasonOf(cause) : String(cause);
    const address = `${hostname}:${port === '' ? '5432' : port}`;
    super({
      code: 'database.unreachable',
      category: 'internal',
      detail:
        `PostgreSQL at ${address} cannot be used (database '${decodeURIComponent(pathname.slice(1))}', user ` +
        `'${decodeURIComponent(username)}'): ${reason}. Check that it runs, that the address is right and that the user may sign in.`,
      cause,
    });
  }
}

/** The schema is older than this release and `database.migrate` is `never`. */
export class MigrationsPendingError extends ConnectorError {
  constructor(schema: string) {
    super({
      code: 'database.migrations_pending',
      category: 'configuration',
      detail: `The schema '${schema}' is older than this release; run the migrations first, or set database.migrate to 'onStart'.`,
    });
  }
}

/** `pg` reports a name that resolves to several addresses as one error per address. */
function reasonOf(error: Error): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.map((inner) => (inner instanceof Error ? inner.message : String(inner))).join(', ');
  }
  return error.message;
}
