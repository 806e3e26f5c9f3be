import { Inject, Injectable } from '@nestjs/common';
import { ConnectionCheck } from '../../connections/application/connection-check.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import { systemContext } from '../../core/use-case-context.js';
import { newId } from '../../kernel/ids.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { PsaSession } from '../../ports/psa/psa-session.port.js';
import { MOST_AT_ONCE } from '../domain/leaving-at-once.js';
import { isToCome } from '../domain/line-identity.js';
import type { Operation } from '../domain/operation.js';
import {
  OPERATION_STORE,
  type OperationOutcome,
  type OperationStore,
  type PushLease,
} from '../domain/operation-store.js';
import { STOP_AFTER_FAILURES } from '../domain/push-circuit.js';
import { decideOnFailure, toOperationError } from '../domain/send-failure.js';
import { isToldByUnits } from '../domain/write-outcome.js';
import {
  afterReading,
  afterSending,
  mayRepeatFrom,
  resting,
  SENDING_WINDOW_MS,
  unchanged,
  unclear,
  unread,
} from '../domain/operation-progress.js';
import type { Planned } from './automatic-planning.service.js';
import { OperationSender, type SendResult } from './operation-sender.service.js';
import { OutcomeRecorder } from './outcome-recorder.service.js';
import { OperationReadBack, type ReadBack } from './read-back.service.js';

