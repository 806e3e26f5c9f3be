import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RequestBudget } from '../../ports/psa/request-budget.port.js';
import type { ObservedRequest, RequestObserver } from '../../ports/psa/request-observer.port.js';
import type { Metrics } from './metrics.js';

/** Token of the `RequestMetrics`; null where `prom-client` is not installed. */
export const REQUEST_METRICS = Symbol('REQUEST_METRICS');

/** Beyond so many values of a label, further ones are counted together: a series costs memory for as long as the process lives. */
const MAX_INSTANCES = 500;
const MAX_ENTITIES = 60;
const FURTHER = 'other';

const LATENCY_SECONDS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const WAIT_SECONDS = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60];

/** Metrics of the requests to PSA instances. */
export class RequestMetrics implements RequestObserver {
  readonly #registry: Registry;
  readonly #requests: Counter<'instance' | 'entity' | 'outcome'>;
  readonly #heldBack: Counter<'instance' | 'entity' | 'reason'>;
  readonly #retries: Counter<'instance' | 'entity'>;
  readonly #latency: Histogram<'entity'>;
  readonly #wait: Histogram<'entity'>;
  readonly #limit: Gauge<'instance'>;
  readonly #used: Gauge<'instance' | 'by'>;
  readonly #left: Gauge<'instance' | 'for'>;
  readonly #instances = new BoundedNames(MAX_INSTANCES);
  readonly #entities = new BoundedNames(MAX_ENTITIES);

  constructor({ client: { Counter, Gauge, Histogram }, registry }: Metrics) {
    this.#registry = registry;
    const registers = [registry];
    const labelNames = ['instance', 'entity'] as const;
    // Not by instance: each would have two dozen series an entity, and an instance that is slow shows in what is held back and sent again.
    const histogramLabels = ['entity'] as const;
    this.#requests = new Counter({
      name: 'psa_connector_requests_total',
      help: 'Requests sent to the PSA by outcome: succeeded, or the code of the error',
      labelNames: [...labelNames, 'outcome'] as const,
      registers,
    });
    this.#heldBack = new Counter({
      name: 'psa_connector_requests_held_back_total',
      help: 'Requests not sent, by the code of the error: allowance used up, circuit open, no slots',
      labelNames: [...labelNames, 'reason'] as const,
      registers,
    });
    this.#retries = new Counter({
      name: 'psa_connector_request_retries_total',
      help: 'Requests sent again after a failure that passes; part of the requests',
      labelNames,
      registers,
    });
    this.#latency = new Histogram({
      name: 'psa_connector_request_duration_seconds',
      help: 'From sending a request to the end of its answer',
      labelNames: histogramLabels,
      buckets: LATENCY_SECONDS,
      registers,
    });
    this.#wait = new Histogram({
      name: 'psa_connector_limiter_wait_seconds',
      help: 'How long a request waited for one of the slots of its entity',
      labelNames: histogramLabels,
      buckets: WAIT_SECONDS,
      registers,
    });
    this.#limit = new Gauge({
      name: 'psa_connector_budget_limit_requests',
      help: 'Requests the PSA allows in its window, by all integrations together',
      labelNames: ['instance'] as const,
      registers,
    });
    this.#used = new Gauge({
      name: 'psa_connector_budget_used_requests',
      help: 'Requests within the window, ours (all replicas) and those of others as last sampled',
      labelNames: ['instance', 'by'] as const,
      registers,
    });
    this.#left = new Gauge({
      name: 'psa_connector_budget_left_requests',
      help: 'Requests left in the window, up to the share of pulls and up to the limit; 0 while the PSA refuses',
      labelNames: ['instance', 'for'] as const,
      registers,
    });
  }

  onRequest({ instanceId, entity, outcome, durationMs, waitMs, resends }: ObservedRequest): void {
    const labels = this.#labels(instanceId, entity);
    this.#requests.inc({ ...labels, outcome });
    if (resends > 0) this.#retries.inc(labels);
    this.#latency.observe({ entity: labels.entity }, durationMs / 1000);
    this.#wait.observe({ entity: labels.entity }, waitMs / 1000);
  }

  onHeldBack({ instanceId, entity, outcome }: Parameters<RequestObserver['onHeldBack']>[0]): void {
    this.#heldBack.inc({ ...this.#labels(instanceId, entity), reason: outcome });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything in the registry as Prometheus reads it, with the allowances as they are now, by instance. */
  text(budgets: ReadonlyMap<string, RequestBudget>): Promise<string> {
    for (const [instanceId, budget] of budgets) {
      const instance = this.#instances.nameFor(instanceId);
      if (instance === FURTHER) continue;
      const { limit, used, own, others, pullShare, closedUntil } = budget;
      const left = (ceiling: number): number =>
        closedUntil === null ? Math.max(0, Math.floor(ceiling) - used) : 0;
      this.#limit.set({ instance }, limit);
      this.#used.set({ instance, by: 'own' }, own);
      this.#used.set({ instance, by: 'others' }, others);
      this.#left.set({ instance, for: 'pull' }, left(limit * pullShare));
      this.#left.set({ instance, for: 'push' }, left(limit));
    }
    return this.#registry.metrics();
  }

  #labels(instanceId: string, entity: string): { instance: string; entity: string } {
    return { instance: this.#instances.nameFor(instanceId), entity: this.#entities.nameFor(entity) };
  }
}

/** Values of a label; those that come after the first so many share one. */
class BoundedNames {
  readonly #known = new Set<string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  nameFor(value: string): string {
    if (this.#known.has(value)) return value;
    if (this.#known.size >= this.#most) return FURTHER;
    this.#known.add(value);
    return value;
  }
}
