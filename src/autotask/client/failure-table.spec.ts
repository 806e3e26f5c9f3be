import { describe, expect, it } from 'vitest';
import type { ConnectorError } from '../../kernel/connector-error.js';
import {
  PsaAccessDeniedError,
  PsaCredentialsRejectedError,
  PsaHostNotAllowedError,
  PsaOutcomeUnknownError,
  PsaRateLimitedError,
  PsaRequestRejectedError,
  PsaUnexpectedAnswerError,
  PsaUnreachableError,
} from '../../ports/psa/psa.errors.js';
import { readAnswer, saysUserUnknown, unansweredWrite, type VendorAnswer } from './failure-table.js';
import { Redaction } from './redaction.js';

const NOW = new Date('2026-05-04T12:00:00.000Z');

function read(status: number, body: unknown, headers: VendorAnswer['headers'] = {}, isWrite = false) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readAnswer(
    { status, headers, body: text },
    { request: 'GET Companies/1', redaction: new Redaction(['hunter2']), now: NOW, isWrite },
  );
}

function failure(...args: Parameters<typeof read>): ConnectorError {
  try {
    read(...args);
  } catch (error) {
    return error as ConnectorError;
  }
  throw new Error('The answer was taken for a good one');
}

const HTML = '<!DOCTYPE html><html><body>IIS</body></html>';

