import type { EntityDefinition, ParentRoute } from '../metadata/entity-catalogue.js';
import { AutotaskRefusal } from '../rules/autotask-refusal.js';
import { compileFilter } from '../rules/query-filter.js';
import type { PageCursor } from '../rules/page-store.js';
import { requireAccess, visibleTo } from '../rules/permissions.js';
import { countRows, type QueryRequest, readQuery, readRows } from '../rules/query-request.js';
import { isJsonObject, memberOf } from '../rules/json-members.js';
import type { ApiCall } from './api-call.js';
import { parseJson } from './json-text.js';
import { presentRecord, recordWriter } from './present-record.js';
import { errorsReply, jsonReply, methodNotAllowed, type Reply } from './reply.js';

const CHILD_PAGE_SIZE = 500;

/** `GET /{E}/{id}`: a missing or invisible id is 200 with a null item (Autotask REST reference, §2.4). */
export function readItem(call: ApiCall, entity: EntityDefinition, id: number, parentId?: number): Reply {
  requireAccess(call.user, entity, 'query');
  const row = call.database.table(entity.name).get(id);
  const parentField = entity.parentRoute?.parentField ?? '';
  const isShown =
    row !== undefined &&
    (parentId === undefined || row[parentField] === parentId) &&
    visibleTo(call.user, entity)(row);
  return jsonReply(200, { item: isShown ? presentRecord(entity, row, call.user) : null });
}

/** `POST /{E}/query` and `GET /{E}/query?search=`: the first page. */
export function readFirstPage(call: ApiCall, entity: EntityDefinition): Reply {
  requireAccess(call.user, entity, 'query');
  const query = queryText(call);
  return readPage(call, entity, {
    entityName: entity.name,
    userName: call.user.userName,
    verb: call.method,
    path: `/${entity.name}/query`,
    query,
    request: readQuery(entity, parseJson(query)),
    startsAfter: [-Infinity],
  });
}

/**
 * A following page. It has to be asked for with the verb of the query, and after a POST with the same body again: a GET
 * answers 405 (reference §2.3, observed).
 */
export function readNextPage(call: ApiCall, entity: EntityDefinition): Reply {
  requireAccess(call.user, entity, 'query');
  const cursor = call.pages.find(call.search.get('paging') ?? '');
  if (cursor?.entityName !== entity.name || cursor.userName !== call.user.userName) {
    return errorsReply(['The requested page is not available any more. Repeat the query.']);
  }
  if (cursor.verb !== call.method) return methodNotAllowed(call.method);
  if (call.method === 'POST' && !isSameQuery(cursor.query, call.bodyText)) {
    return errorsReply(['The body of the request does not match the query of the requested page.']);
  }
  return readPage(call, entity, cursor);
}

/** `query/count`, by POST with a body or by GET with `search`. */
export function readCount(call: ApiCall, entity: EntityDefinition): Reply {
  requireAccess(call.user, entity, 'query');
  const body = parseJson(queryText(call));
  const filter = compileFilter(entity, isJsonObject(body) ? memberOf(body, 'filter') : undefined);
  const table = call.database.table(entity.name);
  return jsonReply(200, { queryCount: countRows(table, filter, visibleTo(call.user, entity)) });
}

/** `GET /{Parent}/{parentId}/{Child}`: paged like a query, the next page by GET (reference §2.5). */
export function readChildren(
  call: ApiCall,
  entity: EntityDefinition,
  route: ParentRoute,
  parentId: number,
): Reply {
  requireAccess(call.user, entity, 'query');
  const request: QueryRequest = {
    filter: {
      matches: (row) => row[route.parentField] === parentId,
      firstId: -Infinity,
      lastId: Infinity,
      isIdRange: false,
      fields: new Set([route.parentField]),
      anyOf: null,
      lookup: { field: route.parentField, values: new Set([parentId]) },
    },
    includeFields: null,
    pageSize: CHILD_PAGE_SIZE,
  };
  return readPage(call, entity, {
    entityName: entity.name,
    userName: call.user.userName,
    verb: 'GET',
    path: `/${route.parent}/${parentId}/${route.segment}`,
    query: '',
    request,
    startsAfter: [-Infinity],
  });
}

function readPage(call: ApiCall, entity: EntityDefinition, cursor: PageCursor): Reply {
  const { request, startsAfter } = cursor;
  const table = call.database.table(entity.name);
  const { rows, hasMore } = readRows(table, request, visibleTo(call.user, entity), startsAfter.at(-1));
  const lastId = rows.at(-1)?.id;
  const write = recordWriter(entity, call.user, request.includeFields, (id) => table.sharedValues(id));
  return jsonReply(200, {
    items: rows.map(write),
    pageDetails: {
      count: rows.length,
      requestCount: request.pageSize,
      prevPageUrl: startsAfter.length > 1 ? pageUrl(call, cursor, startsAfter.slice(0, -1)) : null,
      nextPageUrl: hasMore && lastId !== undefined ? pageUrl(call, cursor, [...startsAfter, lastId]) : null,
    },
  });
}

/** The next address embeds the search of a GET query, as the vendor's does, and so can outgrow the URL limit. */
function pageUrl(call: ApiCall, cursor: PageCursor, startsAfter: readonly number[]): string {
  const token = call.pages.keep({ ...cursor, startsAfter });
  const isSearch = cursor.verb === 'GET' && cursor.query !== '';
  const search = isSearch ? `&search=${encodeURIComponent(cursor.query)}` : '';
  return `${call.apiUrl}${cursor.path}/next?paging=${token}${search}`;
}

function queryText(call: ApiCall): string {
  const text = call.method === 'GET' ? (call.search.get('search') ?? '') : call.bodyText;
  if (text.trim() === '') throw new AutotaskRefusal('Invalid query. A query is required.');
  return text;
}

function isSameQuery(first: string, second: string): boolean {
  if (second.trim() === '') return false;
  return JSON.stringify(parseJson(first)) === JSON.stringify(parseJson(second));
}
