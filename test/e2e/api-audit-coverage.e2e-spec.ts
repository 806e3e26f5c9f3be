import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PSA_CONNECTOR_OPENAPI } from '../../src/psa-connector.openapi.js';
import {
  EXCHANGE,
  newCharge,
  newCustomer,
  newSubscription,
} from '../support/builders/subscription.builder.js';
import type { TOKENS } from '../support/test-actors.js';
import { type Connector, newConnection, startConnector } from '../support/connector.js';

type ActorName = keyof typeof TOKENS;

/** One way to call a mutating operation, and the outcome its one entry must have. */
interface Attempt {
  name: string;
  outcome: 'succeeded' | 'failed';
  body?: unknown;
  as?: ActorName;
  /** What the path names; default the connection that is there. */
  id?: string;
}

const { name: _, ...OFFER } = EXCHANGE;
const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const NO_PERMISSION: Attempt = { name: 'without the permission', outcome: 'failed', as: 'auditor' };
const NOT_THERE: Attempt = { name: 'of nothing that is there', outcome: 'failed', id: UNKNOWN };
const NO_TIER: Attempt = { name: 'by a customer', outcome: 'failed', as: 'customer' };

/** Every mutating operation of the API with the ways it can go; a new one has to be added, or listed below with a reason. */
const ATTEMPTS: Readonly<Record<string, Attempt[]>> = {
  'POST /connections': [
    {
      name: 'that succeeds',
      outcome: 'succeeded',
      body: newConnection({ alias: 'Second', currency: 'USD' }),
    },
    { name: 'with an invalid body', outcome: 'failed', body: {} },
    { name: 'that is there already', outcome: 'failed', body: newConnection() },
    { ...NO_PERMISSION, body: newConnection() },
    { ...NO_TIER, body: newConnection() },
  ],
  'POST /connections/check': [
    { name: 'that succeeds', outcome: 'succeeded', body: newConnection() },
    { name: 'with an invalid body', outcome: 'failed', body: { alias: 1 } },
    { ...NO_PERMISSION, body: newConnection() },
    { ...NO_TIER, body: newConnection() },
  ],
  'PATCH /connections/{id}': [
    { name: 'that succeeds', outcome: 'succeeded', body: { alias: 'Renamed' } },
    { name: 'with an invalid body', outcome: 'failed', body: { alias: '' } },
    { ...NOT_THERE, body: { alias: 'Other' } },
    { ...NO_PERMISSION, body: { alias: 'Other' } },
    { ...NO_TIER, body: { alias: 'Other' } },
  ],
  'POST /connections/{id}/check': [
    { name: 'that succeeds', outcome: 'succeeded' },
    NOT_THERE,
    NO_PERMISSION,
    NO_TIER,
  ],
  'POST /connections/{id}/sync-runs': [
    { name: 'that succeeds', outcome: 'succeeded' },
    NOT_THERE,
    NO_PERMISSION,
  ],
  // Whether there is a run that can still be cancelled is a matter of time; the tests of the sync run see to that.
  'POST /sync-runs/{id}/cancel': [NOT_THERE, { ...NO_PERMISSION, id: UNKNOWN }],
  'PATCH /connections/{id}/sync-schedule': [
    { name: 'that succeeds', outcome: 'succeeded', body: { paused: true } },
    { name: 'with an invalid body', outcome: 'failed', body: { paused: 'yes' } },
    { ...NOT_THERE, body: { paused: true } },
    { ...NO_PERMISSION, body: { paused: true } },
  ],
  'POST /connections/{id}/visibility': [
    { name: 'with an invalid body', outcome: 'failed', body: { decision: 'perhaps' } },
    { name: 'with nothing to decide', outcome: 'failed', body: { decision: 'acceptDeletions' } },
    { ...NOT_THERE, body: { decision: 'acceptDeletions' } },
    { ...NO_PERMISSION, body: { decision: 'acceptDeletions' } },
  ],
  'PUT /customers/{id}': [
    { name: 'that succeeds', outcome: 'succeeded', id: 'contoso', body: newCustomer() },
    { name: 'with an invalid body', outcome: 'failed', id: 'contoso', body: {} },
    { ...NO_PERMISSION, id: 'contoso', body: newCustomer() },
  ],
  'PUT /subscriptions/{id}': [
    { name: 'that succeeds', outcome: 'succeeded', id: 'sub-1', body: newSubscription() },
    { name: 'with an invalid body', outcome: 'failed', id: 'sub-1', body: {} },
    {
      name: 'of a customer that is not there',
      outcome: 'failed',
      id: 'sub-2',
      body: newSubscription({ customerId: 'nobody' }),
    },
    { ...NO_PERMISSION, id: 'sub-1', body: newSubscription() },
  ],
  'POST /charges': [
    { name: 'that succeeds', outcome: 'succeeded', body: newCharge({ id: 'charge-1' }) },
    { name: 'with an invalid body', outcome: 'failed', body: {} },
    {
      name: 'with other content under a known id',
      outcome: 'failed',
      body: newCharge({ id: 'charge-1', quantity: 7 }),
    },
    { ...NO_PERMISSION, body: newCharge() },
  ],
  // One that succeeds leaves a second entry, of the mapping; the tests of the templates see to that. A preview changes nothing.
  'POST /connections/{id}/customer-mappings/create-company': [
    { name: 'with an invalid body', outcome: 'failed', body: {} },
    { name: 'that lacks members', outcome: 'failed', body: { customerId: 'contoso', preview: false } },
    { ...NOT_THERE, body: { customerId: 'contoso' } },
    { ...NO_PERMISSION, body: { customerId: 'contoso' } },
    { ...NO_TIER, body: { customerId: 'contoso' } },
  ],
  'POST /connections/{id}/offer-mappings/create-service': [
    { name: 'with an invalid body', outcome: 'failed', body: {} },
    { name: 'that lacks members', outcome: 'failed', body: { offer: OFFER, preview: false } },
    { ...NOT_THERE, body: { offer: OFFER } },
    { ...NO_PERMISSION, body: { offer: OFFER } },
    { ...NO_TIER, body: { offer: OFFER } },
  ],
  'POST /connections/{id}/subscription-mappings/create-contract': [
    { name: 'with an invalid body', outcome: 'failed', body: {} },
    { name: 'of an unmapped customer', outcome: 'failed', body: { subscriptionId: 'sub-1' } },
    { ...NOT_THERE, body: { subscriptionId: 'sub-1' } },
    { ...NO_PERMISSION, body: { subscriptionId: 'sub-1' } },
    { ...NO_TIER, body: { subscriptionId: 'sub-1' } },
  ],
  'DELETE /connections/{id}': [
    NOT_THERE,
    NO_PERMISSION,
    NO_TIER,
    { name: 'that succeeds', outcome: 'succeeded' },
  ],
  'GET /audit-entries/export.csv': [
    { name: 'that succeeds', outcome: 'succeeded' },
    { ...NO_PERMISSION, as: 'reader' },
  ],
  'GET /audit-entries/export.jsonl': [
    { name: 'that succeeds', outcome: 'succeeded' },
    { ...NO_PERMISSION, as: 'reader' },
  ],
};

