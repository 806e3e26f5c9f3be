import { describe, expect, it } from 'vitest';
import { addedLatencyMs, RequestMeter, ThreadGate } from './request-meter.js';

describe('RequestMeter', () => {
  it('counts the last sixty minutes and forgets what is older', () => {
    const meter = new RequestMeter();
    meter.record(0);
    meter.record(1_000);
    expect(meter.countAt(3_599_999)).toBe(2);
    expect(meter.countAt(3_600_000)).toBe(1);
    expect(meter.countAt(3_601_000)).toBe(0);
  });
});

describe('addedLatencyMs', () => {
  it.each([
    [4_999, 0],
    [5_000, 500],
    [7_499, 500],
    [7_500, 1000],
  ])('adds for %i of 10,000 requests %i ms', (count, expected) => {
    expect(addedLatencyMs(count, 10_000)).toBe(expected);
  });
});

describe('ThreadGate', () => {
  it('lets three requests of one key in and takes a place back when one leaves', () => {
    const gate = new ThreadGate();
    const counts = [1, 2, 3, 4].map(() => gate.enter('a'));
    expect(counts.map((count) => gate.isOverLimit(count))).toEqual([false, false, false, true]);
    expect(gate.isOverLimit(gate.enter('b'))).toBe(false);
    gate.leave('a');
    gate.leave('a');
    expect(gate.isOverLimit(gate.enter('a'))).toBe(false);
  });
});
