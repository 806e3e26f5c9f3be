import { describe, expect, it } from 'vitest';
import { fromAutotaskPeriodType } from './period-type.js';

describe('period types', () => {
  it.each([
    ['1', 'one_time'],
    ['2', 'monthly'],
    ['3', 'quarterly'],
    ['4', 'semi_annual'],
    ['5', 'yearly'],
    ['m', 'monthly'],
    ['Q', 'quarterly'],
    ['s', 'semi_annual'],
    ['y', 'yearly'],
    ['Monthly', 'monthly'],
    ['Semi-Annual', 'semi_annual'],
    ['9', 'unknown'],
    ['', 'unknown'],
    [null, 'unknown'],
  ])('reads %j without labels as %s', (value, expected) => {
    expect(fromAutotaskPeriodType(value, {})).toBe(expected);
  });

  it.each([
    ['7', 'One-Time', 'one_time'],
    ['12', 'semi annual', 'semi_annual'],
    ['12', 'Annually', 'yearly'],
    ['2', 'Monatlich', 'monthly'],
    ['12', 'Monatlich', 'unknown'],
  ])('reads %j with the label %j as %s', (value, label, expected) => {
    expect(fromAutotaskPeriodType(value, { [value]: label })).toBe(expected);
  });
});
