import { appendFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** What a run of vitest came to; one line of JSON of the file `PSA_TEST_COUNTS` names, which `.ci/test.mjs` adds up over several runs. */
interface RunSummary {
  passed: number;
  failed: number;
  /** A line for each failure: where it was, and what it said first. */
  failures: string[];
}

/**
 * Counts what passed and failed; a file that could not be loaded counts as one failure, and so does a skipped test, because
 * nothing here may be skipped silently. Names the failures once more at the end, where they are found in a long log. The last line is the
 * one our CI reads.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(
    modules: ReadonlyArray<TestModule>,
    unhandledErrors: ReadonlyArray<{ message: string }>,
  ): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const failures = [
      ...unhandledErrors.map((error) => line('outside of any test', error.message)),
      ...modules.flatMap((module) =>
        module.errors().map((error) => line(module.relativeModuleId, error.message)),
      ),
      ...tests.filter((test) => !hasPassed(test)).map(failureOf),
    ];
    const passed = tests.filter(hasPassed).length;
    const summary: RunSummary = { passed, failed: failures.length, failures };
    const countsFile = process.env['PSA_TEST_COUNTS'];
    if (countsFile !== undefined) appendFileSync(countsFile, `${JSON.stringify(summary)}\n`);
    for (const failure of failures) process.stdout.write(`failed: ${failure}\n`);
    process.stdout.write(`${passed} passed, ${failures.length} failed\n`);
  }
}

function hasPassed(test: TestCase): boolean {
  return test.result().state === 'passed';
}

function failureOf(test: TestCase): string {
  const { state, errors } = test.result();
  return line(`${test.module.relativeModuleId} > ${test.fullName}`, errors?.[0]?.message ?? state);
}

function line(where: string, message: string): string {
  return `${where}: ${message.split('\n', 1)[0] ?? ''}`;
}
