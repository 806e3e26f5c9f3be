import {
  jsonAnswer,
  objectOf,
  type OpenApiFragment,
  openApiTypes as types,
  PAGE_PARAMETERS,
  pageOf,
  pathParameter,
  problems,
  ref,
} from '../../platform/http/openapi.js';

const TAGS = ['Sync runs'];
const ID = [pathParameter('id')];
const STATE = types.oneOf('queued', 'running', 'succeeded', 'failed', 'cancelled');

export const SYNC_OPENAPI: OpenApiFragment = {
  paths: {
    '/connections/{id}/sync-runs': {
      post: {
        operationId: 'startSyncRun',
        summary: 'Queue a run now',
        tags: TAGS,
        parameters: ID,
        responses: {
          202: jsonAnswer('Queued', objectOf({ id: types.id, state: STATE })),
          ...problems(401, 403, 404, 409),
        },
      },
      get: {
        operationId: 'listSyncRuns',
        summary: 'Runs of a connection, newest first',
        tags: TAGS,
        parameters: [...ID, ...PAGE_PARAMETERS],
        responses: { 200: jsonAnswer('A page', pageOf('SyncRun')), ...problems(401, 403, 404, 422) },
      },
    },
    '/sync-runs/{id}': {
      get: {
        operationId: 'getSyncRun',
        summary: 'One run',
        tags: TAGS,
        parameters: ID,
        responses: { 200: jsonAnswer('The run', ref('SyncRun')), ...problems(401, 403, 404) },
      },
    },
    '/sync-runs/{id}/events': {
      get: {
        operationId: 'followSyncRun',
        summary:
          'Progress as server-sent events named `run`, each with the run as data; ends when the run has ended',
        tags: TAGS,
        parameters: ID,
        responses: {
          200: { description: 'Events', content: { 'text/event-stream': { schema: types.text } } },
          ...problems(401, 403, 404),
        },
      },
    },
  },
  schemas: {
    SyncRun: objectOf({
      id: types.id,
      connectionId: types.id,
      trigger: types.oneOf('manual', 'schedule'),
      state: STATE,
      createdAt: types.instant,
      startedAt: types.nullableInstant,
      finishedAt: types.nullableInstant,
      apiCalls: types.count,
      entities: types.listOf(
        objectOf({
          entity: types.text,
          read: types.count,
          created: types.count,
          updated: types.count,
          deleted: types.count,
          unchanged: types.count,
        }),
      ),
      error: types.nullable(objectOf({ code: types.text, detail: types.text })),
    }),
  },
};
