import { inspect } from 'node:util';
import { Decimal } from 'decimal.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Fault } from '../../src/autotask-simulator/fault-plan.js';
import { seedCspWorld } from '../../src/autotask-simulator/seed/seed-csp-world.js';
import { localDate } from '../../src/kernel/local-date.js';
import type { PsaInstance } from '../../src/ports/psa/psa-adapter.port.js';
import type { PsaSession } from '../../src/ports/psa/psa-session.port.js';
import type { PsaWriter } from '../../src/ports/psa/psa-writes.js';
import { type AutotaskHarness, startAutotaskHarness } from './autotask-harness.js';
import { newCharge, WRITE_CASES } from './autotask-write-cases.js';
import { SimulatedRecords, type WriteCase } from './simulated-records.js';
import { CONTRACT_ATTEMPTS } from './psa-adapter-harness.js';
import { readPage } from '../support/read-page.js';

/** Faults whose outcome a client cannot know, and how often the write was carried out behind them. */
const UNKNOWN: [string, Fault, 0 | 1][] = [
  ['the connection drops before the commit', { kind: 'dropBefore' }, 0],
  ['the connection drops after the commit', { kind: 'dropAfter' }, 1],
  ['a gateway gives up before the commit', { kind: 'status', status: 503 }, 0],
  ['a gateway gives up after the commit', { kind: 'status', status: 504, afterCommit: true }, 1],
  [
    'the server fails without a reason after the commit',
    { kind: 'status', status: 500, afterCommit: true },
    1,
  ],
  ['the answer is truncated', { kind: 'truncate' }, 1],
  ['the answer is malformed', { kind: 'malformedJson' }, 1],
  ['the answer is a page', { kind: 'html' }, 0],
];

/** Faults that prove that nothing was changed. */
const REFUSED: [string, Fault, string][] = [
  ['500 with errors', { kind: 'status', status: 500, body: { errors: ['No.'] } }, 'psa.request_rejected'],
  ['403', { kind: 'status', status: 403 }, 'psa.access_denied'],
  ['401', { kind: 'empty401' }, 'psa.credentials_rejected'],
  ['405', { kind: 'status', status: 405, body: { Message: 'method' } }, 'psa.request_rejected'],
  [
    '429 with a long wait',
    { kind: 'status', status: 429, headers: { 'Retry-After': '3600' } },
    'psa.rate_limited',
  ],
];

/** Refusals that pass and prove that nothing was changed. */
const PASSING: [string, Fault][] = [
  ['429', { kind: 'status', status: 429, headers: { 'Retry-After': '0' } }],
  [
    'the thread limit on a 500',
    { kind: 'status', status: 500, body: { errors: ['thread threshold of 3 threads has been exceeded'] } },
  ],
  ['the thread limit as text on a 200', { kind: 'status', status: 200, body: 'Itgenatr005' }],
];

const crossed = <T extends readonly [string, ...unknown[]]>(faults: readonly T[]) =>
  WRITE_CASES.flatMap((write) => faults.map((fault) => [write.name, fault[0], write, fault] as const));

let harness: AutotaskHarness;
let instance: PsaInstance;
let records: SimulatedRecords;

const OPENED = { purpose: 'interactive' } as const;

async function startAfresh(): Promise<void> {
  await harness?.stop();
  // One world for all: each case takes a contract line of its own.
  const world = seedCspWorld(new Date('2026-05-04T12:00:00.000Z'));
  harness = await startAutotaskHarness({ world }, { circuit: { failures: 1_000_000, restMs: 1 } });
  const { adapter, users, currency } = harness;
  const checked = await adapter.checkAccess({ credentials: users.good, currency });
  if (checked.instance === null) throw new Error('The access check found no instance');
  instance = checked.instance;
  records = new SimulatedRecords(harness.simulator);
}

beforeAll(startAfresh);
afterEach(() => harness.heal());
afterAll(() => harness.stop());

function open(changes: Partial<PsaInstance> = {}): { session: PsaSession; writer: PsaWriter } {
  // What one case learns of the instance's limits must not hold up the next.
  const adapter = harness.newAdapter();
  const session = adapter.openSession({
    ...OPENED,
    credentials: harness.users.good,
    instance: { ...instance, ...changes },
  });
  onTestFinished(() => session.close().then(() => adapter.close()));
  harness.forgetRequests();
  const { writer } = session;
  if (writer === undefined) throw new Error('The session has no writer');
  return { session, writer };
}

function inject({ method, path }: WriteCase, fault: Fault, times?: number): void {
  harness.simulator.faults.add({ method, path, fault, ...(times === undefined ? {} : { times }) });
}

/** Where the user does not belong. */
const elsewhere = () => ({ apiUrl: instance.apiUrl.replace('/zone19/', '/zone18/') });

