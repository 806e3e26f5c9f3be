import { describe, expect, it } from 'vitest';
import type { ConnectionCheck } from '../../connections/application/connection-check.service.js';
import type { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import type { ConnectionSessions } from '../../connections/application/connection-sessions.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import { localDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import type { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { PsaCredentialsRejectedError } from '../../ports/psa/psa.errors.js';
import type { AutomaticCharges } from './automatic-charges.service.js';
import type { AutomaticPlanning, Planned } from './automatic-planning.service.js';
import type { LineValues } from '../domain/line-timeline.js';
import type { Operation } from '../domain/operation.js';
import type { OperationOutcome, OperationStore, PushStore } from '../domain/operation-store.js';
import { OperationSender } from './operation-sender.service.js';
import type { OutcomeRecorder } from './outcome-recorder.service.js';
import { PushPass } from './push-pass.service.js';
import { PushRunner } from './push-runner.service.js';
import type { OperationReadBack, ReadBack } from './read-back.service.js';

const DECIDED = new Date('2026-11-25T08:00:00Z');
const MORE_THAN_A_MINUTE = 61_000;

function values(units: number): LineValues {
  return { units, unitPrice: new MoneyDecimal(10), unitCost: new MoneyDecimal(8) };
}

function operation(id: string, state: Operation['state']): Operation {
  return {
    id,
    lineId: `line of ${id}`,
    connectionId: 'connection',
    state,
    attempts: state === 'sending' ? 1 : 0,
    version: 1,
    notBefore: DECIDED,
    updatedAt: DECIDED,
    externalId: null,
    error: null,
    step: {
      kind: 'adjustUnits',
      contractExternalId: '1',
      lineExternalId: id,
      before: values(5),
      after: values(8),
      effectiveOn: localDate('2026-11-25'),
      charge: null,
    },
  } as unknown as Operation;
}

/** A connection with operations that were decided a moment ago: those `sending` leave at once, the others are due. */
class Work {
  readonly did: string[] = [];
  readonly operations: Map<string, Operation>;
  state: Connection['state'] = 'active';
  stoppedAt: Date | null = null;
  /** What happens while something of this is done. */
  during: (what: string) => void = () => undefined;
  #now = DECIDED.getTime();
  #isPlanned = false;

  constructor(operations: readonly Operation[]) {
    this.operations = new Map(operations.map((one) => [one.id, one]));
  }

  wait(ms: number): void {
    this.#now += ms;
  }

  /** @returns what was done, in its order */
  async run(): Promise<string[]> {
    const clock = { now: () => new Date(this.#now) };
    const pass = new PushPass(
      this.#store(),
      { record: (_connection, _lease, _operations, given) => this.#record(given) } as OutcomeRecorder,
      { read: (_session, read) => this.#read(read) } as OperationReadBack,
      new OperationSender(),
      {
        raiseAttention: () => Promise.resolve(void (this.state = 'attention')),
      } as unknown as ConnectionCheck,
      {} as TransactionRunner,
      clock,
    );
    const runner = new PushRunner(
      {
        findForWork: () => Promise.resolve({ id: 'connection', state: this.state }),
      } as unknown as ConnectionDirectory,
      { open: () => Promise.resolve(this.#session()) } as unknown as ConnectionSessions,
      this.#pushes(),
      { plan: () => Promise.resolve(this.#plan()) } as unknown as AutomaticPlanning,
      { decideDueSafely: () => Promise.resolve(this.#do('charges', 0)) } as unknown as AutomaticCharges,
      pass,
      clock,
    );
    await runner.run('connection', new AbortController().signal);
    return this.did;
  }

  #do<Result>(what: string, result: Result): Result {
    this.did.push(what);
    this.during(what);
    return result;
  }

  #open(): Operation[] {
    return [...this.operations.values()].filter(({ state }) => state !== 'applied' && state !== 'failed');
  }

  #plan(): Planned {
    const own = this.#isPlanned ? [] : this.#open();
    this.#isPlanned = true;
    const leaving = own.filter(({ state }) => state === 'sending');
    return { count: own.length, fresh: new Set(own.map(({ id }) => id)), leaving, decidedAt: DECIDED };
  }

  #pushes(): PushStore {
    const pushes: Partial<PushStore> = {
      take: () => Promise.resolve(true),
      release: () => Promise.resolve(),
      isDue: () => Promise.resolve(this.#open().length > 0),
      read: (connectionId) =>
        Promise.resolve({ connectionId, failures: 0, stoppedAt: this.stoppedAt, stopReason: null }),
    };
    return pushes as PushStore;
  }

  #store(): OperationStore {
    const store: Partial<OperationStore> = {
      due: () => Promise.resolve(this.#open()),
      markSending: (_lease, intents) => Promise.resolve(new Set(intents.map(({ id }) => id))),
    };
    return store as OperationStore;
  }

  #session(): object {
    const applyAdjustment = ({ target }: { target: { contractServiceExternalId: string } }) =>
      Promise.resolve(this.#do(`send ${target.contractServiceExternalId}`, { externalId: 'adjustment' }));
    return { writer: { applyAdjustment }, close: () => Promise.resolve() };
  }

  #record(given: readonly OperationOutcome[]): Promise<void> {
    for (const outcome of given) {
      const known = this.operations.get(outcome.id);
      if (known !== undefined) this.operations.set(outcome.id, { ...known, ...outcome });
    }
    return Promise.resolve();
  }

  /** Carried out is what was sent. */
  async #read(operations: readonly Operation[]): Promise<Map<string, ReadBack>> {
    await Promise.resolve();
    const wanted = operations.map(({ id }) => id);
    this.#do(`read ${wanted.join(' ')}`, null);
    const found = { units: 5, isRepeated: false };
    const outcomeOf = (id: string) => (this.did.includes(`send ${id}`) ? 'applied' : 'absent');
    return new Map(wanted.map((id) => [id, { ...found, externalId: id, outcome: outcomeOf(id) }]));
  }
}

describe('what leaves at once', () => {
  it('is sent before anybody else is asked', async () => {
    const work = new Work([operation('a', 'sending'), operation('b', 'pending')]);
    expect(await work.run()).toEqual(['send a', 'read a', 'charges', 'send b', 'read b']);
  });

  it('that was not in time is read before it is sent after all', async () => {
    const work = new Work([operation('a', 'sending'), operation('b', 'sending')]);
    work.during = (what) => {
      if (what === 'send a') work.wait(MORE_THAN_A_MINUTE);
    };
    expect(await work.run()).toEqual(['send a', 'read a', 'charges', 'read b', 'send b', 'read b']);
    expect(work.operations.get('b')).toMatchObject({ state: 'applied', attempts: 1 });
  });

  it('is followed by nothing once the connection is disabled meanwhile', async () => {
    const work = new Work([operation('a', 'sending'), operation('b', 'pending')]);
    work.during = (what) => {
      if (what === 'send a') work.state = 'disabled';
    };
    expect(await work.run()).toEqual(['send a', 'read a']);
  });

  it('is followed by nothing once the circuit has opened', async () => {
    const work = new Work([operation('a', 'sending'), operation('b', 'pending')]);
    work.during = (what) => {
      if (what === 'read a') work.stoppedAt = DECIDED;
    };
    expect(await work.run()).toEqual(['send a', 'read a']);
  });

  it('is followed by nothing once the PSA refuses the user who reads it back', async () => {
    const work = new Work([operation('a', 'sending'), operation('b', 'pending')]);
    work.during = (what) => {
      if (what === 'read a') throw new PsaCredentialsRejectedError('The password has expired.');
    };
    expect(await work.run()).toEqual(['send a', 'read a']);
    expect(work.operations.get('a')?.state).toBe('verifying');
  });
});
