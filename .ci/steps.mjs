// Runs the given command lines one after the other and stops at the first that fails. A script line with two node commands would
// run the second on the wrong Node, because the shell remembers the first `node` it found.
import { spawnSync } from 'node:child_process';

for (const line of process.argv.slice(2)) {
  const { status, signal } = spawnSync(line, { shell: true, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`${line} ended with ${signal ?? status}`);
    process.exit(status ?? 1);
  }
}
