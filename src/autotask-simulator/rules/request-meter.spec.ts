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
  it('counts the requests in flight of each key until they leave', () => {
    const gate = new ThreadGate();
    expect(['a', 'a', 'b', 'a'].map((key) => gate.enter(key))).toEqual([1, 2, 1, 3]);
    gate.leave('a');
    gate.leave('a');
    expect([gate.enter('a'), gate.enter('b')]).toEqual([2, 2]);
  });
});
