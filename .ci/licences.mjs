// Fails when a package that reaches production has a licence we have not agreed to: those the lock file lists for production, and those
// inside the admin UI's bundle. No network.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './stamps.mjs';
import { bundledPackages } from './third-party.mjs';

/** Permissive ones that ask for no more than that their notice goes along, if for that. */
const ALLOWED = new Set([
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'CC0-1.0',
  'PostgreSQL',
  'Unlicense',
]);

/** Packages that state their licence in no form a program reads; each was read by a person. */
const READ_BY_HAND = {
  busboy: 'MIT', // "licenses": [{ "type": "MIT" }] in its manifest, the form of before 2015
  streamsearch: 'MIT', // the same
};

/** Every production package of a lock file with its licence; `isAllowed` says whether we may ship it. */
export function productionLicences(lock) {
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && entry.dev !== true)
    .map(([path, { version, license }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return judged(name, version, license);
    });
}

/** The same of what is inside a bundle, from the manifests the bundler read. */
export function bundledLicences(packages) {
  return packages.map(({ name, version, identifier }) => judged(name, version, identifier));
}

function judged(name, version, stated) {
  const licence = stated ?? READ_BY_HAND[name] ?? 'none stated';
  return { name, version, licence, isAllowed: isAllowed(licence) };
}

/** One of "A OR B" is enough; of "A AND B" both must be allowed. */
export function isAllowed(expression) {
  const bare = expression.replace(/^\((.*)\)$/, '$1');
  if (bare.includes('(')) return false;
  return bare
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => ALLOWED.has(licence.trim())));
}

if (process.argv[1]?.endsWith('licences.mjs')) {
  const file = join(root, 'package-lock.json');
  if (!existsSync(file)) throw new Error(`${file} is missing`);
  const installed = productionLicences(JSON.parse(readFileSync(file, 'utf8')));
  const bundled = bundledLicences(bundledPackages());
  const found = [...installed, ...bundled];
  const refused = found.filter((entry) => !entry.isAllowed);
  for (const { name, version, licence } of refused) console.error(`${name} ${version}: ${licence}`);
  console.log(
    `Licences of ${installed.length} production packages and ${bundled.length} inside the admin UI: ${refused.length === 0 ? 'all allowed' : `${refused.length} not allowed`}`,
  );
  process.exitCode = refused.length === 0 ? 0 : 1;
}
