import {
  jsonAnswer,
  jsonBody,
  objectOf,
  type OpenApiFragment,
  type OpenApiOperation,
  openApiTypes as types,
  PAGE_PARAMETERS,
  pageOf,
  pathParameter,
  problems,
  queryParameter,
  ref,
  type Schema,
} from '../../platform/http/openapi.js';
import {
  BILLING_CYCLES,
  CHARGE_KINDS,
  SUBSCRIPTION_KINDS,
  SUBSCRIPTION_STATUSES,
  TERMS,
} from '../../ports/host/subscription-source.port.js';

const TAGS = ['Customers, subscriptions and charges'];
const ID = [pathParameter('id')];
const text = (maxLength: number): Schema => ({ type: 'string', minLength: 1, maxLength });
const nullableText = (maxLength: number): Schema => ({ type: ['string', 'null'], minLength: 1, maxLength });
const externalId: Schema = { type: 'string', pattern: '^[!-~]{1,100}$' };
const nullableDay: Schema = { type: ['string', 'null'], format: 'date' };
const nullableFlag: Schema = { type: ['boolean', 'null'] };
const decimal: Schema = { type: 'string', pattern: '^\\d+(\\.\\d+)?$' };

const offerKey = {
  productId: externalId,
  skuId: externalId,
  segment: text(50),
  term: types.oneOf(...TERMS),
  billingCycle: types.oneOf(...BILLING_CYCLES),
};

const customer = { name: text(200), domain: nullableText(253), country: nullableText(2) };
const subscription = {
  customerId: externalId,
  offer: ref('Offer'),
  kind: types.oneOf(...SUBSCRIPTION_KINDS),
  quantity: types.count,
  status: types.oneOf(...SUBSCRIPTION_STATUSES),
  startsOn: types.day,
  commitmentEndsOn: nullableDay,
  friendlyName: nullableText(200),
  autoRenew: nullableFlag,
  promotionId: nullableText(100),
  unitCost: ref('Money'),
  unitPrice: ref('Money'),
  listPrice: types.nullable(ref('Money')),
  erpPrice: types.nullable(ref('Money')),
};
const OPTIONAL = [
  'commitmentEndsOn',
  'friendlyName',
  'autoRenew',
  'promotionId',
  'listPrice',
  'erpPrice',
  'effectiveOn',
];
const charge = {
  id: externalId,
  customerId: externalId,
  subscriptionId: types.nullable(externalId),
  kind: types.oneOf(...CHARGE_KINDS),
  description: text(500),
  servicePeriod: objectOf({ from: types.day, to: types.day }),
  unitCost: ref('Money'),
  unitPrice: ref('Money'),
};

const SCHEMAS: OpenApiFragment['schemas'] = {
  OfferKey: objectOf(offerKey),
  Offer: objectOf({ ...offerKey, name: text(200) }),
  CustomerValues: objectOf(customer, ['domain', 'country']),
  Customer: objectOf({ id: externalId, ...customer }),
  SubscriptionValues: objectOf({ ...subscription, effectiveOn: nullableDay }, OPTIONAL),
  Subscription: objectOf({
    id: externalId,
    ...subscription,
    effectiveOn: types.day,
    revision: { type: 'integer', minimum: 1 },
  }),
  NewCharge: objectOf({ ...charge, quantity: { anyOf: [decimal, { type: 'number', minimum: 0 }] } }, [
    'subscriptionId',
  ]),
  Charge: objectOf({ ...charge, quantity: decimal }),
};

function list(operationId: string, summary: string, item: string, parameters: Schema[]): OpenApiOperation {
  return {
    operationId,
    summary,
    tags: TAGS,
    parameters: [...parameters, ...PAGE_PARAMETERS],
    responses: { 200: jsonAnswer('A page, by id', pageOf(item)), ...problems(401, 403, 422) },
  };
}

function one(operationId: string, summary: string, item: string): OpenApiOperation {
  return {
    operationId,
    summary,
    tags: TAGS,
    parameters: ID,
    responses: { 200: jsonAnswer('As recorded', ref(item)), ...problems(401, 403, 404) },
  };
}

function put(operationId: string, summary: string, values: string, item: string): OpenApiOperation {
  return {
    operationId,
    summary,
    tags: TAGS,
    parameters: ID,
    requestBody: jsonBody(ref(values)),
    responses: {
      200: jsonAnswer('As it is recorded now', ref(item)),
      201: jsonAnswer('Recorded for the first time', ref(item)),
      ...problems(400, 401, 403, 409, 422),
    },
  };
}

const READS: OpenApiFragment['paths'] = {
  '/customers': {
    get: list('listCustomers', 'Customers of the tenant', 'Customer', [queryParameter('search', types.text)]),
  },
  '/customers/{id}': { get: one('getCustomer', 'One customer', 'Customer') },
  '/subscriptions': {
    get: list('listSubscriptions', 'Subscriptions of the tenant, cancelled ones included', 'Subscription', [
      queryParameter('customerId', types.text),
    ]),
  },
  '/subscriptions/{id}': { get: one('getSubscription', 'One subscription', 'Subscription') },
  '/charges': {
    get: list('listCharges', 'Charges whose service period ends in these days, both included', 'Charge', [
      { ...queryParameter('from', types.day), required: true },
      { ...queryParameter('to', types.day), required: true },
    ]),
  },
};

/** What the connector's own store adds. */
const WRITES: OpenApiFragment['paths'] = {
  '/customers/{id}': {
    put: put(
      'recordCustomer',
      'Record a customer; equal values change nothing',
      'CustomerValues',
      'Customer',
    ),
  },
  '/subscriptions/{id}': {
    put: put(
      'recordSubscription',
      'Record a subscription or its next revision; equal values change nothing',
      'SubscriptionValues',
      'Subscription',
    ),
  },
  '/subscriptions/{id}/revisions': {
    get: {
      ...list('listSubscriptionRevisions', 'Every recorded state, newest first', 'Subscription', ID),
      responses: {
        200: jsonAnswer('A page, newest first', pageOf('Subscription')),
        ...problems(401, 403, 404, 422),
      },
    },
  },
  '/charges': {
    post: {
      operationId: 'recordCharge',
      summary: 'Record a charge; the same again answers the same, other content under the id is a conflict',
      tags: TAGS,
      requestBody: jsonBody(ref('NewCharge')),
      responses: { 201: jsonAnswer('As recorded', ref('Charge')), ...problems(400, 401, 403, 409, 422) },
    },
  },
  '/charges/{id}': { get: one('getCharge', 'One charge', 'Charge') },
};

function merged(reads: OpenApiFragment['paths'], writes: OpenApiFragment['paths']): OpenApiFragment['paths'] {
  const paths = { ...reads };
  for (const [path, operations] of Object.entries(writes)) paths[path] = { ...paths[path], ...operations };
  return paths;
}

/** Of a host that supplies its own subscriptions. */
export const SUBSCRIPTION_SOURCE_OPENAPI: OpenApiFragment = { paths: READS, schemas: SCHEMAS };

/** With the connector's own store. */
export const SUBSCRIPTION_STORE_OPENAPI: OpenApiFragment = { paths: merged(READS, WRITES), schemas: SCHEMAS };
