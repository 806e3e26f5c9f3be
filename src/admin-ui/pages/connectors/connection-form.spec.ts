import { describe, expect, it } from 'vitest';
import { ApiProblem } from '../../api/problem.js';
import { fieldErrors, isCredentialRefusal, toNewConnection } from './connection-form.js';

const VALUES = {
  alias: ' Contoso ',
  currency: ' eur',
  username: ' user@x ',
  secret: ' s3 ',
  integrationCode: '',
};

function problem(code: string, errors: { pointer: string; detail: string }[] = []): ApiProblem {
  return new ApiProblem({ status: 422, code, detail: 'Refused.', errors });
}

describe('toNewConnection', () => {
  it('trims everything but the secret, and leaves out an empty tracking identifier', () => {
    expect(toNewConnection(VALUES)).toEqual({
      alias: 'Contoso',
      currency: 'EUR',
      credentials: { username: 'user@x', secret: ' s3 ' },
    });
  });

  it('sends a tracking identifier that was typed', () => {
    expect(toNewConnection({ ...VALUES, integrationCode: 'ABC' }).credentials.integrationCode).toBe('ABC');
  });
});

describe('fieldErrors', () => {
  it('puts the errors of an invalid body at their inputs and joins several of one', () => {
    const errors = fieldErrors(
      problem('request.invalid', [
        { pointer: '/credentials/secret', detail: 'is missing' },
        { pointer: '/alias', detail: 'is too long' },
        { pointer: '/alias', detail: 'has a line break' },
        { pointer: '/unknown', detail: 'is not known' },
      ]),
    );
    expect(errors).toEqual({ secret: 'is missing', alias: 'is too long has a line break' });
  });

  it.each([
    ['connection.alias_taken', 'alias'],
    ['connection.duplicate', 'currency'],
    ['connection.currency_unavailable', 'currency'],
    ['connection.user_unknown', 'username'],
    ['connection.credentials_rejected', 'secret'],
    ['connection.integration_code_rejected', 'integrationCode'],
  ])('puts %s at %s', (code, field) => {
    expect(fieldErrors(problem(code))).toEqual({ [field]: 'Refused.' });
  });

  it('puts a refusal that is about no single input nowhere', () => {
    expect(fieldErrors(problem('connection.access_insufficient'))).toEqual({});
  });
});

describe('isCredentialRefusal', () => {
  it('holds for what the PSA refused to be signed in with, not for the rest', () => {
    expect(isCredentialRefusal(problem('connection.credentials_rejected'))).toBe(true);
    expect(isCredentialRefusal(problem('connection.user_unknown'))).toBe(true);
    expect(isCredentialRefusal(problem('connection.alias_taken'))).toBe(false);
    expect(isCredentialRefusal(problem('connection.access_insufficient'))).toBe(false);
  });
});