/** Mutating operations that leave no entry, and why. */
const WITHOUT_ENTRY: Readonly<Record<string, string>> = {};

/** Operations that read but are audited all the same, because they take the log out of the application. */
const AUDITED_READS = ['GET /audit-entries/export.csv', 'GET /audit-entries/export.jsonl'];

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

  const cases = Object.entries(ATTEMPTS).flatMap(([operation, attempts]) =>
    attempts.map((attempt): [string, string, Attempt] => [operation, attempt.name, attempt]),
  );
  it.each(cases)(
    'holds exactly one entry of %s %s',
    async (operation, _, { outcome, body, as = 'admin', id }) => {
      const [method = '', template = ''] = operation.split(' ');
      const before = (await connector.newestAuditEntry()).sequence;
      const path = template.replace('{id}', id ?? connectionId);
      const answer = await connector.as(as).send(method, path, body);
      expect(answer.status < 400).toBe(outcome === 'succeeded');
      const entries = (await connector.audit('', 5)).filter(
        // A run that was started goes on by itself and may leave an entry of its own, with another correlation id.
        ({ sequence, correlationId }) =>
          sequence > before && correlationId === answer.headers.get('x-request-id'),
      );
      expect(entries.map((entry) => [entry.outcome, entry.actor.id])).toEqual([[outcome, as]]);
    },
  );
});