/** A session whose instance takes no connections any more. */
async function dark(circuit = { failures: 1000, restMs: 60_000 }) {
  const started = await startAutotaskHarness({}, { circuit });
  onTestFinished(() => started.stop());
  const apiUrl = `${started.simulator.discoveryUrl}/`;
  await started.goDark();
  const credentials = started.users.good;
  const session = started.adapter.openSession({ ...OPENED, credentials, instance: { ...instance, apiUrl } });
  if (session.writer === undefined) throw new Error('The session has no writer');
  return { started, session, writer: session.writer };
}

describe('Autotask: writes', () => {
  it.each(WRITE_CASES.map((write) => [write.name, write] as const))(
    '%s is carried out once and found in Autotask',
    async (_name, write) => {
      const { session, writer } = open();
      const prepared = write.prepare(records);
      expect(prepared.timesDone()).toBe(0);
      await prepared.write(writer);
      expect(prepared.timesDone()).toBe(1);
      expect(session.apiCalls).toBe(1);
      expect(harness.requests()).toBe(1);
    },
  );

  it.each(crossed(UNKNOWN))(
    '%s: the outcome is unknown when %s, and nothing is sent again',
    async (_name, _fault, write, [, fault, timesDone]) => {
      const { session, writer } = open();
      const prepared = write.prepare(records);
      inject(write, fault, 1);
      const error: unknown = await prepared.write(writer).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'psa.outcome_unknown', category: 'upstream_unavailable' });
      expect(inspect(error, { depth: null })).not.toContain(harness.users.good.secret.reveal());
      expect(prepared.timesDone()).toBe(timesDone);
      expect(session.apiCalls).toBe(1);
      expect(harness.requests()).toBe(1);
    },
  );

  it.each(crossed(REFUSED))(
    '%s: %s says that nothing was changed',
    async (_name, _fault, write, [, fault, code]) => {
      const { session, writer } = open();
      const prepared = write.prepare(records);
      inject(write, fault, 1);
      await expect(prepared.write(writer)).rejects.toMatchObject({ code });
      expect(prepared.timesDone()).toBe(0);
      expect(session.apiCalls).toBe(1);
    },
  );

  it.each(crossed(PASSING))('%s: is repeated after %s', async (_name, _fault, write, [, fault]) => {
    const { session, writer } = open();
    const prepared = write.prepare(records);
    inject(write, fault, 1);
    await prepared.write(writer);
    expect(prepared.timesDone()).toBe(1);
    expect(session.apiCalls).toBe(2);
  });
});

describe('Autotask: what a write leaves behind', () => {
  it('changes units and price from the day on, digit by digit', async () => {
    const { session, writer } = open();
    const line = records.line();
    const day = localDate('2026-05-10');
    const before = records.unitsOn(line.id, '2026-05-09');
    const receipt = await writer.applyAdjustment({
      target: { contractServiceExternalId: String(line.id) },
      unitChange: new Decimal(4),
      effectiveOn: day,
      unitPrice: new Decimal('34.5501'),
      unitCost: new Decimal('28.1903'),
    });
    expect(receipt).toEqual({ externalId: null });
    expect(records.unitsOn(line.id, '2026-05-09')).toBe(before);
    expect(records.unitsOn(line.id, day)).toBe(before + 4);
    const [adjustment] = records
      .table('ContractServiceAdjustments')
      .where('contractServiceID', line.id)
      .slice(-1);
    expect(String(adjustment?.['adjustedUnitPrice'])).toBe('34.5501');
    expect(String(adjustment?.['adjustedUnitCost'])).toBe('28.1903');
    expect(session.apiCalls).toBe(1);
  });

  it('refuses a second adjustment on the same day in the words of Autotask', async () => {
    const { writer } = open();
    const change = {
      target: { contractServiceExternalId: String(records.line().id) },
      unitChange: new Decimal(1),
      effectiveOn: localDate('2026-05-11'),
    };
    await writer.applyAdjustment(change);
    await expect(writer.applyAdjustment(change)).rejects.toMatchObject({
      code: 'psa.date_taken',
      detail: expect.stringContaining('contract_service_period'),
    });
  });

  it('finds a charge by its reference after an answer was lost', async () => {
    const { writer } = open();
    const reference = records.mark();
    const charge = newCharge(records, reference);
    expect(await writer.findChargeByReference(reference)).toBeNull();
    harness.simulator.faults.add({ path: /\/Charges$/i, times: 1, fault: { kind: 'dropAfter' } });
    await expect(writer.createCharge(charge)).rejects.toMatchObject({ code: 'psa.outcome_unknown' });
    const found = await writer.findChargeByReference(reference);
    const { contractExternalId, name, chargedOn, isBillable } = charge;
    expect(found).toMatchObject({ contractExternalId, name, chargedOn, isBillable, reference });
    expect(found?.unitPrice.toFixed()).toBe('12.3456');
    expect(found?.quantity.toFixed()).toBe('2.5');
    expect(found?.isBilled).toBe(false);
  });

  it('refuses to change a charge that is billed', async () => {
    const { writer } = open();
    const billed = records.table('ContractCharges').where('isBilled', true)[0];
    const key = { externalId: String(billed?.id), contractExternalId: String(billed?.['contractID']) };
    await expect(writer.updateCharge(key, { name: 'x' })).rejects.toMatchObject({
      code: 'psa.request_rejected',
    });
    await expect(writer.deleteCharge(key)).rejects.toMatchObject({ code: 'psa.request_rejected' });
  });

  it('empties what is null and leaves what is absent', async () => {
    const { writer } = open();
    const company = records
      .table('Companies')
      .all()
      .find((row) => row['webAddress'] !== null && row['phone'] !== null);
    await writer.updateCompany(String(company?.id), { webAddress: null });
    const after = records.table('Companies').get(company?.id ?? -1);
    expect(after?.['webAddress']).toBeNull();
    expect(after?.['phone']).toBe(company?.['phone']);
  });
});

