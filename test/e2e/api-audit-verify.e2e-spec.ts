import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connector, startConnector } from '../support/connector.js';
import { HTTP_ADAPTERS } from '../support/test-app.js';
import { TOKENS } from '../support/test-actors.js';
import { until } from '../support/until.js';

describe.each(HTTP_ADAPTERS)('verifying over HTTP under %s', (adapter) => {
  let connector: Connector;
  let lock: pg.Client;

  beforeAll(async () => {
    connector = await startConnector({ adapter });
    await connector.connect();
    lock = new pg.Client(connector.database.url);
    await lock.connect();
  });

  afterAll(async () => {
    await lock?.end();
    await connector?.stop();
  });

  const verify = (signal?: AbortSignal) =>
    fetch(`${connector.app.apiUrl}/audit-entries/verify`, {
      headers: { authorization: `Bearer ${TOKENS.auditor}` },
      ...(signal === undefined ? {} : { signal }),
    });

  it('is stopped when the client goes away, and done when it stays', async () => {
    // While it is held no entry can be read.
    await lock.query('BEGIN; LOCK TABLE psa_connector.audit_entry IN ACCESS EXCLUSIVE MODE');
    const client = new AbortController();
    const answer = verify(client.signal);
    answer.catch(() => undefined);
    await until('a verification that waits', async () => {
      const sql = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
      return (await lock.query(sql)).rowCount === 0 ? null : true;
    });
    client.abort();
    await expect(answer).rejects.toThrow(/abort/);
    await lock.query('COMMIT');
    await until('the verification to stop', () =>
      Promise.resolve(connector.app.log.linesWith('request.client_gone').length > 0 ? true : null),
    );
    expect(connector.app.log.linesWith('request.client_gone')).toEqual([
      expect.stringMatching(/^debug 'Request failed'/),
    ]);

    const report = await verify();
    expect(report.status).toBe(200);
    expect(await report.json()).toMatchObject({ isIntact: true, areKeysCompared: false });
    expect(connector.app.log.linesWith('request.client_gone')).toHaveLength(1);
  });
});
