import {
  jsonAnswer,
  jsonBody,
  objectOf,
  type OpenApiFragment,
  openApiTypes as types,
  PAGE_PARAMETERS,
  pageOf,
  pathParameter,
  problems,
  queryParameter,
  ref,
} from '../../platform/http/openapi.js';

const PLANS = ['Billing plans'];
const OPERATIONS = ['Billing operations'];
const ID = [pathParameter('id')];
const KIND = types.oneOf(
  'addService',
  'adjustUnits',
  'adjustPrice',
  'createCharge',
  'updateCharge',
  'extendContract',
);
const OPERATION_STATE = types.oneOf('pending', 'sending', 'verifying', 'applied', 'failed', 'dismissed');
const PERSON = objectOf({ id: types.text, name: types.text });
const PUSHES = jsonAnswer('Whether operations are sent', ref('Pushes'));
const OPERATION = jsonAnswer('The operation', ref('Operation'));

const CHARGE = objectOf(
  {
    id: types.text,
    name: types.text,
    description: types.text,
    quantity: types.text,
    unitPrice: ref('Money'),
    unitCost: ref('Money'),
    conversion: objectOf({ from: ref('Money'), rate: types.text }),
    replaces: objectOf({ chargeId: types.text, price: ref('Money'), cost: ref('Money') }),
  },
  ['description', 'conversion', 'replaces'],
);

const SCHEMAS: OpenApiFragment['schemas'] = {
  BilledSubject: {
    ...objectOf({ subscriptionName: types.text, customerId: types.text, customerName: types.text }),
    description: 'What people call a subscription and whoever bought it',
  },
  LineValues: objectOf({
    units: types.count,
    unitPrice: types.nullable(ref('Money')),
    unitCost: types.nullable(ref('Money')),
  }),
  PlanStep: objectOf(
    {
      id: types.id,
      kind: KIND,
      identity: types.text,
      subscriptionId: types.text,
      subject: ref('BilledSubject'),
      contractId: types.text,
      contractServiceId: types.text,
      serviceId: types.text,
      before: ref('LineValues'),
      after: ref('LineValues'),
      effectiveOn: types.day,
      period: objectOf({ start: types.day, end: types.day, posted: types.flag }),
      impactPerPeriod: ref('Money'),
      impact: ref('Money'),
      reason: types.text,
      rule: types.text,
      contractEndsOn: types.day,
      charge: CHARGE,
      amounts: types.listOf(objectOf({ key: types.text, price: ref('Money'), cost: ref('Money') })),
      dismissed: types.flag,
      dismissedReason: types.text,
    },
    ['subject', 'contractServiceId', 'contractEndsOn', 'charge', 'amounts', 'dismissedReason'],
  ),
  BillingPlan: objectOf({
    id: types.id,
    connectionId: types.id,
    state: types.oneOf('draft', 'approved', 'applied', 'stale'),
    createdAt: types.instant,
    createdBy: PERSON,
    approvals: types.listOf(PERSON),
    steps: types.listOf(ref('PlanStep')),
    refusals: types.listOf(
      objectOf({ code: types.text, subscriptionId: types.text, contractId: types.text, detail: types.text }),
    ),
    total: ref('Money'),
  }),
  Operation: objectOf(
    {
      id: types.id,
      connectionId: types.id,
      planId: types.id,
      stepId: types.id,
      compensates: types.id,
      subscriptionId: types.text,
      subject: ref('BilledSubject'),
      contractId: types.text,
      kind: KIND,
      state: OPERATION_STATE,
      effectiveOn: types.day,
      unitsBefore: types.count,
      unitsAfter: types.count,
      impact: ref('Money'),
      reason: types.text,
      rule: types.text,
      attempts: types.count,
      lastError: objectOf({ code: types.text, detail: types.text }),
      externalId: types.text,
      createdAt: types.instant,
      updatedAt: types.instant,
    },
    ['planId', 'stepId', 'compensates', 'subject', 'lastError', 'externalId'],
  ),
  Pushes: objectOf({
    state: types.oneOf('running', 'stopped'),
    failures: types.count,
    stoppedAt: types.nullableInstant,
    reason: types.nullableText,
  }),
};

