// Prints how much JavaScript the admin UI's first page takes, and fails when it is more than people should have to wait for.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from './stamps.mjs';

const LIMIT_KB = 250;
const built = join(root, 'dist', 'src', 'admin-ui');

/** The scripts a script loads at once; what it imports as it runs is left out. */
function importsOf(text) {
  return [
    ...text.matchAll(/(?:^|[;}\s])(?:import|export)\s*(?:[^"'();]*?from)?\s*["']\.\/([^"']+\.js)["']/g),
  ].map(([, name]) => name);
}

const waiting = [...readFileSync(join(built, 'index.html'), 'utf8').matchAll(/assets\/([^"']+\.js)/g)].map(
  ([, name]) => name,
);
const sizes = new Map();
for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
  if (sizes.has(name)) continue;
  const content = readFileSync(join(built, 'assets', name));
  sizes.set(name, gzipSync(content).length);
  waiting.push(...importsOf(content.toString()));
}
const kilobytes = [...sizes.values()].reduce((sum, size) => sum + size, 0) / 1024;
console.log(
  `Admin UI: first load ${kilobytes.toFixed(1)} KB of JavaScript, gzipped, in ${sizes.size} files (at most ${LIMIT_KB})`,
);
if (sizes.size === 0 || kilobytes > LIMIT_KB) process.exit(1);
