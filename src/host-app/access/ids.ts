const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The text as one of our keys, or null: anything else names no row and reaches neither the database nor the audit log. */
export function asId(text: string): string | null {
  return UUID.test(text) ? text.toLowerCase() : null;
}
