import type { Gauge } from 'prom-client';
import type { Metrics } from './metrics.js';

interface GaugeDefinition {
  name: string;
  help: string;
  /** Absent: one series without a label. */
  label?: string;
}

/**
 * A gauge of what the database holds, looked up when somebody reads the metrics; its series are left out while the database is away.
 * @param read values by label; with no label, by any one name
 */
export function gaugeReadAtScrape(
  { client, registry }: Metrics,
  { name, help, label }: GaugeDefinition,
  read: () => Promise<Readonly<Record<string, number>>>,
): Gauge {
  return new client.Gauge<string>({
    name,
    help,
    labelNames: label === undefined ? [] : [label],
    registers: [registry],
    async collect() {
      // A gauge without labels would be told as 0 by `reset`.
      if (label === undefined) this.remove({});
      else this.reset();
      try {
        for (const [value, count] of Object.entries(await read())) {
          const labels: Record<string, string> = label === undefined ? {} : { [label]: value };
          this.set(labels, count);
        }
      } catch {
        // The other metrics are wanted all the more then.
      }
    },
  });
}
