import * as promClient from 'prom-client';
import type { PsaAdapter } from '../../../src/ports/psa/psa-adapter.port.js';
import { AuditTrail } from '../../../src/audit/application/audit-trail.service.js';
import { AuditEntryRepository } from '../../../src/audit/persistence/audit-entry.repository.js';
import { ConnectionAdministration } from '../../../src/connections/application/connection-administration.service.js';
import { ConnectionCheck } from '../../../src/connections/application/connection-check.service.js';
import { ConnectionDirectory } from '../../../src/connections/application/connection-directory.service.js';
import { ConnectionRegistration } from '../../../src/connections/application/connection-registration.service.js';
import { ConnectionPolicyChanges } from '../../../src/connections/application/connection-policy-changes.service.js';
import { ConnectionRemovals } from '../../../src/connections/application/connection-removals.service.js';
import { ConnectionSessions } from '../../../src/connections/application/connection-sessions.service.js';
import { ConnectionRepository } from '../../../src/connections/persistence/connection.repository.js';
import { Mirror } from '../../../src/contracts/application/mirror.service.js';
import { MirrorReaderRepository } from '../../../src/contracts/persistence/mirror-reader.repository.js';
import { MirrorRepository } from '../../../src/contracts/persistence/mirror.repository.js';
import { PsaRegistry } from '../../../src/core/psa-registry.js';
import { SecretVault } from '../../../src/secrets/application/secret-vault.service.js';
import { SealedSecretRepository } from '../../../src/secrets/persistence/sealed-secret.repository.js';
import { FullRunBackOff } from '../../../src/sync/application/full-run-back-off.service.js';
import { SyncRunner } from '../../../src/sync/application/sync-runner.service.js';
import { SyncRunRepository } from '../../../src/sync/persistence/sync-run.repository.js';
import { SyncRunEnds } from '../../../src/sync/application/sync-run-ends.service.js';
import { SyncRunSignals } from '../../../src/sync/application/sync-run-signals.service.js';
import { SyncStatistics } from '../../../src/sync/application/sync-statistics.service.js';
import { ScheduleRepository } from '../../../src/sync/persistence/schedule.repository.js';
import { WatermarkRepository } from '../../../src/sync/persistence/watermark.repository.js';
import type { JobQueue } from '../../../src/platform/queue/job-queue.js';
import { FakeJobQueue } from '../fakes/fake-job-queue.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { FakeMasterKeys } from '../fakes/fake-master-keys.js';
import { FakePsaAdapter } from '../fakes/fake-psa-adapter.js';
import type { TestInstallation } from './installation.builder.js';

/** The real services over real repositories, with a PSA in memory; wired by hand so that nothing runs unasked. */
/**
 * @param queue what continuations of runs are given to; one that keeps them by default
 * @param real an adapter to work with beside the fake one, and its clock
 */
export function buildServices(
  { dataSource, transactions, settings }: TestInstallation,
  queue: JobQueue = new FakeJobQueue(),
  real?: { adapter: PsaAdapter; clock: FakeClock },
) {
  const clock = real?.clock ?? new FakeClock();
  const psa = new FakePsaAdapter();
  const registry = new PsaRegistry(real === undefined ? [psa] : [psa, real.adapter]);
  const stores = {
    audit: new AuditEntryRepository(dataSource),
    connections: new ConnectionRepository(dataSource),
    secrets: new SealedSecretRepository(dataSource),
    mirror: new MirrorRepository(dataSource),
    reader: new MirrorReaderRepository(dataSource),
    runs: new SyncRunRepository(dataSource),
    watermarks: new WatermarkRepository(dataSource),
    schedules: new ScheduleRepository(dataSource),
  };
  const vault = new SecretVault(stores.secrets, new FakeMasterKeys(), clock);
  const audit = new AuditTrail(stores.audit, clock, transactions);
  const directory = new ConnectionDirectory(stores.connections);
  const checks = new ConnectionCheck(registry, directory, stores.connections, vault, audit, transactions);
  const sessions = new ConnectionSessions(registry, vault);
  const mirror = new Mirror(stores.mirror);
  const signals = new SyncRunSignals();
  const metrics = { client: promClient, registry: new promClient.Registry() };
  const statistics = new SyncStatistics(metrics, stores.runs, clock);
  const ends = new SyncRunEnds(stores.runs, statistics, signals);
  const backOff = new FullRunBackOff(settings, stores.schedules, clock);
  return {
    clock,
    queue,
    psa,
    stores,
    vault,
    audit,
    checks,
    mirror,
    registration: new ConnectionRegistration(registry, stores.connections, vault, audit, transactions, clock),
    administration: new ConnectionAdministration(
      registry,
      directory,
      stores.connections,
      vault,
      new ConnectionRemovals(),
      new ConnectionPolicyChanges(),
      audit,
      transactions,
      clock,
    ),
    ends,
    backOff,
    signals,
    metrics,
    runner: new SyncRunner(
      stores.runs,
      stores.watermarks,
      stores.schedules,
      directory,
      sessions,
      checks,
      mirror,
      queue,
      transactions,
      statistics,
      signals,
      ends,
      backOff,
      settings,
      clock,
    ),
  };
}

export type TestServices = ReturnType<typeof buildServices>;
