import { BadRequestException, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { ConnectorError, type ErrorCategory } from '../../kernel/connector-error.js';
import { describeProblem, HTTP_BY_CATEGORY } from './problem-details.js';

describe('describeProblem', () => {
  it.each(Object.entries(HTTP_BY_CATEGORY))('answers %s with its status', (category, row) => {
    const error = new ConnectorError({
      code: 'a.b',
      category: category as ErrorCategory,
      detail: 'What to do.',
    });
    expect(describeProblem(error, 'r-1').problem).toEqual({
      type: 'urn:psa-connector:problem:a.b',
      title: row.title,
      status: row.status,
      detail: 'What to do.',
      instance: 'r-1',
      code: 'a.b',
    });
  });

  it('shows nothing of an unknown error', () => {
    const { problem, level } = describeProblem(new Error('password=hunter2'), 'r-1');
    expect(problem).toMatchObject({ status: 500, code: 'internal.unexpected' });
    expect(JSON.stringify(problem)).not.toContain('hunter2');
    expect(level).toBe('error');
  });

  it('names transport errors of either HTTP adapter', () => {
    expect(describeProblem(new NotFoundException(), 'r').problem.code).toBe('request.not_found');
    expect(describeProblem(new BadRequestException('Unexpected token s in JSON'), 'r').problem).toMatchObject(
      {
        status: 400,
        code: 'request.malformed',
      },
    );
    expect(describeProblem(Object.assign(new Error('x'), { statusCode: 413 }), 'r').problem.code).toBe(
      'request.too_large',
    );
  });

  it('passes on how long to wait', () => {
    const error = new ConnectorError({
      code: 'psa.rate_limited',
      category: 'rate_limited',
      detail: 'Wait.',
      extensions: { retryAfterSeconds: 17 },
    });
    expect(describeProblem(error, 'r').retryAfterSeconds).toBe(17);
  });
});
