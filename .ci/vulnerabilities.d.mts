export function readAudit(
  output: string,
  accepted?: Record<string, string>,
): { unavailable: string; found?: undefined } | { found: string[]; unavailable?: undefined };
