import { Injectable } from '@nestjs/common';
import { VerificationBusyError } from '../domain/audit.errors.js';
import { AuditVerification, type ChainReport } from './audit-verification.service.js';

/** Of this process: each takes two connections and two threads for as long as the log is. */
const AT_ONCE = 2;

interface RunningVerification {
  report: Promise<ChainReport>;
  waiting: number;
  stop: AbortController;
}

/**
 * Verifying for whoever asks over HTTP: of one tenant once at a time, however many ask; of few tenants at once; and no longer than
 * somebody waits for it.
 */
@Injectable()
export class SharedVerifications {
  readonly #running = new Map<string, RunningVerification>();
  /** Those that nobody waits for any more are in it until they have ended. */
  #active = 0;

  constructor(private readonly verification: AuditVerification) {}

  /**
   * @param signal of who asks, for when the answer is of no use any more
   * @throws VerificationBusyError, or the signal's reason
   */
  async verify(tenantId: string, signal: AbortSignal): Promise<ChainReport> {
    signal.throwIfAborted();
    const running = this.#running.get(tenantId) ?? this.start(tenantId);
    running.waiting += 1;
    const leave = () => {
      running.waiting -= 1;
      if (running.waiting > 0) return;
      // Whoever asks from now on begins anew.
      if (this.#running.get(tenantId) === running) this.#running.delete(tenantId);
      running.stop.abort(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      const report = await running.report;
      signal.throwIfAborted();
      return report;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  private start(tenantId: string): RunningVerification {
    if (this.#active >= AT_ONCE) throw new VerificationBusyError();
    const stop = new AbortController();
    this.#active += 1;
    const report = this.verification.verify(tenantId, stop.signal).finally(() => {
      this.#active -= 1;
      if (this.#running.get(tenantId) === running) this.#running.delete(tenantId);
    });
    const running: RunningVerification = { report, waiting: 0, stop };
    this.#running.set(tenantId, running);
    return running;
  }
}
