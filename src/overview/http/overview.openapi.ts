import {
  jsonAnswer,
  objectOf,
  type OpenApiFragment,
  openApiTypes as types,
  problems,
  ref,
} from '../../platform/http/openapi.js';

export const OVERVIEW_OPENAPI: OpenApiFragment = {
  paths: {
    '/session': {
      get: {
        operationId: 'getSession',
        summary: 'Who is signed in, and what the host wants everybody to know',
        tags: ['Session'],
        responses: { 200: jsonAnswer('The session', ref('Session')), ...problems(401) },
      },
    },
    '/overview': {
      get: {
        operationId: 'getOverview',
        summary: 'What needs a person now, and what recurs, of every connection of the tenant',
        tags: ['Overview'],
        responses: { 200: jsonAnswer('The overview', ref('Overview')), ...problems(401, 403) },
      },
    },
    '/health/live': {
      get: {
        operationId: 'isLive',
        summary: 'Whether the process answers',
        tags: ['Health'],
        security: [],
        responses: { 200: jsonAnswer('It does', ref('Health')) },
      },
    },
    '/health/ready': {
      get: {
        operationId: 'isReady',
        summary:
          'Whether the process can do its work: database, migrations, job queue, master key; `checks` of the problem says what is missing',
        tags: ['Health'],
        security: [],
        responses: { 200: jsonAnswer('It does', ref('Health')), ...problems(503) },
      },
    },
    '/metrics': {
      get: {
        operationId: 'getMetrics',
        summary: "Figures of the requests to all tenants' PSA instances, for Prometheus",
        tags: ['Health'],
        responses: {
          200: { description: 'Metrics', content: { 'text/plain': { schema: types.text } } },
          ...problems(401, 403, 404),
        },
      },
    },
    '/openapi.json': {
      get: {
        operationId: 'getOpenApi',
        summary: 'This document',
        tags: ['API'],
        security: [],
        responses: { 200: jsonAnswer('OpenAPI 3.1', { type: 'object' }) },
      },
    },
  },
  schemas: {
    Session: objectOf({
      actor: objectOf({
        id: types.text,
        name: types.text,
        tier: types.oneOf('csp', 'reseller', 'customer'),
        tenantId: types.text,
        permissions: types.listOf(types.text),
      }),
      notices: types.listOf(types.text),
    }),
    Overview: objectOf({
      day: types.day,
      monthlyRecurring: types.listOf(ref('Money')),
      connections: types.listOf(ref('ConnectionOverview')),
    }),
    ConnectionOverview: objectOf({
      connectionId: types.id,
      alias: types.text,
      currency: types.text,
      state: types.oneOf('active', 'attention', 'disabled'),
      failedOperations: types.count,
      openOperations: types.count,
      waitingSubscriptions: types.count,
      plansToApprove: types.count,
      openDrift: types.count,
      driftImpact: ref('Money'),
      stopReason: types.nullableText,
      monthlyRecurring: ref('Money'),
      recurringLines: types.count,
      apiBudget: ref('ApiBudget'),
    }),
    ApiBudget: objectOf({
      limit: types.count,
      windowMinutes: types.count,
      used: types.count,
      own: types.count,
      others: types.count,
      closedUntil: types.nullableInstant,
    }),
    Health: objectOf({ status: types.oneOf('ok') }),
  },
};