/** One pass over what is due: look, mark, send, look again, record. */
@Injectable()
export class PushPass {
  constructor(
    @Inject(OPERATION_STORE) private readonly operations: OperationStore,
    private readonly outcomes: OutcomeRecorder,
    private readonly readBack: OperationReadBack,
    private readonly sender: OperationSender,
    private readonly checks: ConnectionCheck,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Sends what is marked as being sent since it was decided a moment ago.
   * @returns false where nothing more may be sent for now
   */
  leave(
    connection: Connection,
    session: PsaSession,
    lease: PushLease,
    leaving: readonly Operation[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const reckonedFrom = new Map(leaving.map((operation) => [operation.id, absent(operation)]));
    return this.sendMarked(connection, session, lease, leaving, reckonedFrom, signal);
  }

  /** @param planned what was decided a moment ago @returns how many were dealt with */
  async push(
    connection: Connection,
    session: PsaSession,
    lease: PushLease,
    planned: Pick<Planned, 'fresh' | 'decidedAt'>,
    signal: AbortSignal,
  ): Promise<number> {
    const due = await this.operations.due(connection.id, this.clock.now(), MOST_AT_ONCE);
    if (due.length === 0) return 0;
    // Nothing is sent on a guess: what was not read just now, or may have been sent before, is read first.
    const fresh = this.isInTime(planned.decidedAt) ? planned.fresh : new Set<string>();
    const known = due.filter((operation) => isReckonedFrom(operation, fresh));
    const isKnown = new Set(known.map(({ id }) => id));
    const found = await this.look(
      connection,
      session,
      lease,
      due.filter(({ id }) => !isKnown.has(id)),
      signal,
    );
    if (found === null) return 0;
    for (const operation of known) found.set(operation.id, absent(operation));
    const settled: OperationOutcome[] = [];
    const unsent: Operation[] = [];
    for (const operation of await this.rebaseWanted(due, found)) {
      const outcome = afterReading(operation, found.get(operation.id), this.clock.now());
      if (outcome === 'send') unsent.push(operation);
      else settled.push(outcome);
    }
    await this.outcomes.record(connection, lease, due, settled);
    const marked = await this.mark(lease, unsent, found, this.clock.now());
    await this.sendMarked(connection, session, lease, marked, found, signal);
    return due.length;
  }

  /** A person took these up again, so they go on from what is there; that is saved first, to be compared with later. */
  private async rebaseWanted(
    due: readonly Operation[],
    found: Map<string, ReadBack>,
  ): Promise<readonly Operation[]> {
    const wanted = due.filter(
      ({ id, isRebased, attempts }) => isRebased && attempts === 0 && found.get(id)?.outcome === 'foreign',
    );
    if (wanted.length === 0) return due;
    const rebased = new Map(
      wanted.map((operation) => [operation.id, rebase(operation, found.get(operation.id))]),
    );
    await this.transactions.run(async (tx) => {
      for (const [id, operation] of rebased) {
        const version = await this.operations.rewrite(tx, operation, operation.step, this.clock.now());
        if (version === null) rebased.delete(id);
        else rebased.set(id, { ...operation, version });
      }
    });
    for (const id of rebased.keys()) {
      const known = found.get(id);
      if (known !== undefined) found.set(id, { ...known, outcome: 'absent' });
    }
    // What was decided about anew meanwhile is looked at by the next pass.
    const isLost = (id: string) => wanted.some((operation) => operation.id === id) && !rebased.has(id);
    return due.flatMap((operation) => (isLost(operation.id) ? [] : (rebased.get(operation.id) ?? operation)));
  }

  /** Sends what was marked, together, and reads it back. @returns false where nothing more may be sent for now */
  private async sendMarked(
    connection: Connection,
    session: PsaSession,
    lease: PushLease,
    marked: readonly Operation[],
    found: ReadonlyMap<string, ReadBack>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const [first] = marked;
    if (first === undefined) return true;
    const results = await this.sender.send(
      session,
      marked,
      found,
      (sofar) => this.isInTime(first.updatedAt) && mayGoOn(sofar),
      signal,
    );
    signal.throwIfAborted();
    const sent = new Set(results.map(({ operation }) => operation.id));
    const answeredAt = this.clock.now();
    const settled: OperationOutcome[] = marked
      .filter(({ id }) => !sent.has(id))
      .map((operation) => resting({ ...operation, attempts: operation.attempts - 1 }, null, answeredAt));
    const toVerify: Operation[] = [];
    for (const { operation, receipt, error } of results) {
      const outcome = afterSending(operation, receipt, error, answeredAt);
      if (outcome === 'verify')
        toVerify.push({
          ...operation,
          ...(error === null ? { state: 'verifying', notBefore: answeredAt } : {}),
          externalId: receipt?.externalId ?? null,
        });
      else settled.push(outcome);
    }
    await this.outcomes.record(connection, lease, marked, settled);
    await this.verify(connection, session, lease, toVerify, signal);
    await this.raiseAttention(connection, results);
    return mayGoOn(results);
  }

  private isInTime(since: Date): boolean {
    return this.clock.now().getTime() - since.getTime() < SENDING_WINDOW_MS;
  }

  /** Saves that these are about to be sent. What was rewritten while the PSA was read is left to the next pass, as it is now. */
  private async mark(
    lease: PushLease,
    unsent: readonly Operation[],
    found: ReadonlyMap<string, ReadBack>,
    now: Date,
  ): Promise<Operation[]> {
    const intended = unsent.map((operation): Operation => ({
      ...operation,
      state: 'sending',
      attempts: operation.attempts + 1,
      updatedAt: now,
      notBefore: mayRepeatFrom(operation, found.get(operation.id)?.isRepeated === true, now),
    }));
    const intents = intended.map(({ id, version, notBefore }) => ({ id, version, notBefore }));
    const marked = await this.operations.markSending(lease, intents, now);
    return intended.filter(({ id }) => marked.has(id));
  }

  /**
   * Reads back what was accepted, and what nobody knows about; both are decided by what is there. That the PSA took it is kept before only
   * where it may have to count: of a change of units the reading tells whatever the PSA said, should this process end in between.
   */
  private async verify(
    connection: Connection,
    session: PsaSession,
    lease: PushLease,
    operations: readonly Operation[],
    signal: AbortSignal,
  ): Promise<void> {
    if (operations.length === 0) return;
    const accepted = operations.filter(({ state, step }) => state === 'verifying' && !isToldByUnits(step));
    await this.outcomes.record(
      connection,
      lease,
      operations,
      accepted.map((operation) => unchanged({ ...operation, error: null })),
    );
    const found = await this.look(connection, session, lease, operations, signal);
    if (found === null) return;
    const now = this.clock.now();
    const settled = operations.map((operation) => {
      const outcome = afterReading(operation, found.get(operation.id), now);
      // Not there after all: it is taken up again by the next pass, which looks once more before it sends.
      return outcome === 'send' ? unclear(operation, now) : outcome;
    });
    await this.outcomes.record(connection, lease, operations, settled);
  }

  /** Null when the PSA could not be read: nothing is decided, and everything rests. */
  private async look(
    connection: Connection,
    session: PsaSession,
    lease: PushLease,
    operations: readonly Operation[],
    signal: AbortSignal,
  ): Promise<Map<string, ReadBack> | null> {
    if (operations.length === 0) return new Map();
    try {
      return await this.readBack.read(session, operations, signal);
    } catch (error) {
      signal.throwIfAborted();
      const now = this.clock.now();
      const rest = operations.map((operation) => unread(operation, error, now));
      await this.outcomes.record(connection, lease, operations, rest);
      if (decideOnFailure(error) === 'stop') await this.raise(connection, error);
      return null;
    }
  }

  private async raiseAttention(connection: Connection, results: readonly SendResult[]): Promise<void> {
    const stop = results.find(({ error }) => error !== null && decideOnFailure(error) === 'stop');
    if (stop !== undefined) await this.raise(connection, stop.error);
  }

  private async raise(connection: Connection, error: unknown): Promise<void> {
    const { code, detail } = toOperationError(error);
    await this.checks.raiseAttention(systemContext(connection.tenantId, newId()), connection.id, {
      code,
      reason: detail,
    });
  }
}

function isReckonedFrom({ id, attempts, step }: Operation, fresh: ReadonlySet<string>): boolean {
  const { kind, lineExternalId } = step;
  if (kind === 'extendContract' || kind === 'createCharge' || kind === 'updateCharge')
    return attempts === 0 && fresh.has(id);
  return attempts === 0 && fresh.has(id) && lineExternalId !== null && !isToCome(lineExternalId);
}

function rebase(operation: Operation, found: ReadBack | undefined): Operation {
  const { step } = operation;
  const units = found?.units ?? step.before.units;
  // A price that is neither the one before nor the one after is not known; it is replaced whatever it is.
  const isPrice = step.before.units === step.after.units;
  const before = isPrice ? { units, unitPrice: null, unitCost: null } : { ...step.before, units };
  const after = isPrice ? { ...step.after, units } : step.after;
  return { ...operation, step: { ...step, before, after } };
}

function absent({ step }: Operation): ReadBack {
  return { outcome: 'absent', externalId: step.lineExternalId, units: step.before.units, isRepeated: false };
}

/** Not after the PSA refused the API user, nor when so much is refused that a person has to look first. */
function mayGoOn(results: readonly SendResult[]): boolean {
  const decisions = results.filter(({ error }) => error !== null).map(({ error }) => decideOnFailure(error));
  return (
    !decisions.includes('stop') &&
    decisions.filter((decision) => decision === 'fail').length < STOP_AFTER_FAILURES
  );
}
