export interface ProductionLicence {
  name: string;
  version: string;
  licence: string;
  isAllowed: boolean;
}
export function productionLicences(lock: {
  packages: Record<string, { version?: string; license?: string; dev?: boolean }>;
}): ProductionLicence[];
export function bundledLicences(
  packages: { name: string; version: string; identifier?: string }[],
): ProductionLicence[];
export function isAllowed(expression: string): boolean;
