import { Inject, Injectable } from '@nestjs/common';
import type { Counter, Histogram } from 'prom-client';
import { METRICS, type Metrics } from '../../platform/metrics/metrics.js';
import { gaugeReadAtScrape } from '../../platform/metrics/read-at-scrape.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { SyncRun } from '../domain/sync-run.js';
import { SYNC_RUN_STORE, type SyncRunStore } from '../domain/sync-run-store.js';

const DURATION_SECONDS = [1, 5, 15, 60, 300, 900, 3600, 3 * 3600, 12 * 3600];
const LATENESS_SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600];

const ACTIVE_RUNS = {
  name: 'psa_connector_sync_active_runs',
  help: 'Sync runs of all replicas that have not ended: queued for a worker, waiting to go on later, running',
  label: 'state',
} as const;

/**
 * Metrics of the runs that started and ended in this process, and of those that have not ended anywhere. Labels are modes, states and
 * error codes, never tenants or connections: there are too many of them. Counts nothing where `prom-client` is not installed.
 */
@Injectable()
export class SyncStatistics {
  readonly #counters: RunCounters | null;

  constructor(
    @Inject(METRICS) metrics: Metrics | null,
    @Inject(SYNC_RUN_STORE) store: Pick<SyncRunStore, 'countActive'>,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.#counters = metrics === null ? null : countersIn(metrics);
    if (metrics !== null)
      gaugeReadAtScrape(metrics, ACTIVE_RUNS, async () => ({ ...(await store.countActive(clock.now())) }));
  }

  /** A run was taken by its first worker. */
  countStart({ mode, startedAt, scheduledFor, createdAt }: SyncRun): void {
    if (startedAt === null) return;
    const late = startedAt.getTime() - (scheduledFor ?? createdAt).getTime();
    this.#counters?.lateness.observe({ mode }, Math.max(0, late) / 1000);
  }

  countEnd({ mode, state, createdAt, startedAt, finishedAt, apiCalls, entities }: SyncRun): void {
    const counters = this.#counters;
    if (counters === null) return;
    counters.runs.inc({ mode, state });
    counters.requests.inc({ mode }, apiCalls);
    const begin = startedAt ?? finishedAt ?? createdAt;
    counters.seconds.observe({ mode, state }, ((finishedAt ?? begin).getTime() - begin.getTime()) / 1000);
    for (const { pages, read, created, updated, deleted } of entities) {
      counters.pages.inc({ mode }, pages);
      for (const [change, rows] of Object.entries({ read, created, updated, deleted })) {
        counters.rows.inc({ mode, change }, rows);
      }
    }
  }

  /** A run was queued to go on later. @param code of the error that made it wait */
  countWait(code: string): void {
    this.#counters?.waits.inc({ reason: code });
  }
}

interface RunCounters {
  runs: Counter<'mode' | 'state'>;
  requests: Counter<'mode'>;
  pages: Counter<'mode'>;
  rows: Counter<'mode' | 'change'>;
  seconds: Histogram<'mode' | 'state'>;
  waits: Counter<'reason'>;
  lateness: Histogram<'mode'>;
}

function countersIn({ client: { Counter, Histogram }, registry }: Metrics): RunCounters {
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name: `psa_connector_sync_${name}_total`, help, labelNames, registers });
  return {
    runs: counter('runs', 'Sync runs that ended, by mode and outcome', 'mode', 'state'),
    requests: counter('run_requests', 'Requests that ended sync runs sent to the PSA', 'mode'),
    pages: counter('run_pages', 'Pages that ended sync runs read', 'mode'),
    rows: counter('run_rows', 'Rows that ended sync runs read, and what they changed', 'mode', 'change'),
    waits: counter('run_waits', 'Times a sync run was put off, by the code of the error', 'reason'),
    seconds: new Histogram({
      name: 'psa_connector_sync_run_duration_seconds',
      help: 'From the first worker of a sync run to its end, waits included',
      labelNames: ['mode', 'state'],
      buckets: DURATION_SECONDS,
      registers,
    }),
    lateness: new Histogram({
      name: 'psa_connector_sync_start_lateness_seconds',
      help: 'From the time a sync run was due, or was asked for, to its first worker',
      labelNames: ['mode'],
      buckets: LATENESS_SECONDS,
      registers,
    }),
  };
}
