import {
  jsonAnswer,
  objectOf,
  type OpenApiFragment,
  openApiTypes as types,
  PAGE_PARAMETERS,
  pageOf,
  problems,
  queryParameter,
  ref,
} from '../../platform/http/openapi.js';

export const AUDIT_OPENAPI: OpenApiFragment = {
  paths: {
    '/audit-entries': {
      get: {
        operationId: 'listAuditEntries',
        summary: 'Audit entries of the tenant, newest first',
        tags: ['Audit log'],
        parameters: [
          ...PAGE_PARAMETERS,
          queryParameter('from', types.instant),
          queryParameter('to', types.instant),
          queryParameter('operation', types.text),
          queryParameter('outcome', types.oneOf('succeeded', 'failed')),
          queryParameter('actor', types.text),
          queryParameter('connectionId', types.id),
          queryParameter('text', types.text),
        ],
        responses: { 200: jsonAnswer('A page', pageOf('AuditEntry')), ...problems(401, 403, 422) },
      },
    },
  },
  schemas: {
    AuditEntry: objectOf({
      id: types.id,
      sequence: { type: 'integer', minimum: 1 },
      occurredAt: types.instant,
      operation: types.text,
      outcome: types.oneOf('succeeded', 'failed'),
      actor: ref('ActorName'),
      tenantId: types.text,
      connectionId: types.nullable(types.id),
      subject: objectOf({ type: types.text, id: types.nullableText, label: types.text }),
      details: { type: 'object' },
      correlationId: types.text,
      previousHash: { type: 'string', pattern: '^[0-9a-f]{64}$' },
      hash: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    }),
    ActorName: objectOf({ id: types.text, name: types.text }),
  },
};
