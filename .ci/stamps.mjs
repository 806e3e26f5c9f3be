// Tells whether what npm and the compiler left behind still belongs to the sources. Runs on any Node from 18 on, without packages.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const INSTALL_INPUTS = ['package-lock.json', '.npmrc'];
const BUILD_INPUTS = [
  'src',
  'migrations',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
  '.ci/build.mjs',
  '.ci/first-load.mjs',
  '.ci/third-party.mjs',
];

export const installStamp = {
  file: join(root, 'node_modules', '.install-stamp'),
  value: () => hash(INSTALL_INPUTS, `${process.platform}-${process.arch}`),
};

export const buildStamp = { file: join(root, 'dist', '.build-stamp'), value: () => hash(BUILD_INPUTS, '') };

/** Whether the stamp was written for exactly what lies there now. */
export function isCurrent(stamp) {
  return existsSync(stamp.file) && readFileSync(stamp.file, 'utf8') === stamp.value();
}

/** Remembers the state the inputs had; `value` is taken before the work, so that an edit during it is not missed. */
export function writeStamp(stamp, value) {
  mkdirSync(dirname(stamp.file), { recursive: true });
  writeFileSync(stamp.file, value);
}

function hash(inputs, salt) {
  const digest = createHash('sha256').update(salt);
  for (const input of inputs) addTo(digest, input);
  return digest.digest('hex');
}

function addTo(digest, path) {
  const full = join(root, path);
  if (!existsSync(full)) return;
  if (statSync(full).isDirectory()) {
    // oxlint-disable-next-line unicorn/no-array-sort -- Node 18 has no toSorted, and the array is our own.
    for (const name of readdirSync(full).sort()) addTo(digest, `${path}/${name}`);
    return;
  }
  const content = readFileSync(full);
  digest.update(`${path}\0${content.length}\0`).update(content);
}
