import { ENTITY_CATALOGUE, type EntityDefinition, type WriteVerb } from '../metadata/entity-catalogue.js';
import type { ApiCall } from './api-call.js';
import { entityInformation, fieldInformation, userDefinedFieldInformation } from './entity-information.js';
import { readChildren, readCount, readFirstPage, readItem, readNextPage } from './read-handler.js';
import { jsonReply, methodNotAllowed, type Reply, unknownRoute } from './reply.js';
import { deleteItem, writeItem } from './write-handler.js';

/**
 * Answers a call below an entity; what the route matrix (Autotask REST reference, §3.1) does not list is no route.
 *
 * @throws AutotaskRefusal for everything the vendor answers with an `errors` array.
 */
export function routeEntityCall(call: ApiCall): Reply {
  const [name = '', second, third, fourth, ...rest] = call.segments;
  const entity = ENTITY_CATALOGUE.get(name.toLowerCase());
  if (entity === undefined) return notFound(call);
  if (second === undefined) return routeCollection(call, entity, entity.rootVerbs);
  if (second.toLowerCase() === 'entityinformation') return routeInformation(call, entity, [third, fourth]);
  if (second.toLowerCase() === 'query') return routeQuery(call, entity, third);
  const id = readId(second);
  if (id === undefined || rest.length > 1) return notFound(call);
  if (third === undefined) return routeItem(call, entity, id);
  const child = childOf(entity, third);
  return child === undefined ? notFound(call) : routeChild(call, child, id, [fourth, rest[0]]);
}

function routeCollection(
  call: ApiCall,
  entity: EntityDefinition,
  verbs: readonly WriteVerb[],
  parentId?: number,
): Reply {
  const verb = call.method as WriteVerb;
  if (verb === 'DELETE' || !verbs.includes(verb)) return methodNotAllowed(call.method);
  return writeItem(call, entity, verb, parentId);
}

function routeInformation(
  call: ApiCall,
  entity: EntityDefinition,
  rest: readonly (string | undefined)[],
): Reply {
  if (call.method !== 'GET') return methodNotAllowed(call.method);
  if (rest[1] !== undefined) return notFound(call);
  switch (rest[0]?.toLowerCase()) {
    case undefined:
      return jsonReply(200, entityInformation(entity, call.user.securityLevel));
    case 'fields':
      return jsonReply(200, fieldInformation(entity));
    case 'userdefinedfields':
      return jsonReply(200, userDefinedFieldInformation(entity));
    default:
      return notFound(call);
  }
}

function routeQuery(call: ApiCall, entity: EntityDefinition, action: string | undefined): Reply {
  if (!entity.isQueryable) return notFound(call);
  if (call.method !== 'GET' && call.method !== 'POST') return methodNotAllowed(call.method);
  if (action === undefined) return readFirstPage(call, entity);
  if (action.toLowerCase() === 'next') return readNextPage(call, entity);
  return action.toLowerCase() === 'count' ? readCount(call, entity) : notFound(call);
}

function routeItem(call: ApiCall, entity: EntityDefinition, id: number): Reply {
  if (call.method === 'DELETE' && entity.rootVerbs.includes('DELETE')) return deleteItem(call, entity, id);
  if (!entity.isQueryable) return notFound(call);
  return call.method === 'GET' ? readItem(call, entity, id) : methodNotAllowed(call.method);
}

function routeChild(
  call: ApiCall,
  entity: EntityDefinition,
  parentId: number,
  [fourth, fifth]: readonly (string | undefined)[],
): Reply {
  const route = entity.parentRoute;
  if (route === null) return notFound(call);
  if (fourth === undefined) {
    if (call.method === 'GET' && route.isReadable) return readChildren(call, entity, route, parentId);
    return routeCollection(call, entity, route.verbs, parentId);
  }
  if (fourth.toLowerCase() === 'entityinformation') return routeInformation(call, entity, [fifth]);
  if (!route.isReadable || fifth !== undefined) return notFound(call);
  if (fourth.toLowerCase() === 'next') return readNextPage(call, entity);
  const id = readId(fourth);
  if (id === undefined) return notFound(call);
  if (call.method === 'GET') return readItem(call, entity, id, parentId);
  const isDeletable = call.method === 'DELETE' && route.verbs.includes('DELETE');
  return isDeletable ? deleteItem(call, entity, id, parentId) : methodNotAllowed(call.method);
}

function childOf(parent: EntityDefinition, segment: string): EntityDefinition | undefined {
  return [...ENTITY_CATALOGUE.values()].find(
    ({ parentRoute }) =>
      parentRoute?.parent === parent.name && parentRoute.segment.toLowerCase() === segment.toLowerCase(),
  );
}

function readId(segment: string): number | undefined {
  return /^\d{1,15}$/.test(segment) ? Number(segment) : undefined;
}

function notFound(call: ApiCall): Reply {
  return unknownRoute(`${call.apiUrl}/${call.segments.join('/')}`);
}
