// Builds library, host and admin UI into dist, from nothing, so that a removed source leaves no output behind.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildStamp, root, writeStamp } from './stamps.mjs';

const value = buildStamp.value();
rmSync(join(root, 'dist'), { recursive: true, force: true });
for (const line of [
  'tsc -b',
  'vite build -c src/admin-ui/vite.config.ts --logLevel warn',
  'node .ci/third-party.mjs',
  'node .ci/first-load.mjs',
]) {
  const { status, signal } = spawnSync(line, { cwd: root, shell: true, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`${line} ended with ${signal ?? status}`);
    process.exit(1);
  }
}
writeStamp(buildStamp, value);
