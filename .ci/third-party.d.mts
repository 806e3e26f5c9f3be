export interface BundledPackage {
  name: string;
  version: string;
  identifier?: string;
  text?: string;
}
export function bundledPackages(): BundledPackage[];
export function noticesOf(packages: BundledPackage[]): string;
