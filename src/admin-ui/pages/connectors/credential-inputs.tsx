import type { ReactNode } from 'react';
import { TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { SecretInput } from '../../components/secret-input.js';
import { useMessages } from '../../messages/messages.js';
import type { ApiProblem } from '../../api/problem.js';
import { EMPTY_CONNECTION_FORM, fieldErrors, isCredentialRefusal } from './connection-form.js';
import type { ConnectionFormValues } from './connection-form.js';

export type ConnectionForm = UseFormReturnType<ConnectionFormValues>;

/** Focuses the first refused input, so that a keyboard user is where the correction is made. */
export function focusFirstError(form: ConnectionForm, errors: Partial<Record<string, ReactNode>>): void {
  const first = Object.keys(EMPTY_CONNECTION_FORM).find((field) => errors[field] !== undefined);
  if (first !== undefined) form.getInputNode(first as keyof ConnectionFormValues)?.focus();
}

/** Puts a refusal at its inputs. Secrets the PSA refused are emptied: sending them again could lock the API user. */
export function showFieldErrors(form: ConnectionForm, problem: ApiProblem): void {
  const errors = fieldErrors(problem);
  if (isCredentialRefusal(problem)) form.setValues({ secret: '', integrationCode: '' });
  form.setErrors(errors);
  focusFirstError(form, errors);
}

/** The three things an API user signs in with. */
export function CredentialInputs({ form }: { form: ConnectionForm }): ReactNode {
  const messages = useMessages();
  return (
    <>
      <TextInput
        label={messages.connectionForm.username}
        required
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        {...form.getInputProps('username')}
      />
      <SecretInput label={messages.connectionForm.secret} required {...form.getInputProps('secret')} />
      <SecretInput
        label={messages.connectionForm.integrationCode}
        description={messages.connectionForm.integrationCodeHint}
        {...form.getInputProps('integrationCode')}
      />
    </>
  );
}
