import type { Clock } from '../../ports/host/clock.port.js';
import type { RequestBudget } from '../../ports/psa/request-budget.port.js';
import type { RequestLedger } from '../../ports/psa/request-ledger.port.js';
import type { AutotaskLimitOptions } from '../autotask-options.js';
import { InstanceBudget } from './instance-budget.js';

/** One budget per Autotask database; every session and access check of the instance shares it. */
export class InstanceBudgets {
  readonly #ledger: RequestLedger;
  readonly #clock: Clock;
  readonly #options: AutotaskLimitOptions;
  readonly #byInstance = new Map<string, InstanceBudget>();

  constructor(ledger: RequestLedger, clock: Clock, options: AutotaskLimitOptions) {
    this.#ledger = ledger;
    this.#clock = clock;
    this.#options = options;
  }

  of(instanceId: string): InstanceBudget {
    const known = this.#byInstance.get(instanceId);
    if (known !== undefined) return known;
    const created = new InstanceBudget(`autotask/${instanceId}`, this.#ledger, this.#clock, this.#options);
    this.#byInstance.set(instanceId, created);
    return created;
  }

  known(): ReadonlyMap<string, RequestBudget> {
    return new Map([...this.#byInstance].map(([id, budget]) => [id, budget.view()]));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byInstance.values()].map((budget) => budget.close()));
  }
}
