import { Inject, Injectable } from '@nestjs/common';
import { METRICS, type Metrics } from '../../platform/metrics/metrics.js';
import { gaugeReadAtScrape } from '../../platform/metrics/read-at-scrape.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { PUSH_FIGURES_READER, type PushFigures, type PushFiguresReader } from '../domain/push-figures.js';

const OPERATIONS = {
  name: 'psa_connector_push_operations',
  help: 'Operations of all tenants that are not over, by state: failed ones wait for a person',
  label: 'state',
} as const;

const OLDEST = {
  name: 'psa_connector_push_oldest_pending_seconds',
  help: 'Age of the oldest operation that is neither over nor failed; 0 where there is none',
};

const STOPPED = {
  name: 'psa_connector_push_stopped_connections',
  help: 'Connections whose pushes were stopped after failures, until a person resumes them',
};

/** Metrics of what is to be pushed, as the database has it: of all replicas. Shows nothing where `prom-client` is not installed. */
@Injectable()
export class PushStatistics {
  #reading: Promise<PushFigures> | null = null;

  constructor(
    @Inject(METRICS) metrics: Metrics | null,
    @Inject(PUSH_FIGURES_READER) private readonly reader: PushFiguresReader,
    @Inject(CLOCK) clock: Clock,
  ) {
    if (metrics === null) return;
    gaugeReadAtScrape(metrics, OPERATIONS, async () => (await this.figures()).operations);
    gaugeReadAtScrape(metrics, OLDEST, async () => {
      const { oldestSince } = await this.figures();
      const age = oldestSince === null ? 0 : clock.now().getTime() - oldestSince.getTime();
      return { all: Math.max(0, age) / 1000 };
    });
    gaugeReadAtScrape(metrics, STOPPED, async () => ({ all: (await this.figures()).stoppedConnections }));
  }

  /** One query for the gauges of one scrape, which are read at the same time. */
  private figures(): Promise<PushFigures> {
    this.#reading ??= this.reader.read().finally(() => (this.#reading = null));
    return this.#reading;
  }
}
