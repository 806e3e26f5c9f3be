import { defineConfig } from 'vitest/config';

/** Nest needs decorator metadata, which the default transform drops. */
const oxc = {
  decorator: { legacy: true, emitDecoratorMetadata: true },
  assumptions: { setPublicClassFields: true },
};

interface SuiteOptions {
  timeoutMs: number;
  globalSetup?: string[];
  /** Whether the files of a worker share the modules they load, which saves a second or more a file; set-up brings back what they change. */
  shares?: boolean;
}

function suite(name: string, include: string[], options: SuiteOptions) {
  return {
    oxc,
    test: {
      name,
      include,
      root: new URL('..', import.meta.url).pathname,
      testTimeout: options.timeoutMs,
      hookTimeout: Math.max(options.timeoutMs, 60_000),
      globalSetup: options.globalSetup ?? [],
      isolate: options.shares !== true,
      setupFiles: [new URL('./support/set-up.ts', import.meta.url).pathname],
    },
  };
}

const POSTGRES = ['test/support/postgres-server.ts'];

export default defineConfig({
  test: {
    reporters: ['default', new URL('./support/summary-reporter.ts', import.meta.url).pathname],
    maxWorkers: 2,
    projects: [
      suite('unit', ['src/**/*.spec.ts', 'src/**/*.spec.tsx', '.ci/**/*.spec.ts'], {
        timeoutMs: 20_000,
        shares: true,
      }),
      suite('architecture', ['test/architecture/**/*.spec.ts'], { timeoutMs: 60_000, shares: true }),
      suite('contract', ['test/contract/**/*.contract-spec.ts'], { timeoutMs: 60_000, shares: true }),
      suite('integration', ['test/integration/**/*.integration-spec.ts'], {
        timeoutMs: 60_000,
        globalSetup: POSTGRES,
        shares: true,
      }),
      suite('e2e', ['test/e2e/**/*.e2e-spec.ts'], {
        timeoutMs: 120_000,
        globalSetup: POSTGRES,
        shares: true,
      }),
      suite('browser', ['test/browser/**/*.browser-spec.ts'], { timeoutMs: 120_000, globalSetup: POSTGRES }),
      // Makes files instead of judging: run by `npm run screenshots` alone.
      suite('screenshots', ['test/browser/screenshots.ts'], { timeoutMs: 300_000, globalSetup: POSTGRES }),
      suite('package', ['test/package/**/*.package-spec.ts'], { timeoutMs: 300_000 }),
    ],
  },
});
