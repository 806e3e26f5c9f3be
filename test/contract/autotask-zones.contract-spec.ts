import { expect, it, onTestFinished } from 'vitest';
import type { PsaSession } from '../../src/ports/psa/psa-session.port.js';
import { type AutotaskHarness, startAutotaskHarness } from './autotask-harness.js';
import { failureOf } from './session-under-test.js';

/** Sessions of databases of their own, all in the zone of the simulator's. */
async function sessionsOf(harness: AutotaskHarness, databases: readonly string[]): Promise<PsaSession[]> {
  const { adapter, users, currency } = harness;
  const { instance } = await adapter.checkAccess({ credentials: users.good, currency });
  if (instance === null) throw new Error('The access check found no instance');
  return databases.map((id) => {
    const session = adapter.openSession({
      purpose: 'pull',
      credentials: users.good,
      instance: { ...instance, id },
    });
    onTestFinished(() => session.close());
    return session;
  });
}

const read = (session: PsaSession) => failureOf(session.readByIds('companies', ['1']));

it('a zone that hangs holds the first who ask, once, and nobody after them', async () => {
  const harness = await startAutotaskHarness({}, { retry: { attempts: 4, baseDelayMs: 50 } });
  onTestFinished(() => harness.stop());
  const [last, ...first] = await sessionsOf(harness, ['4', '1', '2', '3']);
  if (last === undefined) throw new Error('There is no session');
  harness.fail('companies', 'slow');

  expect(await Promise.all(first.map(read))).toMatchObject(
    Array.from({ length: 3 }, () => ({ code: 'psa.unreachable', context: { circuit: 'open' } })),
  );
  expect(await read(last)).toMatchObject({
    code: 'psa.unreachable',
    context: { circuit: 'open', isSent: false },
  });
  // Once for each of the first three; their next attempts found the zone left alone.
  expect([...first, last].map(({ apiCalls }) => apiCalls)).toEqual([1, 1, 1, 0]);
});
