import { appendFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/**
 * Counts what passed and failed; a file that could not be loaded counts as one failure, and so does a skipped test, because
 * nothing here may be skipped silently. The last line is the one our CI reads; `PSA_TEST_COUNTS` names a file that
 * `.ci/test.mjs` adds up over several steps.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandledErrors: ReadonlyArray<unknown>): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        if (test.result().state === 'passed') passed += 1;
        else failed += 1;
      }
    }
    const countsFile = process.env['PSA_TEST_COUNTS'];
    if (countsFile !== undefined) appendFileSync(countsFile, `${passed} ${failed}\n`);
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
  }
}
