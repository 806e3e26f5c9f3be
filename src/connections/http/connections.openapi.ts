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
  ref,
  type Schema,
} from '../../platform/http/openapi.js';

const TAGS = ['Connections'];
const ID = [pathParameter('id')];
const REPORT_ANSWER = jsonAnswer(
  'The report, whether it passed or failed',
  objectOf({ accessReport: ref('AccessReport') }),
);
const text = (maxLength: number): Schema => ({ type: 'string', minLength: 1, maxLength });

const VERB = types.oneOf('query', 'create', 'update', 'delete');
const CAPABILITY = types.oneOf('billing', 'crm', 'helpdesk');

const POLICIES = {
  applyMode: types.oneOf('automatic', 'approval'),
  decrease: types.oneOf('sameDay', 'nextPeriod'),
  cancel: types.oneOf('sameDay', 'periodEnd'),
  azure: types.oneOf('charge', 'priceReset'),
  charges: types.oneOf('itemised', 'bundled'),
  prices: types.oneOf('platform', 'marginRules'),
  renewal: types.oneOf('extend', 'nextContract'),
};
const BILLING_CODE: Schema = { type: 'string', pattern: String.raw`^[1-9]\d{0,17}$` };
const SET_POLICIES = {
  chargeBillingCodeId: BILLING_CODE,
  chargeDescription: text(100),
  secondApproverAbove: ref('Money'),
};

const SCHEMAS: OpenApiFragment['schemas'] = {
  Capabilities: objectOf({ billing: types.flag, crm: types.flag, helpdesk: types.flag }),
  AccessReport: objectOf({
    outcome: types.oneOf('passed', 'failed'),
    checkedAt: types.instant,
    capabilities: ref('Capabilities'),
    checks: types.listOf(ref('AccessCheck')),
    excess: types.listOf(objectOf({ entity: types.text, verb: VERB })),
  }),
  AccessCheck: objectOf(
    {
      id: types.text,
      title: types.text,
      outcome: types.oneOf('passed', 'failed', 'unknown', 'skipped'),
      detail: types.text,
      remedy: types.text,
      capability: CAPABILITY,
      entity: types.text,
      verb: VERB,
      found: types.text,
    },
    ['remedy', 'capability', 'entity', 'verb', 'found'],
  ),
  Credentials: objectOf(
    {
      username: text(200),
      secret: { ...text(500), writeOnly: true },
      integrationCode: { type: ['string', 'null'], minLength: 1, maxLength: 100, writeOnly: true },
    },
    ['integrationCode'],
  ),
  NewConnection: objectOf({
    provider: types.oneOf('autotask'),
    alias: text(100),
    currency: { type: 'string', pattern: '^[A-Z]{3}$' },
    credentials: ref('Credentials'),
  }),
  Policies: objectOf({ ...POLICIES, ...SET_POLICIES }, Object.keys(SET_POLICIES)),
  PoliciesChange: objectOf(
    {
      ...POLICIES,
      chargeBillingCodeId: types.nullable(BILLING_CODE),
      chargeDescription: types.nullable(text(100)),
      secondApproverAbove: types.nullable(ref('Money')),
    },
    [...Object.keys(POLICIES), ...Object.keys(SET_POLICIES)],
  ),
  ConnectionChange: {
    ...objectOf(
      {
        alias: text(100),
        enabled: types.flag,
        credentials: ref('Credentials'),
        policies: ref('PoliciesChange'),
      },
      ['alias', 'enabled', 'credentials', 'policies'],
    ),
    minProperties: 1,
  },
  Connection: objectOf({
    id: types.id,
    provider: types.text,
    alias: types.text,
    currency: { type: 'string', pattern: '^[A-Z]{3}$' },
    state: types.oneOf('active', 'attention', 'disabled'),
    username: types.text,
    instance: objectOf({ id: types.text, zoneName: types.text, apiUrl: types.text, webUrl: types.text }),
    capabilities: ref('Capabilities'),
    accessReport: ref('AccessReport'),
    policies: ref('Policies'),
    createdAt: types.instant,
    createdBy: ref('ActorName'),
  }),
};

export const CONNECTIONS_OPENAPI: OpenApiFragment = {
  paths: {
    '/connections': {
      post: {
        operationId: 'createConnection',
        summary: 'Check the access of an API user and add the connection when it passes',
        tags: TAGS,
        requestBody: jsonBody(ref('NewConnection')),
        responses: {
          201: jsonAnswer('Added', ref('Connection')),
          ...problems(400, 401, 403, 409, 422, 502, 503),
        },
      },
      get: {
        operationId: 'listConnections',
        summary: 'Connections of the tenant, oldest first',
        tags: TAGS,
        parameters: [...PAGE_PARAMETERS],
        responses: { 200: jsonAnswer('A page', pageOf('Connection')), ...problems(401, 403, 422) },
      },
    },
    '/connections/check': {
      post: {
        operationId: 'testConnection',
        summary: 'Check the access of an API user without saving anything',
        tags: TAGS,
        requestBody: jsonBody(ref('NewConnection')),
        responses: { 200: REPORT_ANSWER, ...problems(400, 401, 403, 422) },
      },
    },
    '/connections/{id}': {
      get: {
        operationId: 'getConnection',
        summary: 'One connection',
        tags: TAGS,
        parameters: ID,
        responses: { 200: jsonAnswer('The connection', ref('Connection')), ...problems(401, 403, 404) },
      },
      patch: {
        operationId: 'updateConnection',
        summary: 'Rename, enable or disable, rotate credentials; all or nothing',
        tags: TAGS,
        parameters: ID,
        requestBody: jsonBody(ref('ConnectionChange')),
        responses: {
          200: jsonAnswer('As it is now', ref('Connection')),
          ...problems(400, 401, 403, 404, 409, 422, 502, 503),
        },
      },
      delete: {
        operationId: 'removeConnection',
        summary: 'Remove the connection and destroy its credentials',
        tags: TAGS,
        parameters: ID,
        responses: { 204: { description: 'Removed' }, ...problems(401, 403, 404) },
      },
    },
    '/connections/{id}/check': {
      post: {
        operationId: 'checkConnection',
        summary: 'Check the access of a saved connection again',
        tags: TAGS,
        parameters: ID,
        responses: { 200: REPORT_ANSWER, ...problems(401, 403, 404, 422) },
      },
    },
  },
  schemas: SCHEMAS,
};
