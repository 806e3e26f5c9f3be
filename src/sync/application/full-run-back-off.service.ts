import { Inject, Injectable } from '@nestjs/common';
import { PSA_CONNECTOR_SETTINGS, type PsaConnectorSettings } from '../../core/psa-connector.options.js';
import type { Transaction } from '../../kernel/transaction.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { restAfterFullFailures } from '../domain/full-run-rest.js';
import { SCHEDULE_STORE, type ScheduleStore } from '../domain/schedule-store.js';
import { ScheduleTimes } from './schedule-times.js';

/** Lets connections rest whose full runs fail, ever longer, until one succeeds or somebody changes the schedule. */
@Injectable()
export class FullRunBackOff {
  readonly #times: ScheduleTimes;

  constructor(
    @Inject(PSA_CONNECTOR_SETTINGS) settings: Pick<PsaConnectorSettings, 'schedules' | 'sync'>,
    @Inject(SCHEDULE_STORE) private readonly schedules: ScheduleStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.#times = new ScheduleTimes(settings);
  }

  /** Counts a full run that failed, and puts off what the schedule would start before the rest is over. */
  async afterFailure(tx: Transaction, connectionId: string): Promise<void> {
    const schedule = await this.schedules.lock(tx, connectionId);
    if (schedule === null) return;
    const { syncCron, nextRunAt, nextSweepAt } = schedule;
    const fullFailures = schedule.fullFailures + 1;
    const until = new Date(this.clock.now().getTime() + restAfterFullFailures(fullFailures));
    await this.schedules.saveRest(tx, {
      connectionId,
      fullFailures,
      nextRunAt: isBefore(nextRunAt, until) ? this.#times.nextRun(connectionId, syncCron, until) : nextRunAt,
      nextSweepAt: isBefore(nextSweepAt, until) ? this.#times.nextSweep(connectionId, until) : nextSweepAt,
    });
  }
}

/** Paused schedules have no next time, and keep none. */
function isBefore(at: Date | null, until: Date): boolean {
  return at !== null && at < until;
}
