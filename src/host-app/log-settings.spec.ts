import type { LoggerService } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { giveRequestId, withQuietFramework } from './log-settings.js';

describe('request id', () => {
  it('is the caller’s own when it is well-formed', () => {
    const request = { headers: { 'x-request-id': 'order-17:retry.2_a' } };
    expect(giveRequestId(request)).toBe('order-17:retry.2_a');
  });

  it.each([undefined, '', 'two words', 'x'.repeat(65), '"}\n{"level":60'])(
    'is made anew for %j, and put on the request',
    (given) => {
      const request = { headers: given === undefined ? {} : { 'x-request-id': given } };
      const id = giveRequestId(request);
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      expect(request.headers).toEqual({ 'x-request-id': id });
    },
  );
});

it('moves what Nest says about modules and routes to level debug, and nothing else', () => {
  const lines: unknown[][] = [];
  const record =
    (level: string) =>
    (...values: unknown[]): void => {
      lines.push([level, ...values]);
    };
  const recorder: LoggerService = {
    log: record('log'),
    error: record('error'),
    warn: record('warn'),
    debug: record('debug'),
  };
  const logger = withQuietFramework(recorder);
  logger.log('dependencies initialized', 'InstanceLoader');
  logger.log('Sync run finished', { syncRunId: '1' }, 'SyncService');
  logger.error('Broken', 'InstanceLoader');
  expect(lines).toEqual([
    ['debug', 'dependencies initialized', 'InstanceLoader'],
    ['log', 'Sync run finished', { syncRunId: '1' }, 'SyncService'],
    ['error', 'Broken', 'InstanceLoader'],
  ]);
});
