import { Logger } from '@nestjs/common';
import { afterEach, expect, it, vi } from 'vitest';
import { RefusedBearers } from './refused-bearers.js';

afterEach(() => {
  vi.restoreAllMocks();
});

it('tells of refused tokens at once, then of all that came within a minute together', () => {
  const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const bearers = new RefusedBearers();
  const start = Date.parse('2026-01-01T00:00:00Z');
  for (const second of [0, 1, 30, 59]) bearers.note('203.0.113.7', new Date(start + second * 1000));
  expect(warn.mock.calls).toEqual([['Bearer tokens were refused', { count: 1, lastFrom: '203.0.113.7' }]]);
  bearers.note('2001:db8::1', new Date(start + 60_000));
  bearers.note(undefined, new Date(start + 120_000));
  expect(warn.mock.calls.slice(1)).toEqual([
    ['Bearer tokens were refused', { count: 4, lastFrom: '2001:db8:0:0::/64' }],
    ['Bearer tokens were refused', { count: 1, lastFrom: null }],
  ]);
});
