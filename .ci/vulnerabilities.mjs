// Fails when a package that reaches production has a known vulnerability, one inside the admin UI's bundle too. Where the registry gives no advisories, it says so and does not fail: a
// build machine without that endpoint could do nothing about it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './stamps.mjs';
import { bundledPackages } from './third-party.mjs';

/** Advisories that do not concern us, by id, with the reason and the day it was looked at. */
const ACCEPTED = {};

const TIME_LIMIT_MS = 60_000;

/** Places of the packages in the lock file that reach production: installed there, or inside the bundle. */
export function shippedPlaces(lock, bundled) {
  const isBundled = new Set(bundled.map(({ name, version }) => `${name}@${version}`));
  return new Set(
    Object.entries(lock.packages)
      .filter(([path, { version, dev }]) => {
        const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
        return path !== '' && (dev !== true || isBundled.has(`${name}@${version}`));
      })
      .map(([path]) => path),
  );
}

/**
 * What the JSON of `npm audit` says: `unavailable` with a reason, or the advisories that are not accepted.
 * @param shipped places in the lock file; what concerns none of them is left out
 */
export function readAudit(output, shipped, accepted = ACCEPTED) {
  let report;
  try {
    report = JSON.parse(output);
  } catch {
    return { unavailable: 'npm gave no report' };
  }
  if (report.error !== undefined || report.vulnerabilities === undefined) {
    return { unavailable: report.error?.summary || report.message || 'npm gave no report' };
  }
  const concerned = Object.values(report.vulnerabilities).filter(({ nodes }) =>
    nodes.some((place) => shipped.has(place)),
  );
  const found = concerned.flatMap(({ name, via }) =>
    // A text is the name of another vulnerable package, which has an entry of its own.
    via.flatMap((cause) => (typeof cause === 'string' ? [] : [{ name, ...cause }])),
  );
  return {
    found: found
      .filter(
        ({ url, source }) => accepted[url?.split('/').at(-1)] === undefined && accepted[source] === undefined,
      )
      .map(({ name, title, severity, url }) => `${name}: ${title} (${severity}) ${url}`),
  };
}

if (process.argv[1]?.endsWith('vulnerabilities.mjs')) {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const bundled = bundledPackages();
  const shipped = shippedPlaces(lock, bundled);
  const { stdout, error } = spawnSync('npm audit --json --audit', {
    cwd: root,
    shell: true,
    encoding: 'utf8',
    timeout: TIME_LIMIT_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
  const { unavailable, found = [] } = readAudit(stdout ?? '', shipped);
  if (unavailable !== undefined) {
    console.log(
      `Known vulnerabilities: NOT CHECKED, the registry gave no advisories (${error?.message ?? unavailable})`,
    );
  } else {
    for (const line of found) console.error(line);
    console.log(
      `Known vulnerabilities of ${shipped.size} packages, of which ${bundled.length} are inside the admin UI: ${found.length}`,
    );
  }
  process.exitCode = found.length === 0 ? 0 : 1;
}
