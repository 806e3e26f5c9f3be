import { onTestFinished } from 'vitest';
import { ConnectorError } from '../../src/kernel/connector-error.js';
import type { PsaInstance } from '../../src/ports/psa/psa-adapter.port.js';
import type { PsaSession } from '../../src/ports/psa/psa-session.port.js';
import type { PsaAdapterHarness } from './psa-adapter-harness.js';

export interface SessionUnderTest {
  started: PsaAdapterHarness;
  session: PsaSession;
}

/** A vendor's double and a session with it, for one test. */
export async function sessionUnderTest(start: () => Promise<PsaAdapterHarness>): Promise<SessionUnderTest> {
  const started = await start();
  onTestFinished(() => started.stop());
  const session = await openSession(started);
  started.forgetRequests();
  return { started, session };
}

/** A session after an access check, closed when the test ends. */
export async function openSession({ adapter, users, currency }: PsaAdapterHarness): Promise<PsaSession> {
  const { instance } = await adapter.checkAccess({ credentials: users.good, currency });
  if (instance === null) throw new Error('The access check found no instance');
  // As the instance comes back from a database.
  const stored = JSON.parse(JSON.stringify(instance)) as PsaInstance;
  const session = adapter.openSession({ purpose: 'interactive', credentials: users.good, instance: stored });
  onTestFinished(() => session.close());
  return session;
}

export async function failureOf(work: Promise<unknown>): Promise<ConnectorError> {
  const error: unknown = await work.then(
    () => new Error('It did not fail'),
    (reason: unknown) => reason,
  );
  if (error instanceof ConnectorError) return error;
  throw error;
}
