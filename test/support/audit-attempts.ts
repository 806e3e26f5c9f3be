import { reconLine } from './builders/bill.builder.js';
import { EXCHANGE, newCharge, newCustomer, newSubscription } from './builders/subscription.builder.js';
import { newConnection } from './connector.js';
import type { TOKENS } from './test-actors.js';

type ActorName = keyof typeof TOKENS;

/** One way to call a mutating operation, and the outcome its one entry must have. */
export interface Attempt {
  name: string;
  outcome: 'succeeded' | 'failed';
  body?: unknown;
  as?: ActorName;
  /** What the path names; default the connection that is there. */
  id?: string;
  /** What the path names after that; default nothing that is there. */
  below?: string;
  /** Default: JSON. */
  mediaType?: string;
}

const { name: _, ...OFFER } = EXCHANGE;
/** The id of nothing. */
export const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const NO_PERMISSION: Attempt = { name: 'without the permission', outcome: 'failed', as: 'auditor' };
const NOT_THERE: Attempt = { name: 'of nothing that is there', outcome: 'failed', id: UNKNOWN };
/** As a form of another site would send it. */
const NO_JSON: Attempt = {
  name: 'in another media type',
  outcome: 'failed',
  body: 'a=b',
  mediaType: 'application/x-www-form-urlencoded',
};
const NO_TIER: Attempt = { name: 'by a customer', outcome: 'failed', as: 'customer' };

/** What billing and mapping do when they succeed takes a mapped subscription: see `ENTRIES_OF_SUCCESS`. */
function refusals(body?: unknown): Attempt[] {
  return [
    { ...NOT_THERE, body },
    { ...NO_PERMISSION, body },
  ];
}

/** The same of what lies below a connection, which only the tiers that manage it may change. */
function refusalsBelow(body?: unknown): Attempt[] {
  return [...refusals(body), { ...NO_TIER, body }];
}

const INVALID: Attempt = { name: 'with an invalid body', outcome: 'failed', body: {} };
const MAPPINGS = ['customer', 'offer', 'subscription'].flatMap((kind): [string, Attempt[]][] => [
  [`PUT /connections/{id}/${kind}-mappings`, [INVALID, NO_PERMISSION, NO_TIER]],
  [`POST /connections/{id}/${kind}-mappings/accept`, [INVALID, NO_PERMISSION, NO_TIER]],
  [
    `POST /connections/{id}/${kind}-mappings/import`,
    [
      NO_PERMISSION,
      { ...NO_JSON, body: {}, mediaType: 'application/json' },
      {
        name: 'that is too large',
        outcome: 'failed',
        body: 'x'.repeat(9 * 1_048_576),
        mediaType: 'text/csv',
      },
    ],
  ],
]);
const BILLING: Readonly<Record<string, Attempt[]>> = {
  'POST /connections/{id}/plans': refusalsBelow(),
  'PATCH /plans/{id}/steps/{stepId}': refusals({ dismissed: true, reason: 'Not now' }),
  'POST /plans/{id}/apply': refusals({}),
  'POST /operations/{id}/retry': refusals(),
  'POST /operations/{id}/dismiss': refusals(),
  'POST /operations/{id}/compensate': refusals(),
  'POST /subscriptions/{id}/sync': refusals(),
  'POST /connections/{id}/pushes/resume': refusalsBelow(),
  'PUT /connections/{id}/margin-rules/{ruleId}': [
    { name: 'that succeeds', outcome: 'succeeded', body: { method: 'markupOnList', percent: '10' } },
    INVALID,
    { ...INVALID, name: 'under a bad id', below: 'a%20b', body: { method: 'markupOnList', percent: '10' } },
    {
      ...INVALID,
      name: 'whose fields do not agree',
      body: { method: 'markupOnList', percent: '10', skuId: 'without-a-product' },
    },
    NO_PERMISSION,
    { ...NO_TIER, body: { method: 'markupOnList', percent: '10' } },
    { ...NOT_THERE, body: { method: 'markupOnList', percent: '10' } },
  ],
  'DELETE /connections/{id}/margin-rules/{ruleId}': refusalsBelow(),
  'POST /drift/{id}/keep': refusals(),
  'POST /drift/{id}/correct': refusals(),
  'POST /connections/{id}/reconciliation/{month}/close': refusalsBelow(),
  'POST /connections/{id}/reconciliation/{month}/plans': refusalsBelow({ findingIds: ['a'] }),
  'DELETE /connections/{id}/customer-mappings/{customerId}': refusalsBelow(),
  'DELETE /connections/{id}/offer-mappings/{mappingId}': refusalsBelow(),
  'DELETE /connections/{id}/subscription-mappings/{subscriptionId}': refusalsBelow(),
};

/** Every mutating operation of the API with the ways it can go; a new one has to be added, or listed below with a reason. */
export const ATTEMPTS: Readonly<Record<string, Attempt[]>> = {
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
    NO_JSON,
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
    NO_TIER,
  ],
  // A run that can still be cancelled takes time: see `ENTRIES_OF_SUCCESS`.
  'POST /sync-runs/{id}/cancel': [NOT_THERE, { ...NO_PERMISSION, id: UNKNOWN }],
  'PATCH /connections/{id}/sync-schedule': [
    { name: 'that succeeds', outcome: 'succeeded', body: { paused: true } },
    { name: 'with an invalid body', outcome: 'failed', body: { paused: 'yes' } },
    { ...NOT_THERE, body: { paused: true } },
    { ...NO_PERMISSION, body: { paused: true } },
    { ...NO_TIER, body: { paused: true } },
  ],
  'POST /connections/{id}/visibility': [
    { name: 'with an invalid body', outcome: 'failed', body: { decision: 'perhaps' } },
    { name: 'with nothing to decide', outcome: 'failed', body: { decision: 'acceptDeletions' } },
    { ...NOT_THERE, body: { decision: 'acceptDeletions' } },
    { ...NO_PERMISSION, body: { decision: 'acceptDeletions' } },
    { ...NO_TIER, body: { decision: 'acceptDeletions' } },
  ],
  'PUT /customers/{id}': [
    { name: 'that succeeds', outcome: 'succeeded', id: 'contoso', body: newCustomer() },
    { name: 'with an invalid body', outcome: 'failed', id: 'contoso', body: {} },
    { ...NO_PERMISSION, id: 'contoso', body: newCustomer() },
    { ...NO_TIER, id: 'contoso', body: newCustomer() },
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
    { ...NO_TIER, id: 'sub-1', body: newSubscription() },
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
    { ...NO_TIER, body: newCharge() },
  ],
  // What the worker stores leaves an entry of its own, under another correlation id; the tests of the imports see to it.
  'POST /imports/partner-center': [
    { name: 'that succeeds', outcome: 'succeeded', body: { items: [reconLine()] } },
    { name: 'that is no bill', outcome: 'failed', body: { items: [{ id: 1 }] } },
    NO_JSON,
    { ...NO_PERMISSION, body: { items: [reconLine()] } },
    { ...NO_TIER, body: { items: [reconLine()] } },
  ],
  // One that succeeds leaves a second entry, of the mapping: see `ENTRIES_OF_SUCCESS`. A preview changes nothing.
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
  ...Object.fromEntries(MAPPINGS),
  ...BILLING,
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
export const WITHOUT_ENTRY: Readonly<Record<string, string>> = {};

/** Operations that read but are audited all the same, because they take the log out of the application. */
export const AUDITED_READS = ['GET /audit-entries/export.csv', 'GET /audit-entries/export.jsonl'];
