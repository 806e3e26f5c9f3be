import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  handleWhen,
} from 'cockatiel';
import { ConnectorError } from '../../kernel/connector-error.js';
import { PsaOutcomeUnknownError, PsaUnreachableError } from '../../ports/psa/psa.errors.js';
import type { AutotaskCircuitOptions } from '../autotask-options.js';

/** Runs requests to one instance unless it has been unreachable too often in a row. */
export interface InstanceCircuit {
  /** @throws PsaUnreachableError with `context.circuit` "open" and nothing sent, else what the request raises */
  run<T>(request: () => Promise<T>): Promise<T>;
}

/** One circuit per Autotask database of this process; every session of the instance shares it. */
export class InstanceCircuits {
  readonly #options: AutotaskCircuitOptions;
  readonly #byInstance = new Map<string, InstanceCircuit>();

  constructor(options: AutotaskCircuitOptions) {
    this.#options = options;
  }

  of(instanceId: string): InstanceCircuit {
    const known = this.#byInstance.get(instanceId);
    if (known !== undefined) return known;
    const created = instanceCircuit(this.#options);
    this.#byInstance.set(instanceId, created);
    return created;
  }
}

function instanceCircuit({ failures, restMs }: AutotaskCircuitOptions): InstanceCircuit {
  const policy: CircuitBreakerPolicy = circuitBreaker(handleWhen(saysUnreachable), {
    halfOpenAfter: restMs,
    breaker: new ConsecutiveBreaker(failures),
  });
  return {
    run: async <T>(request: () => Promise<T>): Promise<T> => {
      const outcome = await policy
        .execute(() => settled(request))
        .catch((error: unknown) => {
          if (!(error instanceof BrokenCircuitError)) throw error;
          throw new PsaUnreachableError(
            `Autotask could not be reached ${failures} times in a row; it is left alone for ${restMs / 1000} seconds.`,
            { context: { circuit: 'open', isSent: false } },
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

/** A write whose gateway gave up says as much about the instance as a read's. */
function saysUnreachable(error: unknown): boolean {
  const shown = error instanceof PsaOutcomeUnknownError ? error.cause : error;
  return shown instanceof PsaUnreachableError;
}
