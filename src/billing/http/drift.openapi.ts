import {
  jsonAnswer,
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

const TAGS = ['Billing drift'];
const ID = [pathParameter('id')];
const STATE = types.oneOf('open', 'kept', 'corrected', 'gone');

export const DRIFT_OPENAPI: OpenApiFragment = {
  paths: {
    '/connections/{id}/drift': {
      get: {
        operationId: 'listDrift',
        summary:
          'Contract services that hold something else than what was last applied, or are billed on although their subscription left them, newest first',
        tags: TAGS,
        parameters: [...ID, queryParameter('state', STATE), ...PAGE_PARAMETERS],
        responses: { 200: jsonAnswer('A page', pageOf('DriftFinding')), ...problems(401, 403, 404, 422) },
      },
    },
    '/drift/{id}/keep': {
      post: {
        operationId: 'keepDrift',
        summary:
          'What the PSA holds is right; the same difference is not shown again, and a service that was left is given up',
        tags: TAGS,
        parameters: ID,
        responses: { 200: jsonAnswer('The finding', ref('DriftFinding')), ...problems(401, 403, 404, 409) },
      },
    },
    '/drift/{id}/correct': {
      post: {
        operationId: 'correctDrift',
        summary:
          'What was applied is right: make the plan that restores it, or takes the units off a service that was left',
        tags: TAGS,
        parameters: ID,
        responses: {
          201: jsonAnswer('The plan, to be applied like any other', ref('BillingPlan')),
          ...problems(401, 403, 404, 409, 422, 502, 503),
        },
      },
    },
  },
  schemas: {
    DriftFinding: objectOf(
      {
        id: types.id,
        connectionId: types.id,
        subscriptionId: types.text,
        subject: ref('BilledSubject'),
        contractId: types.text,
        cause: types.oneOf('changed', 'left'),
        expected: ref('LineValues'),
        actual: ref('LineValues'),
        impact: ref('Money'),
        state: STATE,
        foundAt: types.instant,
        seenAt: types.instant,
        decidedAt: types.nullableInstant,
        decidedBy: types.nullable(objectOf({ id: types.text, name: types.text })),
      },
      ['subject'],
    ),
  },
};
