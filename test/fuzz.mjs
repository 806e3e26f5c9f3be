// `npm run test:fuzz -- --seed N --requests M`: the fuzzing spec of the e2e suite, with a seed and a length of one's own.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const DEFAULT_REQUESTS = '20000';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 999_999_999)) },
    requests: { type: 'string', default: DEFAULT_REQUESTS },
  },
});
for (const [name, value] of Object.entries(values)) {
  if (!/^[1-9]\d{0,8}$/.test(value)) {
    console.error(`--${name} must be a whole number from 1 to 999999999 (is ${value}).`);
    process.exit(1);
  }
}
console.log(`Seed ${values.seed}, ${values.requests} requests.`);
const command = 'vitest run -c test/vitest.config.ts --project e2e test/e2e/api-fuzz.e2e-spec.ts';
const { status } = spawnSync(command, {
  shell: true,
  stdio: 'inherit',
  env: { ...process.env, PSA_TEST_FUZZ_SEED: values.seed, PSA_TEST_FUZZ_REQUESTS: values.requests },
});
process.exit(status ?? 1);
