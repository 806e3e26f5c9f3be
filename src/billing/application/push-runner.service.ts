import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import { ConnectionSessions } from '../../connections/application/connection-sessions.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import { newId } from '../../kernel/ids.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { PsaSession } from '../../ports/psa/psa-session.port.js';
import { PushLeaseLostError } from '../domain/billing.errors.js';
import { PUSH_STORE, type PushLease, type PushStore } from '../domain/operation-store.js';
import { AutomaticCharges } from './automatic-charges.service.js';
import { AutomaticPlanning } from './automatic-planning.service.js';
import { PushPass } from './push-pass.service.js';

/** A worker that is killed leaves its connection alone for this long. */
const LEASE_MS = 6_000;
const RENEW_MS = 2_000;
/** How long a job waits for the worker before it, which may have looked for work just before this job's came. */
const TAKE_OVER_MS = 2_000;
const TAKE_OVER_STEP_MS = 100;

/** Works on one connection until nothing is due: plans what was recorded, then sends what was decided. */
@Injectable()
export class PushRunner {
  readonly #logger = new Logger(PushRunner.name);

  constructor(
    private readonly connections: ConnectionDirectory,
    private readonly sessions: ConnectionSessions,
    @Inject(PUSH_STORE) private readonly pushes: PushStore,
    private readonly automatic: AutomaticPlanning,
    private readonly charges: AutomaticCharges,
    private readonly pass: PushPass,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(connectionId: string, signal: AbortSignal): Promise<void> {
    const lease = { connectionId, token: newId() };
    if (!(await this.take(lease, signal))) return;
    const lost = new AbortController();
    const either = AbortSignal.any([signal, lost.signal]);
    const renewing = setInterval(() => void this.renew(lease, lost), RENEW_MS);
    try {
      await this.work(lease, either);
    } catch (error) {
      if (!either.aborted && !(error instanceof PushLeaseLostError)) throw error;
    } finally {
      clearInterval(renewing);
      await this.pushes.release(lease);
    }
  }

  private async take(lease: PushLease, signal: AbortSignal): Promise<boolean> {
    for (let waited = 0; waited <= TAKE_OVER_MS && !signal.aborted; waited += TAKE_OVER_STEP_MS) {
      const now = this.clock.now();
      if (await this.pushes.take(lease, now, new Date(now.getTime() + LEASE_MS))) return true;
      await delay(TAKE_OVER_STEP_MS);
    }
    return false;
  }

  private async renew(lease: PushLease, lost: AbortController): Promise<void> {
    try {
      await this.pushes.renew(lease, new Date(this.clock.now().getTime() + LEASE_MS));
    } catch (error) {
      // Without a database nothing can be recorded either: better to stop before the next write.
      lost.abort(error);
    }
  }

  private async work(lease: PushLease, signal: AbortSignal): Promise<void> {
    let session: PsaSession | null = null;
    try {
      while (await this.pushes.isDue(lease.connectionId, this.clock.now())) {
        const connection = await this.open(lease.connectionId);
        if (connection === null || signal.aborted) return;
        session ??= await this.sessions.open(connection, 'push');
        const isBusy = await this.workOnce(connection, session, lease, signal);
        if (!isBusy) return;
      }
    } finally {
      await session?.close();
    }
  }

  /** Null while nothing may be sent for the connection. */
  private async open(connectionId: string): Promise<Connection | null> {
    const connection = await this.connections.findForWork(connectionId);
    if (connection?.state !== 'active') return null;
    return (await this.pushes.read(connectionId)).stoppedAt === null ? connection : null;
  }

  private async workOnce(
    connection: Connection,
    session: PsaSession,
    lease: PushLease,
    signal: AbortSignal,
  ): Promise<boolean> {
    const planned = await this.automatic.plan(connection, session, lease, signal);
    let now: Connection | null = connection;
    if (planned.leaving.length > 0) {
      // First of all: it is marked as being sent, and looking at charges asks the PSA and the host, who may take long.
      const mayGoOn = await this.pass.leave(connection, session, lease, planned.leaving, signal);
      now = mayGoOn ? await this.open(connection.id) : null;
      // Whether anything more may be done is asked anew.
      if (now === null) return true;
    }
    const charges = await this.charges.decideDueSafely(now, session);
    const pushed = planned.leaving.length + (await this.pass.push(now, session, lease, planned, signal));
    const isBusy = planned.count > 0 || charges > 0 || pushed > 0;
    if (isBusy) {
      this.#logger.debug('Pushed', { connectionId: connection.id, planned: planned.count, charges, pushed });
    }
    return isBusy;
  }
}
