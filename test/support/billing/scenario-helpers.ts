import type { AutotaskDatabase } from '../../../src/autotask-simulator/testing.js';

/** The instance has three currencies; one of them is made the one that is asked for. */
export function useCurrency(database: AutotaskDatabase, code: string): void {
  const currencies = database.table('Currencies').all();
  if (currencies.some((row) => row['name'] === code)) return;
  const foreign = currencies.find((row) => row['isInternalCurrency'] !== true && row['isActive'] === true);
  if (foreign !== undefined)
    database.table('Currencies').update(foreign.id, { name: code, description: code });
}

/** The body of an answer that must have one of these statuses. */
export function demand<Body>(
  answer: { status: number; text: string; body: Body },
  ...statuses: number[]
): Body {
  if (!statuses.includes(answer.status))
    throw new Error(`Expected ${statuses.join('/')}, got ${answer.status}: ${answer.text}`);
  return answer.body;
}