const PLAN_PATHS: OpenApiFragment['paths'] = {
  '/connections/{id}/plans': {
    post: {
      operationId: 'createBillingPlan',
      summary: 'Plan every change that waits, against what the PSA shows now; writes nothing to it',
      tags: PLANS,
      parameters: ID,
      responses: {
        201: jsonAnswer('The plan', ref('BillingPlan')),
        ...problems(401, 403, 404, 409, 422, 502, 503),
      },
    },
    get: {
      operationId: 'listBillingPlans',
      summary: 'Plans of a connection, newest first',
      tags: PLANS,
      parameters: [...ID, ...PAGE_PARAMETERS],
      responses: { 200: jsonAnswer('A page', pageOf('BillingPlan')), ...problems(401, 403, 404, 422) },
    },
  },
  '/plans/{id}': {
    get: {
      operationId: 'getBillingPlan',
      summary: 'One plan',
      tags: PLANS,
      parameters: ID,
      responses: { 200: jsonAnswer('The plan', ref('BillingPlan')), ...problems(401, 403, 404) },
    },
  },
  '/plans/{id}/steps/{stepId}': {
    patch: {
      operationId: 'updateBillingPlanStep',
      summary: 'Date a step later within its period, or leave it out with a reason',
      tags: PLANS,
      parameters: [...ID, pathParameter('stepId')],
      requestBody: jsonBody({
        ...objectOf({ effectiveOn: types.day, dismissed: types.flag, reason: types.text }, [
          'effectiveOn',
          'dismissed',
          'reason',
        ]),
        minProperties: 1,
      }),
      responses: {
        200: jsonAnswer('The plan', ref('BillingPlan')),
        ...problems(400, 401, 403, 404, 409, 422),
      },
    },
  },
  '/plans/{id}/apply': {
    post: {
      operationId: 'applyBillingPlan',
      summary: 'Decide on the plan, or on some of its steps; the writes are queued',
      tags: PLANS,
      parameters: ID,
      requestBody: jsonBody(objectOf({ stepIds: types.listOf(types.id) }, ['stepIds'])),
      responses: {
        202: jsonAnswer('Queued', ref('BillingPlan')),
        ...problems(400, 401, 403, 404, 409, 422, 502, 503),
      },
    },
  },
};

const OPERATION_PATHS: OpenApiFragment['paths'] = {
  '/operations': {
    get: {
      operationId: 'listOperations',
      summary: 'Intended writes, newest first',
      tags: OPERATIONS,
      parameters: [
        queryParameter('connectionId', types.id),
        queryParameter('subscriptionId', types.text),
        queryParameter('state', OPERATION_STATE),
        ...PAGE_PARAMETERS,
      ],
      responses: { 200: jsonAnswer('A page', pageOf('Operation')), ...problems(401, 403, 422) },
    },
  },
  '/operations/{id}': {
    get: {
      operationId: 'getOperation',
      summary: 'One intended write',
      tags: OPERATIONS,
      parameters: ID,
      responses: { 200: OPERATION, ...problems(401, 403, 404) },
    },
  },
  '/operations/{id}/retry': {
    post: {
      operationId: 'retryOperation',
      summary: 'Take a failed operation up again, from what the PSA holds now',
      tags: OPERATIONS,
      parameters: ID,
      responses: { 202: OPERATION, ...problems(401, 403, 404, 409, 422, 502, 503) },
    },
  },
  '/operations/{id}/dismiss': {
    post: {
      operationId: 'dismissOperation',
      summary: 'Give an operation up that is not under way',
      tags: OPERATIONS,
      parameters: ID,
      responses: { 200: OPERATION, ...problems(401, 403, 404, 409) },
    },
  },
  '/operations/{id}/compensate': {
    post: {
      operationId: 'compensateOperation',
      summary: 'Take an applied change back by a new one, which is the answer',
      tags: OPERATIONS,
      parameters: ID,
      responses: { 202: OPERATION, ...problems(401, 403, 404, 409, 422, 502, 503) },
    },
  },
  '/subscriptions/{id}/sync': {
    post: {
      operationId: 'syncSubscription',
      summary: 'Take what failed for a subscription up again, oldest first, up to the first that fails again',
      tags: OPERATIONS,
      parameters: ID,
      responses: {
        202: jsonAnswer(
          'Queued',
          objectOf({ subscriptionId: types.text, operationIds: types.listOf(types.id) }),
        ),
        ...problems(401, 403, 404, 409, 422, 502, 503),
      },
    },
  },
  '/connections/{id}/pushes': {
    get: {
      operationId: 'getPushes',
      summary: 'Whether the connection sends its operations, or was stopped after many failures',
      tags: OPERATIONS,
      parameters: ID,
      responses: { 200: PUSHES, ...problems(401, 403, 404) },
    },
  },
  '/connections/{id}/pushes/resume': {
    post: {
      operationId: 'resumePushes',
      summary: 'Let a stopped connection send again',
      tags: OPERATIONS,
      parameters: ID,
      responses: { 200: PUSHES, ...problems(401, 403, 404) },
    },
  },
};

export const BILLING_OPENAPI: OpenApiFragment = {
  paths: { ...PLAN_PATHS, ...OPERATION_PATHS },
  schemas: SCHEMAS,
};