describe('the failure table', () => {
  it.each([
    ['empty 401', 401, '', PsaCredentialsRejectedError],
    ['401 with a page', 401, HTML, PsaCredentialsRejectedError],
    [
      '500 wrong tracking identifier',
      500,
      { errors: ['IntegrationCode is invalid'] },
      PsaCredentialsRejectedError,
    ],
    [
      '200 wrong tracking identifier',
      200,
      { errors: ['IntegrationCode is invalid'] },
      PsaCredentialsRejectedError,
    ],
    ['500 locked user', 500, { errors: ['The user account has been locked.'] }, PsaCredentialsRejectedError],
    ['403', 403, { errors: ['no'] }, PsaAccessDeniedError],
    ['403 with a page', 403, HTML, PsaAccessDeniedError],
    [
      '500 inadequate permissions',
      500,
      { errors: ['The logged in Resource does not have the adequate permissions to query'] },
      PsaAccessDeniedError,
    ],
    ['429', 429, '', PsaRateLimitedError],
    [
      '500 thread limit',
      500,
      { errors: ['The API thread threshold of 3 threads has been exceeded'] },
      PsaRateLimitedError,
    ],
    ['409 thread limit by code', 409, { errors: [{ code: 'Itgenatr005' }] }, PsaRateLimitedError],
    ['503 thread limit as text', 503, 'Thread Threshold Exceeded', PsaRateLimitedError],
    ['200 thread limit as text', 200, 'Thread Threshold Exceeded', PsaRateLimitedError],
    [
      '500 over the allowance',
      500,
      { errors: ['The API request threshold of this database has been exceeded.'] },
      PsaRateLimitedError,
    ],
    ['502', 502, HTML, PsaUnreachableError],
    ['503', 503, '', PsaUnreachableError],
    ['504', 504, { errors: ['gateway'] }, PsaUnreachableError],
    ['200 HTML', 200, HTML, PsaUnexpectedAnswerError],
    ['200 empty', 200, '', PsaUnexpectedAnswerError],
    ['200 cut off', 200, '{"items":[{"id":1},{"i', PsaUnexpectedAnswerError],
    ['200 list', 200, [1, 2], PsaUnexpectedAnswerError],
    ['302', 302, '', PsaUnexpectedAnswerError],
    ['404 HTML', 404, HTML, PsaUnexpectedAnswerError],
    ['500 HTML', 500, HTML, PsaUnexpectedAnswerError],
    ['500 without a reason', 500, {}, PsaUnexpectedAnswerError],
    ['500 with errors', 500, { errors: ['Reference value is invalid'] }, PsaRequestRejectedError],
    ['500 with Errors', 500, { Errors: ['Reference value is invalid'] }, PsaRequestRejectedError],
    [
      '400 with error objects',
      400,
      { errors: [{ message: 'Bad', field: 'x', code: 1 }] },
      PsaRequestRejectedError,
    ],
    ['405 with Message', 405, { Message: "does not support http method 'GET'." }, PsaRequestRejectedError],
    ['404 without a reason', 404, {}, PsaRequestRejectedError],
    ['200 with errors', 200, { itemId: null, errors: ['Nope'] }, PsaRequestRejectedError],
  ])('reads %s', (_name, status, body, expected) => {
    expect(failure(status, body)).toBeInstanceOf(expected);
  });

  it.each([
    ['empty 401', 401, '', PsaCredentialsRejectedError],
    [
      '500 wrong tracking identifier',
      500,
      { errors: ['IntegrationCode is invalid'] },
      PsaCredentialsRejectedError,
    ],
    ['500 locked user', 500, { errors: ['The user account has been locked.'] }, PsaCredentialsRejectedError],
    ['403 with a page', 403, HTML, PsaAccessDeniedError],
    ['500 inadequate permissions', 500, { errors: ['adequate permissions'] }, PsaAccessDeniedError],
    ['429', 429, '', PsaRateLimitedError],
    ['500 thread limit', 500, { errors: ['thread threshold of 3 threads'] }, PsaRateLimitedError],
    ['503 thread limit as text', 503, 'Thread Threshold Exceeded', PsaRateLimitedError],
    ['500 with errors', 500, { errors: ['Reference value is invalid'] }, PsaRequestRejectedError],
    ['200 with errors', 200, { itemId: null, errors: ['Nope'] }, PsaRequestRejectedError],
    ['400 with errors', 400, { errors: ['Nope'] }, PsaRequestRejectedError],
    ['405 with Message', 405, { Message: "does not support http method 'PUT'." }, PsaRequestRejectedError],
    ['404 without a reason', 404, {}, PsaRequestRejectedError],
    ['404 with a page', 404, HTML, PsaUnexpectedAnswerError],
    ['502', 502, HTML, PsaOutcomeUnknownError],
    ['503', 503, '', PsaOutcomeUnknownError],
    ['504', 504, '', PsaOutcomeUnknownError],
    ['504 with errors', 504, { errors: ['gateway'] }, PsaOutcomeUnknownError],
    ['500 with Message', 500, { Message: 'An error has occurred.' }, PsaOutcomeUnknownError],
    ['500 with a page', 500, HTML, PsaOutcomeUnknownError],
    ['500 empty', 500, '', PsaOutcomeUnknownError],
    ['500 without a reason', 500, {}, PsaOutcomeUnknownError],
    ['408', 408, '', PsaOutcomeUnknownError],
    ['302', 302, '', PsaOutcomeUnknownError],
    ['200 HTML', 200, HTML, PsaOutcomeUnknownError],
    ['200 empty', 200, '', PsaOutcomeUnknownError],
    ['200 cut off', 200, '{"itemId":29', PsaOutcomeUnknownError],
  ])('reads %s of a write', (_name, status, body, expected) => {
    const error = failure(status, body, {}, true);
    expect(error).toBeInstanceOf(expected);
    const isUnknown = error instanceof PsaOutcomeUnknownError;
    expect(error.code === 'psa.outcome_unknown').toBe(isUnknown);
    expect(error.context).toMatchObject({ request: 'GET Companies/1', status });
  });

  it.each([[{ itemId: 7 }], [{ itemId: null }], [{}]])('takes %j for a write that worked', (body) => {
    expect(read(200, body, {}, true)).toEqual(body);
  });

  it.each([
    ['a refused connection', new PsaUnreachableError('x', { context: { isSent: false } })],
    ['a host that is not allowed', new PsaHostNotAllowedError('x.example')],
  ])('knows that a write was not carried out after %s', (_name, error) => {
    expect(unansweredWrite('POST Contracts', error)).toBe(error);
  });

  it.each([
    ['a reset after sending', new PsaUnreachableError('x', { context: { isSent: true } })],
    ['an answer that broke off', new PsaUnexpectedAnswerError('x', { context: { isSent: true } })],
    ['an abort while waiting for the answer', new Error('shutting down')],
  ])('does not know what became of a write after %s', (_name, error) => {
    expect(unansweredWrite('POST Contracts', error)).toMatchObject({
      code: 'psa.outcome_unknown',
      category: 'upstream_unavailable',
      context: { request: 'POST Contracts' },
      cause: error,
    });
  });

  it('gives back the object of a good answer, with exact numbers', () => {
    const body = '{"items":[{"price":386.6450,"companyName":"Thread threshold Ltd"}],"errors":[]}';
    expect(read(200, body)).toMatchObject({ items: [{ price: 386.645 }] });
  });

  it.each([
    [429, '', 'requests'],
    [429, { errors: ['The API request threshold of this database has been exceeded.'] }, 'requests'],
    [429, { errors: ['Itgenatr005: Thread Threshold Exceeded'] }, 'threads'],
    [500, { errors: ['The API thread threshold of 3 threads has been exceeded'] }, 'threads'],
  ])('says which limit a %s with %j is about', (status, body, limit) => {
    expect(failure(status, body)).toMatchObject({ context: { limit } });
  });

  it.each([
    [{}, 30, false],
    [{ 'retry-after': '7' }, 7, true],
    [{ 'retry-after': '0' }, 0, true],
    [{ 'retry-after': ['9', '10'] }, 9, true],
    [{ 'retry-after': 'Mon, 04 May 2026 12:01:30 GMT' }, 90, true],
    [{ 'retry-after': 'Mon, 04 May 2026 11:00:00 GMT' }, 0, true],
    [{ 'retry-after': 'soon' }, 30, false],
  ])('takes the wait of %j as %i seconds', (headers, seconds, isGiven) => {
    const error = failure(429, '', headers) as PsaRateLimitedError;
    expect(error.retryAfterSeconds).toBe(seconds);
    expect(error.context['retryAfterGiven']).toBe(isGiven);
  });

  it.each([
    [401, '', 'unspecified'],
    [500, { errors: ['IntegrationCode is invalid'] }, 'integration_code'],
    [401, 'The user account has been locked. Please see your Autotask Administrator.', 'user_locked'],
  ])('tells which part of the sign-in a %i names', (status, body, reason) => {
    expect(failure(status, body).context['reason']).toBe(reason);
  });

  it('does not take a locked record for a locked user', () => {
    expect(failure(500, { errors: ['The contract is locked for editing'] })).toBeInstanceOf(
      PsaRequestRejectedError,
    );
  });

  it('keeps the vendor text, on one line and without secrets', () => {
    const error = failure(500, { errors: ['First\r\nline with hunter2', `second ${'x'.repeat(300)}`] });
    expect(error.detail).toContain('First line with [secret] second xxx');
    expect(error.detail).not.toContain('hunter2');
    expect(String(error.context['vendorText'])).toHaveLength(200);
    expect(error.context).toMatchObject({ request: 'GET Companies/1', status: 500 });
  });

  it('keeps no secret of a body that is no JSON', () => {
    const error = failure(200, '<p>hunter2</p>');
    expect(`${error.detail} ${JSON.stringify(error.context)} ${String(error.cause)}`).not.toContain(
      'hunter2',
    );
  });

  it('knows an unknown user from an outage', () => {
    const body = '{"errors":["Zone information could not be determined"]}';
    expect(saysUserUnknown({ status: 500, headers: {}, body })).toBe(true);
    expect(saysUserUnknown({ status: 500, headers: {}, body: '{"errors":["Out of memory"]}' })).toBe(false);
    expect(saysUserUnknown({ status: 503, headers: {}, body: HTML })).toBe(false);
  });
});
