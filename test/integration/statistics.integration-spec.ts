import * as client from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PushStatistics } from '../../src/billing/application/push-statistics.service.js';
import { PushFiguresRepository } from '../../src/billing/persistence/push-figures.repository.js';
import { CheckpointStatistics } from '../../src/audit/application/checkpoint-statistics.service.js';
import { CheckpointRepository } from '../../src/audit/persistence/checkpoint.repository.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { FakeClock } from '../support/fakes/fake-clock.js';

const ANCHOR = { publish: () => Promise.resolve() };

describe('gauges of what the database holds', () => {
  let installation: TestInstallation;
  /** Each shows its gauges from when it is made. */
  const statistics: object[] = [];
  const metrics = { client, registry: new client.Registry() };

  beforeAll(async () => {
    installation = await openInstallation();
    const { dataSource } = installation;
    statistics.push(
      new PushStatistics(metrics, new PushFiguresRepository(dataSource), new FakeClock()),
      new CheckpointStatistics(metrics, ANCHOR, new CheckpointRepository(dataSource)),
    );
  });

  afterAll(() => installation?.close());

  it('count the checkpoints that the anchor has not taken', async () => {
    await installation.query(
      `INSERT INTO audit_checkpoint (tenant_id, sequence, hash, created_at, key_id, public_key, signature, published_at)
       VALUES ('t', 1, $1, now(), 'k', 'p', 's', now()), ('t', 2, $1, now(), 'k', 'p', 's', NULL), ('t', 3, $1, now(), 'k', 'p', 's', NULL)`,
      ['0'.repeat(64)],
    );
    expect(await metrics.registry.metrics()).toMatch(/^psa_connector_audit_unpublished_checkpoints 2$/m);
  });

  it('leave checkpoints out where there is no anchor', async () => {
    const without = { client, registry: new client.Registry() };
    statistics.push(
      new CheckpointStatistics(without, null, new CheckpointRepository(installation.dataSource)),
    );
    expect(await without.registry.metrics()).not.toContain('checkpoints');
  });

  it('are 0 where nothing is to be pushed, and left out while the database is away', async () => {
    const quiet = await metrics.registry.metrics();
    expect(quiet).toMatch(/^psa_connector_push_stopped_connections 0$/m);
    expect(quiet).toMatch(/^psa_connector_push_oldest_pending_seconds 0$/m);
    expect(quiet).toMatch(/^psa_connector_push_operations\{state="failed"\} 0$/m);
    await installation.dataSource.destroy();
    const away = await metrics.registry.metrics();
    await installation.dataSource.initialize();
    expect(away).toContain('# TYPE psa_connector_push_operations gauge');
    expect(away).not.toMatch(/^psa_connector_\w+(\{.*\})? /m);
  });
});
