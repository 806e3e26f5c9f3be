import type { EntityDefinition, WriteVerb } from '../metadata/entity-catalogue.js';
import { AutotaskRefusal } from '../rules/autotask-refusal.js';
import { isJsonObject } from '../rules/json-members.js';
import { createRecord, deleteRecord, updateRecord } from '../rules/record-writer.js';
import type { ApiCall } from './api-call.js';
import { parseJson } from './json-text.js';
import { jsonReply, type Reply } from './reply.js';

/** POST, PATCH or PUT on a collection URL; success is 200 with nothing but the id (Autotask REST reference, §3). */
export function writeItem(
  call: ApiCall,
  entity: EntityDefinition,
  verb: Exclude<WriteVerb, 'DELETE'>,
  parentId?: number,
): Reply {
  const body: unknown = call.bodyText.trim() === '' ? undefined : parseJson(call.bodyText);
  if (!isJsonObject(body)) throw new AutotaskRefusal('The request body must be a JSON object.');
  const itemId =
    verb === 'POST'
      ? createRecord(call, entity, body, parentId)
      : updateRecord(call, entity, body, { isReplacement: verb === 'PUT', parentId });
  return jsonReply(200, { itemId });
}

export function deleteItem(call: ApiCall, entity: EntityDefinition, id: number, parentId?: number): Reply {
  return jsonReply(200, { itemId: deleteRecord(call, entity, id, parentId) });
}
