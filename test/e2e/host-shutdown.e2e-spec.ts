import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { AutotaskSimulator, SANDBOX_INTEGRATION_CODE } from '../../src/autotask-simulator/testing.js';
import { ApiClient } from '../support/api-client.js';
import { expectProblem, newConnection } from '../support/connector.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type HostProcess, startHostProcess } from '../support/host-process.js';
import { until } from '../support/until.js';

describe('SIGTERM while a request is under way', () => {
  let database: TestDatabase;
  let simulator: AutotaskSimulator;
  let host: HostProcess;

  beforeAll(async () => {
    [database, simulator] = await Promise.all([createTestDatabase(), AutotaskSimulator.start()]);
    host = await startHostProcess({
      DATABASE_URL: database.url,
      PSA_AUTOTASK_DISCOVERY_URL: simulator.discoveryUrl,
      PSA_AUTOTASK_ALLOWED_HOSTS: simulator.host,
      PSA_AUTOTASK_INTEGRATION_CODE: SANDBOX_INTEGRATION_CODE,
    });
  });

  afterAll(async () => {
    await host?.stop();
    await simulator?.stop();
    await database?.drop();
  });

  it('answers it in full, refuses what comes later and ends with 0', async () => {
    const api = new ApiClient(`${host.url}/psa/api`, host.token);
    const { promise: release, resolve: goOn } = Promise.withResolvers<void>();
    onTestFinished(() => goOn());
    simulator.faults.add({
      times: 1,
      path: /ThresholdInformation/i,
      fault: { kind: 'hold', until: release },
    });
    const created = api.post('/connections', newConnection());
    await until('the access check', async () => simulator.faults.list()[0]?.applied === 1 || null);

    const ended = host.stop('SIGTERM');
    const refused = await until('the end of readiness', async () => {
      const answer = await api.get('/health/ready');
      return answer.status === 200 ? null : answer;
    });
    expectProblem(refused, 503, 'health.not_ready');
    expect(refused.headers.get('retry-after')).toBe('5');
    expectProblem(await api.get('/connections'), 503, 'health.not_ready');

    goOn();
    expect(await created).toMatchObject({ status: 201, body: { state: 'active' } });
    expect(await ended).toBe(0);
  });
});
