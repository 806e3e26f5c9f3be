import { parseArgs } from 'node:util';

/** How the simulator runs in a process of its own; every number is whole. */
export interface StandaloneOptions {
  readonly port: number;
  readonly controlPort: number;
  readonly companies: number;
  /** With a number, a large world of that many contract services instead of the sandbox's. */
  readonly contractServices: number | null;
  readonly unitsPerService: number;
  readonly latencyMs: number;
  readonly slotReleaseDelayMs: number;
  readonly maxThreads: number;
  readonly threadLimitStatus: 500 | 429;
  /** Requests per hour of each database. */
  readonly requestThreshold: number;
  readonly thresholdLatency: boolean;
}

interface NumberOption {
  readonly minimum: number;
  readonly maximum: number;
  readonly fallback: number | null;
}

const PORT = { minimum: 0, maximum: 65_535, fallback: 0 } as const satisfies NumberOption;
const HOUR_MS = 3_600_000;

const NUMBERS = {
  port: PORT,
  'control-port': PORT,
  companies: { minimum: 3, maximum: 1_000_000, fallback: 60 },
  'contract-services': { minimum: 0, maximum: 10_000_000, fallback: null },
  'units-per-service': { minimum: 0, maximum: 60, fallback: 1 },
  latency: { minimum: 0, maximum: HOUR_MS, fallback: 0 },
  'slot-release-delay': { minimum: 0, maximum: HOUR_MS, fallback: 0 },
  'max-threads': { minimum: 1, maximum: 1000, fallback: 3 },
  'thread-limit-status': { minimum: 429, maximum: 500, fallback: 500 },
  threshold: { minimum: 1, maximum: 100_000_000, fallback: 10_000 },
} as const satisfies Record<string, NumberOption>;

type NumberName = keyof typeof NUMBERS;

const NAMES = Object.keys(NUMBERS) as NumberName[];

/**
 * Reads `--name value` arguments, or `AUTOTASK_SIMULATOR_NAME` from the environment where an argument is absent.
 *
 * @throws RangeError naming the option that is unknown or out of range.
 */
export function readStandaloneOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): StandaloneOptions {
  const given = parse(args);
  const number = <T extends NumberName>(name: T): number | (typeof NUMBERS)[T]['fallback'] =>
    readNumber(name, given.get(name) ?? environment[environmentName(name)]);
  const threadLimitStatus = number('thread-limit-status');
  if (threadLimitStatus !== 429 && threadLimitStatus !== 500) {
    throw new RangeError('--thread-limit-status must be 429 or 500');
  }
  return {
    port: number('port'),
    controlPort: number('control-port'),
    companies: number('companies'),
    contractServices: number('contract-services'),
    unitsPerService: number('units-per-service'),
    latencyMs: number('latency'),
    slotReleaseDelayMs: number('slot-release-delay'),
    maxThreads: number('max-threads'),
    threadLimitStatus,
    requestThreshold: number('threshold'),
    thresholdLatency: given.has(LATENCY_FLAG) || environment[environmentName(LATENCY_FLAG)] === 'true',
  };
}

const LATENCY_FLAG = 'threshold-latency';

function parse(args: readonly string[]): Map<string, string> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...Object.fromEntries(NAMES.map((name) => [name, { type: 'string' as const }])),
        [LATENCY_FLAG]: { type: 'boolean' as const },
      },
    });
    return new Map(Object.entries(values).map(([name, value]) => [name, String(value)]));
  } catch (error) {
    const known = [...NAMES, LATENCY_FLAG].map((name) => `--${name}`).join(' ');
    throw new RangeError(`${error instanceof Error ? error.message : String(error)}\nKnown are: ${known}`, {
      cause: error,
    });
  }
}

function environmentName(name: string): string {
  return `AUTOTASK_SIMULATOR_${name.toUpperCase().replaceAll('-', '_')}`;
}

function readNumber<T extends NumberName>(
  name: T,
  text: string | undefined,
): number | (typeof NUMBERS)[T]['fallback'] {
  const { minimum, maximum, fallback } = NUMBERS[name];
  if (text === undefined || text === '') return fallback;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new RangeError(`--${name} must be a whole number from ${minimum} to ${maximum}, not '${text}'`);
}
