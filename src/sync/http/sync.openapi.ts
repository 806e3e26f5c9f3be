import {
  jsonAnswer,
  jsonBody,
  objectOf,
  type OpenApiFragment,
  openApiTypes as types,
  optionalJsonBody,
  PAGE_PARAMETERS,
  pageOf,
  pathParameter,
  problems,
  ref,
} from '../../platform/http/openapi.js';

const TAGS = ['Sync runs'];
const ID = [pathParameter('id')];
const MODE = types.oneOf('full', 'incremental');
const STATE = types.oneOf('queued', 'running', 'succeeded', 'failed', 'cancelled');

export const SYNC_OPENAPI: OpenApiFragment = {
  paths: {
    '/connections/{id}/sync-runs': {
      post: {
        operationId: 'startSyncRun',
        summary:
          'Queue a run now: full when asked for, when none has succeeded yet, or when the last full one did not; else incremental',
        tags: TAGS,
        parameters: ID,
        requestBody: optionalJsonBody(objectOf({ mode: MODE }, ['mode'])),
        responses: {
          202: jsonAnswer('Queued', objectOf({ id: types.id, state: STATE, mode: MODE })),
          ...problems(400, 401, 403, 404, 409, 422),
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
    '/sync-runs/{id}/cancel': {
      post: {
        operationId: 'cancelSyncRun',
        summary: 'End a run now; what it has stored stays',
        tags: TAGS,
        parameters: ID,
        responses: { 200: jsonAnswer('The run', ref('SyncRun')), ...problems(401, 403, 404, 409) },
      },
    },
    '/connections/{id}/sync-schedule': {
      get: {
        operationId: 'getSyncSchedule',
        summary: 'When the connection is pulled',
        tags: TAGS,
        parameters: ID,
        responses: { 200: jsonAnswer('The schedule', ref('SyncSchedule')), ...problems(401, 403, 404) },
      },
      patch: {
        operationId: 'changeSyncSchedule',
        summary:
          'Give the connection a schedule of its own, or none; pause it, which cancels the run the schedule has started, or resume it',
        tags: TAGS,
        parameters: ID,
        requestBody: jsonBody(
          objectOf({ syncCron: types.nullableText, paused: types.flag }, ['syncCron', 'paused']),
        ),
        responses: {
          200: jsonAnswer('As it is now', ref('SyncSchedule')),
          ...problems(400, 401, 403, 404, 422),
        },
      },
    },
    '/connections/{id}/visibility': {
      post: {
        operationId: 'decideVisibility',
        summary:
          'Answer a run that stopped with `sync.visibility_shrunk`: the missing records were deleted (the next run deletes them, once), or they were not',
        tags: TAGS,
        parameters: ID,
        requestBody: jsonBody(objectOf({ decision: types.oneOf('acceptDeletions', 'keep') })),
        responses: { 204: { description: 'Noted' }, ...problems(400, 401, 403, 404, 409, 422) },
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
      mode: MODE,
      state: STATE,
      createdAt: types.instant,
      startedAt: types.nullableInstant,
      finishedAt: types.nullableInstant,
      resumesAt: types.nullableInstant,
      waitingFor: types.nullable(objectOf({ code: types.text, detail: types.text })),
      apiCalls: types.count,
      progress: objectOf({
        rowsRead: types.count,
        pages: types.count,
        rowsExpected: types.nullable(types.count),
        secondsLeft: types.nullable(types.count),
        entitiesComplete: types.count,
        entitiesTotal: types.count,
        current: types.nullable(
          objectOf({
            entity: types.text,
            rowsRead: types.count,
            rowsExpected: types.nullable(types.count),
          }),
        ),
      }),
      entities: types.listOf(
        objectOf({
          entity: types.text,
          step: types.oneOf('all', 'changes', 'contracts'),
          complete: types.flag,
          pages: types.count,
          read: types.count,
          created: types.count,
          updated: types.count,
          deleted: types.count,
          unchanged: types.count,
          rejected: types.count,
        }),
      ),
      rejections: types.listOf(
        objectOf({ entity: types.text, externalId: types.text, field: types.text, detail: types.text }),
      ),
      error: types.nullable(objectOf({ code: types.text, detail: types.text })),
    }),
    SyncSchedule: objectOf({
      syncCron: types.nullableText,
      effectiveCron: types.text,
      paused: types.flag,
      nextRunAt: types.nullableInstant,
      nextSweepAt: types.nullableInstant,
      nextMode: MODE,
      deletionsAcceptedAt: types.nullableInstant,
    }),
  },
};
