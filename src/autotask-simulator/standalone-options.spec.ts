import { describe, expect, it } from 'vitest';
import { readStandaloneOptions } from './standalone-options.js';

describe('readStandaloneOptions', () => {
  it('has defaults like the vendor’s, and any free ports', () => {
    expect(readStandaloneOptions([], {})).toEqual({
      port: 0,
      controlPort: 0,
      companies: 60,
      contractServices: null,
      unitsPerService: 1,
      latencyMs: 0,
      slotReleaseDelayMs: 0,
      maxThreads: 3,
      threadLimitStatus: 500,
      requestThreshold: 10_000,
      thresholdLatency: false,
    });
  });

  it('takes an argument before the environment', () => {
    const args = ['--latency', '50', '--contract-services=1000000', '--threshold-latency'];
    const environment = { AUTOTASK_SIMULATOR_LATENCY: '7', AUTOTASK_SIMULATOR_SLOT_RELEASE_DELAY: '100' };
    expect(readStandaloneOptions(args, environment)).toMatchObject({
      latencyMs: 50,
      slotReleaseDelayMs: 100,
      contractServices: 1_000_000,
      thresholdLatency: true,
    });
  });

  it.each([
    [['--port', '70000'], '--port must be a whole number from 0 to 65535'],
    [['--latency=-1'], '--latency'],
    [['--companies', '1e3'], '--companies'],
    [['--thread-limit-status', '450'], '--thread-limit-status must be 429 or 500'],
    [['--speed', '9'], '--speed'],
    [['extra'], 'Known are: --port'],
  ])('refuses %j', (args, text) => {
    expect(() => readStandaloneOptions(args, {})).toThrow(text);
  });
});
