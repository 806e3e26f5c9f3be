/** Deeper than anything a request needs; validation walks by recursion, which a body of brackets would exhaust. */
export const MAX_DEPTH = 50;

/** Whether a parsed body goes deeper than `MAX_DEPTH`; walks without recursion itself. */
export function isTooDeep(body: unknown): boolean {
  let level: unknown[] = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return false;
}

/** Postgres keeps neither NUL nor half of a surrogate pair. */
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** The text with what Postgres cannot keep replaced. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

/** JSON Pointers of the texts, names included, that no database column can keep; the body is not too deep. */
export function unstorableTexts(value: unknown, pointer = ''): string[] {
  if (typeof value === 'string') return isStorable(value) ? [] : [pointer];
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    isStorable(name)
      ? unstorableTexts(inner, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
      : [pointer],
  );
}
