import { describe, expect, it } from 'vitest';
import { cronProblem } from './cron-expression.js';

describe('cronProblem', () => {
  it.each(['*/15 * * * *', '0 0 29 2 *', '30 5 * * * *', '@daily'])('finds none in %s', (expression) => {
    expect(cronProblem(expression)).toBeNull();
  });

  it.each([
    ['hourly', 'is no cron expression'],
    ['61 * * * *', 'is no cron expression'],
    ['0 0 31 2 *', 'names a day that never comes'],
    ['0 0 31 4,6 *', 'names a day that never comes'],
  ])('says of %s that it %s', (expression, problem) => {
    expect(cronProblem(expression)).toBe(problem);
  });
});
