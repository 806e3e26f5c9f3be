import { describe, expect, it } from 'vitest';
import { isLocalDate, localDate, utcDay } from './local-date.js';

describe('local dates', () => {
  it.each([
    '2026-02-29',
    '2100-02-29',
    '2026-04-31',
    '2026-00-10',
    '2026-01-00',
    '2026-13-01',
    '2026-1-1',
    '0000-12-31',
    '2026-01-01T00:00:00Z',
    '',
    20260101,
  ])('refuses %j', (value) => {
    expect(isLocalDate(value)).toBe(false);
  });

  it('accepts a leap day', () => {
    expect(localDate('2028-02-29')).toBe('2028-02-29');
  });

  it('takes the UTC day of an instant', () => {
    expect(utcDay(new Date('2026-03-31T23:59:59.999Z'))).toBe('2026-03-31');
  });
});
