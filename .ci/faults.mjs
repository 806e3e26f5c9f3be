// The long fault suite: kills, database restarts and outages at random points of a pull. --seed replays a run, --rounds sets how many of each.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { root } from './stamps.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    rounds: { type: 'string', default: '20' },
  },
});
const line =
  'exec vitest run -c test/vitest.config.ts --project e2e test/e2e/api-sync-resilience.e2e-spec.ts';
const child = spawn(line, {
  cwd: root,
  shell: true,
  stdio: 'inherit',
  env: { ...process.env, PSA_FAULT_SEED: values.seed, PSA_FAULT_ROUNDS: values.rounds },
});
child.once('exit', (status, signal) => {
  process.exitCode = signal === null ? (status ?? 1) : 1;
});
