import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  handleWhen,
} from 'cockatiel';
import { ConnectorError } from '../../kernel/connector-error.js';
import type { AutotaskCircuitOptions } from '../autotask-options.js';
import { leftAlone, saysUnreachable, type ZoneCircuit, ZoneCircuits } from './zone-circuits.js';

/** Runs requests to one instance unless it, or its zone, has been unreachable too often in a row. */
export interface InstanceCircuit {
  /** @throws PsaUnreachableError with `context.circuit` "open" and nothing sent, else what the request raises */
  run<T>(request: () => Promise<T>): Promise<T>;
}

/** One circuit per Autotask database of this process, which every session of the instance shares, behind it that of the zone. */
export class InstanceCircuits {
  readonly #options: AutotaskCircuitOptions;
  readonly #zones: ZoneCircuits;
  readonly #byInstance = new Map<string, CircuitBreakerPolicy>();

  constructor(options: AutotaskCircuitOptions) {
    this.#options = options;
    this.#zones = new ZoneCircuits(options.restMs);
  }

  of(instanceId: string, apiUrl: string): InstanceCircuit {
    const policy = this.#byInstance.get(instanceId) ?? this.#newPolicy();
    this.#byInstance.set(instanceId, policy);
    return instanceCircuit(policy, this.#zones.of(instanceId, apiUrl), this.#options);
  }

  #newPolicy(): CircuitBreakerPolicy {
    const { failures, restMs } = this.#options;
    return circuitBreaker(handleWhen(saysUnreachable), {
      halfOpenAfter: restMs,
      breaker: new ConsecutiveBreaker(failures),
    });
  }
}

function instanceCircuit(
  policy: CircuitBreakerPolicy,
  zone: ZoneCircuit,
  { failures, restMs }: AutotaskCircuitOptions,
): InstanceCircuit {
  return {
    run: async <T>(request: () => Promise<T>): Promise<T> => {
      const outcome = await policy
        .execute(() => zone.run(() => settled(request)))
        .catch((error: unknown) => {
          if (!(error instanceof BrokenCircuitError)) throw error;
          throw leftAlone(
            `Autotask could not be reached ${failures} times in a row; it is left alone for ${restMs / 1000} seconds.`,
          );
        });
      if ('refusal' in outcome) throw outcome.refusal;
      return outcome.answer;
    },
  };
}

/** An answer that refuses is an answer: it ends a row of failures, which a raised error would not. */
async function settled<T>(request: () => Promise<T>): Promise<{ answer: T } | { refusal: ConnectorError }> {
  try {
    return { answer: await request() };
  } catch (error) {
    if (error instanceof ConnectorError && !saysUnreachable(error) && !isOurs(error))
      return { refusal: error };
    throw error;
  }
}

/** Raised without asking the instance (its budget, our slots): says nothing about it. */
function isOurs(error: ConnectorError): boolean {
  return error.category === 'rate_limited' && error.context['status'] === undefined;
}
