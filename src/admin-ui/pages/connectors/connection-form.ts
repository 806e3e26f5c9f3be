import type { NewConnection } from '../../api/connections.js';
import type { ApiProblem } from '../../api/problem.js';

/** What is typed into the connect form. */
export interface ConnectionFormValues {
  alias: string;
  currency: string;
  username: string;
  secret: string;
  integrationCode: string;
}

export const EMPTY_CONNECTION_FORM: ConnectionFormValues = {
  alias: '',
  currency: '',
  username: '',
  secret: '',
  integrationCode: '',
};

const FIELDS_BY_POINTER: Record<string, keyof ConnectionFormValues> = {
  '/alias': 'alias',
  '/currency': 'currency',
  '/credentials': 'username',
  '/credentials/username': 'username',
  '/credentials/secret': 'secret',
  '/credentials/integrationCode': 'integrationCode',
};

/** The input a refusal is about, where its code tells. */
const FIELDS_BY_CODE: Record<string, keyof ConnectionFormValues> = {
  'connection.alias_taken': 'alias',
  'connection.duplicate': 'currency',
  'connection.currency_unavailable': 'currency',
  'connection.user_unknown': 'username',
  'connection.credentials_rejected': 'secret',
  'connection.integration_code_rejected': 'integrationCode',
};

/** What the API is sent; secrets are sent exactly as typed, everything else without outer spaces. */
export function toNewConnection(values: ConnectionFormValues): NewConnection {
  const credentials = { username: values.username.trim(), secret: values.secret };
  return {
    alias: values.alias.trim(),
    currency: values.currency.trim().toUpperCase(),
    credentials:
      values.integrationCode === ''
        ? credentials
        : { ...credentials, integrationCode: values.integrationCode },
  };
}

/** The messages of a problem, by the field they belong to. */
export function fieldErrors(problem: ApiProblem): Partial<Record<keyof ConnectionFormValues, string>> {
  const errors: Partial<Record<keyof ConnectionFormValues, string>> = {};
  for (const { pointer, detail } of problem.errors) {
    const field = FIELDS_BY_POINTER[pointer];
    if (field !== undefined) errors[field] = [errors[field], detail].filter(Boolean).join(' ');
  }
  const field = FIELDS_BY_CODE[problem.code];
  if (field !== undefined && errors[field] === undefined && problem.detail !== null) {
    errors[field] = problem.detail;
  }
  return errors;
}

/** Whether the PSA said no to what the API user signs in with: the typed secret is then of no further use. */
export function isCredentialRefusal(problem: ApiProblem): boolean {
  return ['username', 'secret', 'integrationCode'].includes(FIELDS_BY_CODE[problem.code] ?? '');
}
