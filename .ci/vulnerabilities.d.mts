export function shippedPlaces(
  lock: { packages: Record<string, { version?: string; dev?: boolean }> },
  bundled: { name: string; version: string }[],
): Set<string>;
export function readAudit(
  output: string,
  shipped: ReadonlySet<string>,
  accepted?: Record<string, string>,
): { unavailable: string; found?: undefined } | { found: string[]; unavailable?: undefined };
