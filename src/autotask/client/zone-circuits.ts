import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ExponentialBackoff,
  handleWhen,
  type IBreaker,
  noJitterGenerator,
} from 'cockatiel';
import { PsaOutcomeUnknownError, PsaUnreachableError } from '../../ports/psa/psa.errors.js';

/** Instances in a row, without an answer of any, until it is the zone that is down and not a database. */
const INSTANCES = 3;
/** The rest doubles while the zone stays away, up to this. */
const MAX_REST_MS = 60_000;

/** Runs requests of one instance unless its zone is down; what a refusal is made into counts as an answer. */
export interface ZoneCircuit {
  /** @throws PsaUnreachableError with `context.circuit` "open" and nothing sent, else what the request raises */
  run<T>(request: () => Promise<T>): Promise<T>;
}

/**
 * One circuit per zone of this process. A request to a zone that hangs holds whoever sent it until its time is over; with hundreds of
 * instances in that zone nobody would be left for those elsewhere.
 */
export class ZoneCircuits {
  readonly #restMs: number;
  readonly #byUrl = new Map<string, ReturnType<typeof zoneCircuit>>();

  /** @param restMs first rest of a zone that is down */
  constructor(restMs: number) {
    this.#restMs = restMs;
  }

  of(instanceId: string, apiUrl: string): ZoneCircuit {
    const zone = this.#byUrl.get(apiUrl) ?? zoneCircuit(new URL(apiUrl).host, this.#restMs);
    this.#byUrl.set(apiUrl, zone);
    return { run: (request) => zone(instanceId, request) };
  }
}

/** Opens when so many instances have failed since the last answer. */
class InstancesBreaker implements IBreaker {
  readonly failing = new Set<string>();
  state: unknown;

  success(): void {
    this.failing.clear();
  }

  failure(): boolean {
    return this.failing.size >= INSTANCES;
  }
}

function zoneCircuit(host: string, restMs: number) {
  const breaker = new InstancesBreaker();
  const policy = circuitBreaker(handleWhen(saysUnreachable), {
    halfOpenAfter: new ExponentialBackoff({
      initialDelay: restMs,
      maxDelay: MAX_REST_MS,
      generator: noJitterGenerator,
    }),
    breaker,
  });
  const leaveAlone = (): never => {
    throw leftAlone(`Autotask's zone ${host} does not answer; it is left alone for a while.`);
  };
  return async <T>(instanceId: string, request: () => Promise<T>): Promise<T> => {
    // One probe is enough; whoever waited for what becomes of it would be held as long.
    if (policy.state === CircuitState.HalfOpen) leaveAlone();
    const noted = async (): Promise<T> => {
      try {
        return await request();
      } catch (error) {
        if (saysUnreachable(error)) breaker.failing.add(instanceId);
        throw error;
      }
    };
    return policy
      .execute(noted)
      .catch((error: unknown) =>
        error instanceof BrokenCircuitError ? leaveAlone() : Promise.reject(error as Error),
      );
  };
}

/** What is not sent because a circuit is open. */
export function leftAlone(detail: string): PsaUnreachableError {
  return new PsaUnreachableError(detail, { context: { circuit: 'open', isSent: false } });
}

/** A write whose gateway gave up says as much about the PSA as a read's; what was not sent for a circuit says nothing. */
export function saysUnreachable(error: unknown): boolean {
  const shown = error instanceof PsaOutcomeUnknownError ? error.cause : error;
  return shown instanceof PsaUnreachableError && shown.context['circuit'] !== 'open';
}
