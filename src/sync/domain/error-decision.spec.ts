import { describe, expect, it } from 'vitest';
import { PsaCredentialsRejectedError, PsaUnreachableError } from '../../ports/psa/psa.errors.js';
import { decideOnError } from './error-decision.js';

describe('decideOnError', () => {
  it('asks for a person when the PSA no longer accepts the credentials', () => {
    const decision = decideOnError(new PsaCredentialsRejectedError('No.'));
    expect(decision).toEqual({ code: 'psa.credentials_rejected', detail: 'No.', needsAttention: true });
  });

  it('leaves an outage to the next run', () => {
    expect(decideOnError(new PsaUnreachableError('No answer.')).needsAttention).toBe(false);
  });

  it('shows nothing of an unknown error', () => {
    expect(decideOnError(new Error('secret=1'))).toMatchObject({
      code: 'internal.unexpected',
      needsAttention: false,
    });
    expect(decideOnError(new Error('secret=1')).detail).not.toContain('secret=1');
  });
});
