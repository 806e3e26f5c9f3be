// Fails when a production package has a known vulnerability. Where the registry gives no advisories, it says so and does not fail: a
// build machine without that endpoint could do nothing about it.
import { spawnSync } from 'node:child_process';
import { root } from './stamps.mjs';

/** Advisories that do not concern us, by id, with the reason and the day it was looked at. */
const ACCEPTED = {};

const TIME_LIMIT_MS = 60_000;

/** What the JSON of `npm audit` says: `unavailable` with a reason, or the advisories that are not accepted. */
export function readAudit(output, accepted = ACCEPTED) {
  let report;
  try {
    report = JSON.parse(output);
  } catch {
    return { unavailable: 'npm gave no report' };
  }
  if (report.error !== undefined || report.vulnerabilities === undefined) {
    return { unavailable: report.error?.summary || report.message || 'npm gave no report' };
  }
  const found = Object.values(report.vulnerabilities).flatMap(({ name, via }) =>
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
  const { stdout, error } = spawnSync('npm audit --omit=dev --json --audit', {
    cwd: root,
    shell: true,
    encoding: 'utf8',
    timeout: TIME_LIMIT_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
  const { unavailable, found = [] } = readAudit(stdout ?? '');
  if (unavailable !== undefined) {
    console.log(
      `Known vulnerabilities: NOT CHECKED, the registry gave no advisories (${error?.message ?? unavailable})`,
    );
  } else {
    for (const line of found) console.error(line);
    console.log(`Known vulnerabilities of production packages: ${found.length}`);
  }
  process.exitCode = found.length === 0 ? 0 : 1;
}
