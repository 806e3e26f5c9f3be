// The packages that are inside the admin UI's bundle. They are development dependencies of the workspace, but whoever gets the library
// gets them: their licences, advisories and versions count as those of production packages, and their notices go along.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './stamps.mjs';

/** Where the build leaves the list: beside what is shipped. */
const LIST = join(root, 'dist', 'admin-ui-packages.json');
const builtUi = join(root, 'dist', 'src', 'admin-ui');

/** They ask for nothing, so nothing has to go along. */
const NO_NOTICE_NEEDED = new Set(['Unlicense', 'CC0-1.0', '0BSD']);

/** Packages without a licence file, and the one whose file holds their author's notice; each was read by a person. */
const NOTICE_OF = { 'react-remove-scroll-bar': 'react-remove-scroll' };

/**
 * @typedef {{ name: string, version: string, identifier?: string, text?: string }} BundledPackage with what its manifest and its
 * licence file say
 */

/** @returns {BundledPackage[]} what the bundler took modules of */
export function bundledPackages() {
  if (!existsSync(LIST)) throw new Error(`${LIST} is missing; run "npm run build" first.`);
  return JSON.parse(readFileSync(LIST, 'utf8'));
}

/** One text with the notice of every package; fails when one that asks for its notice has none. */
export function noticesOf(packages) {
  const sections = packages.map((one) => {
    const { name, version, identifier = 'none stated' } = one;
    const text = textOf(one, packages);
    if (text === undefined && !NO_NOTICE_NEEDED.has(identifier))
      throw new Error(
        `${name} ${version} (${identifier}) is in the admin UI and holds no licence text to ship.`,
      );
    return `${name} ${version}\nLicence: ${identifier}\n${text === undefined ? '' : `\n${text}\n`}`;
  });
  const intro = 'The admin UI in this folder contains these packages, under these terms.\n';
  return [intro, ...sections].join(`\n${'-'.repeat(80)}\n\n`);
}

function textOf({ name, text }, packages) {
  return text ?? packages.find((other) => other.name === NOTICE_OF[name])?.text;
}

// Part of the build, after the bundler.
if (process.argv[1]?.endsWith('third-party.mjs')) {
  renameSync(join(builtUi, 'third-party.json'), LIST);
  const packages = bundledPackages();
  if (packages.length === 0) throw new Error('The bundler says that it took nothing from any package.');
  writeFileSync(join(builtUi, 'third-party-notices.txt'), noticesOf(packages));
}
