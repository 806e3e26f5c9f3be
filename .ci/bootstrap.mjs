// Makes a checkout ready to run: installs the packages when the lock file changed and builds when the sources changed.
// Runs before `npm start` and `npm test` on whatever Node the machine has (18 or later), without any package.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { buildStamp, installStamp, isCurrent, root, writeStamp } from './stamps.mjs';

// A production install was made on purpose with its own options: only what is missing altogether is added to it.
const onlyWhatIsMissing = process.argv.includes('--only-missing');
const modules = join(root, 'node_modules');

if (needsInstall()) install();
checkNode();
if (needsBuild()) build();

function needsInstall() {
  if (!existsSync(modules)) return true;
  if (onlyWhatIsMissing) return false;
  // A link leads to packages that are shared with another checkout, which looks after them.
  return !lstatSync(modules).isSymbolicLink() && !isCurrent(installStamp);
}

function needsBuild() {
  if (onlyWhatIsMissing) return !existsSync(join(root, 'dist', 'src', 'host-app', 'main.js'));
  return !isCurrent(buildStamp);
}

function install() {
  const value = installStamp.value();
  timed('Installing packages (npm ci; the first time takes about a minute)', () => {
    // An environment with NODE_ENV=production would leave out the compiler; optional are Node itself and PostgreSQL.
    const status = npm(['ci', '--include=dev', '--include=optional', '--loglevel=error']);
    if (status !== 0) {
      fail(
        `Installing the packages failed: npm ci ended with ${status}. Its message is above. Check that the package ` +
          'registry can be reached (npm ping), that the proxy and registry settings of npm are right ' +
          `(npm config list), and that this user may write to ${root}; then run the same command again.`,
      );
    }
  });
  writeStamp(installStamp, value);
}

function build() {
  timed('Building', () => {
    const status = npm(['run', '--silent', 'build']);
    if (status !== 0) fail(`Building failed: npm run build ended with ${status}. Its message is above.`);
  });
}

/** The scripts run on the Node that came as a package; where there is none for the platform, the installed one must do. */
function checkNode() {
  if (existsSync(join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node'))) return;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const suffices = major > 24 || (major === 24 && minor >= 11) || (major === 22 && minor >= 19);
  if (suffices) return;
  fail(
    `Node ${process.versions.node} is too old, and there is no Node package for ${process.platform}-${process.arch} ` +
      'to use instead. Install Node 24.11 or later (or 22.19 or later of Node 22) and run the same command again.',
  );
}

function npm(parameters) {
  const cli = process.env.npm_execpath;
  const [program, leading] = cli?.endsWith('.js')
    ? [process.execPath, [cli]]
    : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
  const result = spawnSync(program, [...leading, ...parameters], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32' && leading.length === 0,
  });
  if (result.error) fail(`npm could not be started: ${result.error.message}`);
  return result.signal ?? result.status;
}

function timed(step, work) {
  console.log(`${step} ...`);
  const startedAt = Date.now();
  work();
  console.log(`${step.split(' (')[0]}: done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}

function fail(message) {
  console.error(`\n${message}`);
  // The last line of `npm test` is read by machines, whatever happened.
  if (process.env.npm_lifecycle_event === 'pretest') console.log('0 passed, 1 failed');
  process.exit(1);
}
