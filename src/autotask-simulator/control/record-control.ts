import { ENTITY_CATALOGUE, type EntityDefinition } from '../metadata/entity-catalogue.js';
import { presentRecord } from '../http/present-record.js';
import { AutotaskRefusal } from '../rules/autotask-refusal.js';
import { isJsonObject } from '../rules/json-members.js';
import { createAsPerson, deleteAsPerson, editAsPerson } from '../rules/person-edits.js';
import { readRecordValues, readUserDefined } from '../rules/record-values.js';
import type { WriteContext } from '../rules/write-context.js';
import { FULL_ACCESS_LEVEL } from '../world/security-level.js';
import type { ApiUser, AutotaskDatabase } from '../world/simulator-world.js';
import type { Row, RowValue } from '../world/table.js';
import { badMember, notFound } from './control-problem.js';
import {
  type ControlCall,
  type ControlRoute,
  databaseOf,
  requireKnownParameters,
  wholeParameter,
} from './control-route.js';

const DEFAULT_LIMIT = 100;
const RECORDS = '/databases/{ci}/records/{entity}';

/** Records of any entity as a person sees and changes them in the vendor's own interface. */
export const recordRoutes: readonly ControlRoute[] = [
  { method: 'GET', path: RECORDS, handle: listRecords },
  {
    method: 'POST',
    path: RECORDS,
    handle: (call) => {
      const { entity, context } = placeOf(call);
      return {
        status: 201,
        body: { id: createAsPerson(context, entity, valuesOf(context, entity, call.body)) },
      };
    },
  },
  {
    method: 'GET',
    path: `${RECORDS}/{id}`,
    handle: (call) => {
      const { entity, context } = placeOf(call);
      return { status: 200, body: presentRecord(entity, rowOf(call, context, entity), context.user) };
    },
  },
  {
    method: 'PATCH',
    path: `${RECORDS}/{id}`,
    handle: (call) => {
      const { entity, context } = placeOf(call);
      const row = rowOf(call, context, entity);
      const values = valuesOf(context, entity, call.body, row);
      return {
        status: 200,
        body: presentRecord(entity, editAsPerson(context, entity, row.id, values), context.user),
      };
    },
  },
  {
    method: 'DELETE',
    path: `${RECORDS}/{id}`,
    handle: (call) => {
      const { entity, context } = placeOf(call);
      const { id } = rowOf(call, context, entity);
      return { status: 200, body: { deletedRecords: deleteAsPerson(context, entity, id) } };
    },
  },
];

function listRecords(call: ControlCall): { status: number; body: unknown } {
  requireKnownParameters(call.query, ['limit', 'afterID']);
  const { entity, context } = placeOf(call);
  const table = context.database.table(entity.name);
  const limit = wholeParameter(call.query, 'limit', DEFAULT_LIMIT);
  const rows: Row[] = [];
  for (const row of table.rowsFrom(wholeParameter(call.query, 'afterID', -1) + 1)) {
    if (rows.length >= limit) break;
    rows.push(row);
  }
  return {
    status: 200,
    body: { total: table.size, records: rows.map((row) => presentRecord(entity, row, context.user)) },
  };
}

function placeOf(call: ControlCall): { entity: EntityDefinition; context: WriteContext } {
  const database = databaseOf(call);
  const entity = ENTITY_CATALOGUE.get((call.params['entity'] ?? '').toLowerCase());
  if (entity === undefined) throw notFound(`Entity '${call.params['entity']}' is not simulated.`);
  return { entity, context: { database, user: personOf(database), now: call.target.clock.now() } };
}

/** The first of the tenant's people; what the vendor stamps on a record is theirs. */
function personOf(database: AutotaskDatabase): ApiUser {
  const [resource] = database.table('Resources').all();
  return {
    userName: 'a person',
    secret: '',
    integrationCode: '',
    securityLevel: FULL_ACCESS_LEVEL,
    resourceID: resource?.id ?? 0,
    isActive: true,
    isLocked: false,
    failedSignIns: 0,
  };
}

function rowOf(call: ControlCall, { database }: WriteContext, entity: EntityDefinition): Row {
  const row = database.table(entity.name).get(Number(call.params['id']));
  if (row === undefined) throw notFound(`There is no ${entity.singular} '${call.params['id']}'.`);
  return row;
}

/** Checked values by the metadata's field names; every member has to be a field of the entity. */
function valuesOf(
  { database }: WriteContext,
  entity: EntityDefinition,
  body: unknown,
  current?: Row,
): Record<string, RowValue> {
  if (!isJsonObject(body)) throw badMember('/', 'the body must be a JSON object of fields');
  const values: Record<string, RowValue> = {};
  for (const [name, value] of Object.entries(body)) {
    const field = entity.fieldByKey.get(name.toLowerCase());
    if (name === 'userDefinedFields') {
      const fields = readField(name, () => readUserDefined(entity, body, current?.['userDefinedFields']));
      if (fields !== undefined) values['userDefinedFields'] = fields;
    } else if (field === undefined || field.name === 'id') {
      throw badMember(`/${name}`, `it is no field of ${entity.singular} that can be set`);
    } else {
      values[field.name] =
        readField(name, () => readRecordValues(database, entity, { [name]: value }).get(field.name)) ?? null;
    }
  }
  return values;
}

function readField<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof AutotaskRefusal) throw badMember(`/${name}`, error.message);
    throw error;
  }
}
