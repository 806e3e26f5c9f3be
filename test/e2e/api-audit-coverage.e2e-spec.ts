import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntryResponse } from '../../src/audit/http/audit-entries.controller.js';
import type { Page } from '../../src/kernel/page.js';
import { PSA_CONNECTOR_OPENAPI } from '../../src/psa-connector.openapi.js';
import { type Attempt, ATTEMPTS, AUDITED_READS, UNKNOWN, WITHOUT_ENTRY } from '../support/audit-attempts.js';
import { ENTRIES_OF_SUCCESS } from '../support/audit-successes.js';
import { type Connector, startConnector } from '../support/connector.js';

function mutatingOperations(): string[] {
  return Object.entries(PSA_CONNECTOR_OPENAPI.paths).flatMap(([path, operations]) =>
    Object.keys(operations)
      .filter((method) => method !== 'get')
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
}

describe('the audit log', () => {
  let connector: Connector;
  let connectionId: string;
  beforeAll(async () => {
    connector = await startConnector();
    connectionId = (await connector.connect()).id;
  });
  afterAll(() => connector?.stop());

  it('is expected to hold an entry of every mutating operation the API has', () => {
    const expected = [...mutatingOperations(), ...AUDITED_READS];
    const listed = [...Object.keys(ATTEMPTS), ...Object.keys(WITHOUT_ENTRY)];
    expect(listed.toSorted()).toEqual(expected.toSorted());
  });

  it('is expected to hold what a success of each operation leaves', () => {
    const successes = Object.entries(ATTEMPTS)
      .filter(([, attempts]) => attempts.some(({ outcome }) => outcome === 'succeeded'))
      .map(([operation]) => operation);
    const covered = [...successes, ...Object.keys(ENTRIES_OF_SUCCESS)];
    expect(covered.toSorted()).toEqual(Object.keys(ATTEMPTS).toSorted());
  });

  it('names no connection of another tenant to whoever may not, or does not see it', async () => {
    const foreigner = connector.as('reseller');
    const before = await foreigner.get<Page<AuditEntryResponse>>('/audit-entries?limit=1');
    await foreigner.post(`/connections/${connectionId}/sync-runs`);
    await foreigner.patch(`/connections/${connectionId}`, { alias: '' });
    const { body } = await foreigner.get<Page<AuditEntryResponse>>('/audit-entries?limit=10');
    const last = before.body.items[0]?.sequence ?? 0;
    const entries = body.items.filter(({ sequence }) => sequence > last);
    expect(entries.map((entry) => entry.connectionId)).toEqual([null, null]);
  });

  const cases = Object.entries(ATTEMPTS).flatMap(([operation, attempts]) =>
    attempts.map((attempt): [string, string, Attempt] => [operation, attempt.name, attempt]),
  );
  it.each(cases)(
    'holds exactly one entry of %s %s',
    async (operation, _, { outcome, body, as = 'admin', id, below = UNKNOWN, mediaType }) => {
      const [method = '', template = ''] = operation.split(' ');
      const before = (await connector.newestAuditEntry()).sequence;
      const path = template.replace('{id}', id ?? connectionId).replaceAll(/\{\w+\}/g, below);
      const headers = mediaType === undefined ? {} : { 'content-type': mediaType };
      const answer = await connector.as(as).send(method, path, body, headers);
      expect(answer.status < 400).toBe(outcome === 'succeeded');
      const entries = (await connector.audit('', 5)).filter(
        // A run that was started goes on by itself and may leave an entry of its own, with another correlation id.
        ({ sequence, correlationId }) =>
          sequence > before && correlationId === answer.headers.get('x-request-id'),
      );
      expect(entries.map((entry) => [entry.outcome, entry.actor.id])).toEqual([[outcome, as]]);
      // Whoever filters by the connection finds what was refused on it, too.
      const isOfConnection = template.startsWith('/connections/{id}');
      if (isOfConnection) expect(entries[0]?.connectionId).toBe(id === undefined ? connectionId : null);
    },
  );
});
