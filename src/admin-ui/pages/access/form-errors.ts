import type { ApiProblem } from '../../api/problem.js';

/** What the API says about each field, by its name in the body. */
export function fieldErrors(problem: ApiProblem | null): Record<string, string> {
  if (problem === null) return {};
  const named = problem.errors.map(({ pointer, detail }) => [pointer.slice(1), detail] as const);
  const taken =
    problem.code === 'access.user_name_taken' && problem.detail !== null
      ? [['userName', problem.detail] as const]
      : [];
  return Object.fromEntries([...named, ...taken]);
}