describe('Autotask: a session whose zone has moved', () => {
  it('goes on in the new zone after one rejection, reads and writes alike', async () => {
    const { session, writer } = open(elsewhere());
    const prepared = WRITE_CASES[0]?.prepare(records);
    await prepared?.write(writer);
    expect(prepared?.timesDone()).toBe(1);
    expect((await readPage(session, 'currencies', null)).records.length).toBeGreaterThan(0);
    const statuses = harness.simulator.journal
      .entries()
      .map(({ path, status }) => [path.split('/')[1], status]);
    expect(statuses).toEqual([
      ['zone18', 401],
      ['atservicesrest', 200],
      ['zone19', 200],
      ['zone19', 200],
    ]);
  });

  it('does not go on in another database', async () => {
    const { session } = open({ ...elsewhere(), id: '1' });
    await expect(readPage(session, 'currencies', null)).rejects.toMatchObject({
      code: 'psa.credentials_rejected',
    });
    expect(harness.authenticatedRequests()).toBe(1);
  });

  it('sends rejected credentials once, whatever is asked of it afterwards', async () => {
    const { session, writer } = open();
    harness.simulator.faults.add({ path: /\/Currencies\/query$/i, fault: { kind: 'empty401' } });
    await expect(readPage(session, 'currencies', null)).rejects.toMatchObject({
      code: 'psa.credentials_rejected',
    });
    await expect(readPage(session, 'companies', null)).rejects.toMatchObject({
      code: 'psa.credentials_rejected',
    });
    await expect(WRITE_CASES[0]?.prepare(records).write(writer)).rejects.toMatchObject({
      code: 'psa.credentials_rejected',
    });
    expect(harness.authenticatedRequests()).toBe(1);
    expect(session.apiCalls).toBe(1);
  });
});

describe('Autotask: an instance that cannot be reached', () => {
  it('is tried again with a write, since nothing can have arrived', async () => {
    const { session, writer } = await dark();
    await expect(writer.extendContract('1', localDate('2027-01-01'))).rejects.toMatchObject({
      code: 'psa.unreachable',
      context: { isSent: false },
    });
    expect(session.apiCalls).toBe(CONTRACT_ATTEMPTS);
  });

  it('is left alone after so many failures in a row, by every session', async () => {
    const { started, session } = await dark({ failures: 4, restMs: 60_000 });
    await expect(readPage(session, 'companies', null)).rejects.toMatchObject({ code: 'psa.unreachable' });
    await expect(readPage(session, 'companies', null)).rejects.toMatchObject({
      context: { circuit: 'open' },
    });
    expect(session.apiCalls).toBe(4);
    const other = started.adapter.openSession({ ...OPENED, credentials: started.users.good, instance });
    await expect(other.readApiUsage()).rejects.toMatchObject({ context: { circuit: 'open' } });
    expect(other.apiCalls).toBe(0);
  });
});

/** The vendor goes on with a request whose client has left, so each test has a vendor of its own. */
describe('Autotask: writes whose answer nobody waits for', () => {
  beforeEach(startAfresh);

  it.each(WRITE_CASES.map((write) => [write.name, write] as const))(
    '%s: the outcome is unknown when it is aborted under way',
    async (_name, write) => {
      const { session, writer } = open();
      const prepared = write.prepare(records);
      inject(write, { kind: 'delay', ms: 60_000 }, 1);
      const controller = new AbortController();
      const writing = prepared.write(writer, controller.signal);
      await vi.waitFor(() => expect(session.apiCalls).toBe(1));
      controller.abort(new Error('shutting down'));
      await expect(writing).rejects.toMatchObject({ code: 'psa.outcome_unknown' });
      await expect(prepared.write(writer, controller.signal)).rejects.toThrow('shutting down');
      expect(prepared.timesDone()).toBe(0);
    },
  );

  it('does not know the outcome when no answer comes in time', async () => {
    const { session, writer } = open();
    const [write] = WRITE_CASES;
    if (write === undefined) throw new Error('There is no case');
    const prepared = write.prepare(records);
    inject(write, { kind: 'delay', ms: 60_000 }, 1);
    await expect(prepared.write(writer)).rejects.toMatchObject({ code: 'psa.outcome_unknown' });
    expect(session.apiCalls).toBe(1);
  });
});
