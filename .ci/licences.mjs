// Fails when a package that reaches production has a licence we have not agreed to. Reads the lock file: no network, no installation.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './stamps.mjs';

/** Permissive ones that ask for no more than to be named. */
const ALLOWED = new Set([
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'CC0-1.0',
  'PostgreSQL',
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
      const licence = license ?? READ_BY_HAND[name] ?? 'none stated';
      return { name, version, licence, isAllowed: isAllowed(licence) };
    });
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
  const found = productionLicences(JSON.parse(readFileSync(file, 'utf8')));
  const refused = found.filter((entry) => !entry.isAllowed);
  for (const { name, version, licence } of refused) console.error(`${name} ${version}: ${licence}`);
  console.log(
    `Licences of ${found.length} production packages: ${refused.length === 0 ? 'all allowed' : `${refused.length} not allowed`}`,
  );
  process.exitCode = refused.length === 0 ? 0 : 1;
}
