import { createHash } from 'node:crypto';
import { CronTime } from 'cron';
import { cronProblem } from '../../core/cron-expression.js';
import type { PsaConnectorSettings } from '../../core/psa-connector.options.js';
import type { PlannedTimes } from '../domain/schedule-store.js';

/** Ticks of an expression are measured from here, so that every replica finds the same distance between them. */
const REFERENCE = new Date('2024-01-01T00:00:00Z');

const HOUR_MS = 3_600_000;
const YEAR_MS = 366 * 24 * HOUR_MS;

interface Expression {
  time: CronTime;
  /** Shortest of the first distances between ticks. */
  gapMs: number;
}

/**
 * When connections are pulled. Each has a place of its own, always the same, within the spread that follows a tick, so that many
 * connections with one expression do not start in the same second. Sweeps, which read everything, have a wider one.
 */
export class ScheduleTimes {
  /** Names the settings that times were planned with. */
  readonly plannedWith: string;
  readonly #settings: Pick<PsaConnectorSettings, 'schedules' | 'sync'>;
  /** Null: never comes. */
  readonly #expressions = new Map<string, Expression | null>();

  constructor(settings: Pick<PsaConnectorSettings, 'schedules' | 'sync'>) {
    this.#settings = settings;
    const { syncCron, sweepCron } = settings.schedules;
    const { spreadSeconds, sweepSpreadSeconds } = settings.sync;
    this.plannedWith = [syncCron, sweepCron, spreadSeconds, sweepSpreadSeconds].join('|');
  }

  /** The expression a connection is pulled by: that of the installation, also where its own one never comes. */
  effectiveCron(ownCron: string | null): string {
    const isUsable = ownCron !== null && this.expression(ownCron) !== null;
    return isUsable ? ownCron : this.#settings.schedules.syncCron;
  }

  plan(connectionId: string, ownCron: string | null, after: Date): PlannedTimes {
    return {
      connectionId,
      nextRunAt: this.nextRun(connectionId, ownCron, after),
      nextSweepAt: this.nextSweep(connectionId, after),
    };
  }

  nextRun(connectionId: string, ownCron: string | null, after: Date): Date {
    const cron = this.effectiveCron(ownCron);
    return this.next(cron, this.#settings.sync.spreadSeconds, connectionId, after);
  }

  nextSweep(connectionId: string, after: Date): Date {
    const { schedules, sync } = this.#settings;
    return this.next(schedules.sweepCron, sync.sweepSpreadSeconds, connectionId, after);
  }

  private next(cron: string, spreadSeconds: number, connectionId: string, after: Date): Date {
    const expression = this.expression(cron);
    if (expression === null) throw new RangeError(`The schedule '${cron}' never comes`);
    const { time, gapMs } = expression;
    const spreadMs = Math.min(spreadSeconds * 1000, gapMs);
    // Whole seconds; the last second before the next tick stays free.
    const offsetMs = Math.floor((placeOf(connectionId) * spreadMs) / 1000) * 1000;
    const tick = time.getNextDateFrom(new Date(after.getTime() - offsetMs), 'UTC');
    return new Date(tick.toMillis() + offsetMs);
  }

  private expression(cron: string): Expression | null {
    const known = this.#expressions.get(cron);
    if (known !== undefined) return known;
    const expression = cronProblem(cron) === null ? expressionOf(cron) : null;
    this.#expressions.set(cron, expression);
    return expression;
  }
}

function expressionOf(cron: string): Expression {
  const time = new CronTime(cron, 'UTC');
  return { time, gapMs: shortestGapMs(time) };
}

function shortestGapMs(time: CronTime): number {
  let last = time.getNextDateFrom(REFERENCE, 'UTC');
  let shortest = Infinity;
  for (let index = 0; index < 3 && shortest > HOUR_MS; index += 1) {
    const next = time.getNextDateFrom(last, 'UTC');
    shortest = Math.min(shortest, next.toMillis() - last.toMillis());
    // Years between ticks: the library gives up on those far ahead.
    if (shortest > YEAR_MS) break;
    last = next;
  }
  return shortest;
}

/** From 0 to 1, evenly spread over connections. */
function placeOf(connectionId: string): number {
  return createHash('sha256').update(connectionId).digest().readUInt32BE(0) / 2 ** 32;
}
