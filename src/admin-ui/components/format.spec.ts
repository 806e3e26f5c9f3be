import { describe, expect, it } from 'vitest';
import { formatAmount, formatDate, formatInstant, secondsBetween } from './format.js';

/** What is asked about is the digits, whatever the locale of the machine puts around them. */
function digits(text: string): string {
  return text.replaceAll(/\D/g, '');
}

describe('formatAmount', () => {
  it('keeps digits that a float would lose', () => {
    const text = formatAmount({ amount: '9007199254740993.25', currency: 'EUR' });
    expect(digits(text)).toBe('900719925474099325');
  });

  it('shows all given decimals of a unit price, and at least the usual ones', () => {
    expect(digits(formatAmount({ amount: '17.1234', currency: 'EUR' }))).toBe('171234');
    expect(digits(formatAmount({ amount: '20.6000', currency: 'EUR' }))).toBe('2060');
    expect(digits(formatAmount({ amount: '500.00', currency: 'JPY' }))).toBe('500');
  });

  it('shows an unknown currency as it is', () => {
    expect(formatAmount({ amount: '1.50', currency: 'nonsense' })).toBe('1.50 nonsense');
  });
});

describe('dates and instants', () => {
  it('does not move a date by the zone of the reader', () => {
    expect(formatDate('2026-01-01')).toContain('2026');
    expect(formatDate('2026-01-01')).toContain('1');
    expect(formatDate('no date')).toBe('no date');
  });

  it('shows an instant with its zone, and what is no instant as it is', () => {
    expect(formatInstant('2026-06-30T12:00:00Z')).toMatch(/2026.*(UTC|GMT|[A-Z]{2,5}|[+-]\d)/);
    expect(formatInstant('never')).toBe('never');
  });

  it('measures seconds between two instants once both are known', () => {
    expect(secondsBetween('2026-01-01T00:00:00Z', '2026-01-01T00:01:20.500Z')).toBe(80.5);
    expect(secondsBetween('2026-01-01T00:00:00Z', null)).toBeNull();
  });
});
