import { CronTime, validateCronExpression } from 'cron';

/** What is wrong with a cron expression, said after it; null for one that comes at some time in the next years. */
export function cronProblem(expression: string): string | null {
  if (!validateCronExpression(expression).valid) return 'is no cron expression';
  try {
    // Well formed, and still never: 31 February.
    new CronTime(expression, 'UTC').sendAt();
    return null;
  } catch {
    return 'names a day that never comes';
  }
}
