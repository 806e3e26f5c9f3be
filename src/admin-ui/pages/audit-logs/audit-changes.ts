/** One changed field of an audit entry. */
export interface FieldChange {
  field: string;
  before: unknown;
  after: unknown;
}

function isFieldChange(value: unknown): value is FieldChange {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Record<string, unknown>)['field'] === 'string'
  );
}

/** Splits the details of an entry into its changed fields and the rest. */
export function splitDetails(details: Record<string, unknown> | null): {
  changes: FieldChange[];
  rest: Record<string, unknown>;
} {
  const { changes, ...others } = details ?? {};
  if (Array.isArray(changes) && changes.every(isFieldChange)) return { changes, rest: others };
  return { changes: [], rest: details ?? {} };
}

/** A value of any kind as text; null when there is none. */
export function valueText(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
