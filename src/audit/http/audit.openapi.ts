import {
  jsonAnswer,
  objectOf,
  type OpenApiFragment,
  type OpenApiOperation,
  openApiTypes as types,
  PAGE_PARAMETERS,
  pageOf,
  problems,
  queryParameter,
  ref,
} from '../../platform/http/openapi.js';

const HASH = { type: 'string', pattern: '^[0-9a-f]{64}$' };
const SEQUENCE_TEXT = { type: 'string', pattern: '^\\d+$' };

const FILTER_PARAMETERS = [
  queryParameter('from', types.instant),
  queryParameter('to', types.instant),
  queryParameter('operation', types.text),
  queryParameter('outcome', types.oneOf('succeeded', 'failed')),
  queryParameter('actor', types.text),
  queryParameter('connectionId', types.id),
  queryParameter('text', types.text),
];

function exportOf(format: string, mediaType: string, description: string): OpenApiOperation {
  return {
    operationId: `exportAuditLogAs${format}`,
    summary: 'The audit log of the tenant with its chain, oldest first; leaves an entry `Export Audit Log`',
    tags: ['Audit log'],
    parameters: FILTER_PARAMETERS,
    responses: {
      200: { description, content: { [mediaType]: { schema: types.text } } },
      ...problems(401, 403, 422),
    },
  };
}

export const AUDIT_OPENAPI: OpenApiFragment = {
  paths: {
    '/audit-entries': {
      get: {
        operationId: 'listAuditEntries',
        summary: 'Audit entries of the tenant, newest first; a page may be short and still have a next one',
        tags: ['Audit log'],
        parameters: [...PAGE_PARAMETERS, ...FILTER_PARAMETERS],
        responses: { 200: jsonAnswer('A page', pageOf('AuditEntry')), ...problems(401, 403, 422) },
      },
    },
    '/audit-entries/verify': {
      get: {
        operationId: 'verifyAuditLog',
        summary:
          'Recomputes the hash chain of the tenant; whoever asks while it is done gets the same report, and few tenants are done at once',
        tags: ['Audit log'],
        responses: {
          200: jsonAnswer('What was found, also when the chain is broken', ref('AuditChainReport')),
          ...problems(401, 403, 429),
        },
      },
    },
    '/audit-entries/checkpoints': {
      get: {
        operationId: 'listAuditCheckpoints',
        summary: 'Signed checkpoints of the chain of the tenant, newest first',
        tags: ['Audit log'],
        parameters: [...PAGE_PARAMETERS],
        responses: { 200: jsonAnswer('A page', pageOf('AuditCheckpoint')), ...problems(401, 403, 422) },
      },
    },
    '/audit-entries/export.csv': {
      get: exportOf('Csv', 'text/csv', 'One line per entry; the last column is the hashed text'),
    },
    '/audit-entries/export.jsonl': {
      get: exportOf('JsonLines', 'application/jsonl', 'One entry per line, as the list shows it'),
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
      previousHash: HASH,
      hash: HASH,
    }),
    ActorName: objectOf({ id: types.text, name: types.text }),
    AuditChainReport: objectOf({
      tenantId: types.text,
      isIntact: types.flag,
      verified: types.count,
      start: ref('AuditChainPoint'),
      head: ref('AuditChainPoint'),
      problem: types.nullable(
        objectOf({
          kind: types.oneOf('changed', 'missing', 'reordered', 'head', 'checkpoint'),
          sequence: SEQUENCE_TEXT,
          entryId: types.nullable(types.id),
          detail: types.text,
        }),
      ),
      checkpoints: types.count,
      areKeysCompared: types.flag,
    }),
    AuditCheckpoint: objectOf({
      tenantId: types.text,
      sequence: SEQUENCE_TEXT,
      hash: HASH,
      createdAt: types.instant,
      keyId: types.text,
      publicKey: types.text,
      signature: types.text,
    }),
    AuditChainPoint: objectOf({ sequence: SEQUENCE_TEXT, hash: HASH }),
  },
};
