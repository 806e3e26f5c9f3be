import { ENTITY_CATALOGUE, type EntityDefinition, entityNamed } from '../metadata/entity-catalogue.js';
import type { FieldDefinition } from '../metadata/field-notation.js';
import type { AutotaskDatabase } from '../world/simulator-world.js';
import type { Row, RowChanges } from '../world/table.js';
import { AutotaskRefusal } from './autotask-refusal.js';
import { ENTITY_RULES } from './entity-rules.js';
import { requireFields } from './record-writer.js';
import type { WriteContext } from './write-context.js';

/*
 * What people do to records in the vendor's own interface. Unlike the API's routes it may write any field and delete any
 * record; dates of change are stamped and dependent records follow as after a write over the API.
 */

/** What goes with a record: its dependents by entity and the field that names it. */
const DEPENDENTS: Readonly<Record<string, readonly (readonly [entity: string, field: string])[]>> = {
  Companies: [
    ['CompanyNotes', 'companyID'],
    ['Contacts', 'companyID'],
    ['Contracts', 'companyID'],
    ['Opportunities', 'companyID'],
    ['Tickets', 'companyID'],
  ],
  Contracts: [
    ['ContractServices', 'contractID'],
    ['ContractServiceBundles', 'contractID'],
    ['ContractCharges', 'contractID'],
    ['ContractNotes', 'contractID'],
  ],
  ContractServices: [
    ['ContractServiceUnits', 'contractServiceID'],
    ['ContractServiceAdjustments', 'contractServiceID'],
  ],
  ContractServiceBundles: [['ContractServiceBundleUnits', 'contractServiceBundleID']],
  Services: [['PriceListServices', 'serviceID']],
  Tickets: [['TicketNotes', 'ticketID']],
};

/** Field of a billing item that names what was posted. */
const POSTED_AS: Readonly<Record<string, string>> = {
  Companies: 'companyID',
  Contracts: 'contractID',
  ContractServices: 'contractServiceID',
  ContractServiceUnits: 'contractServicePeriodID',
  ContractCharges: 'contractChargeID',
};

/**
 * Creates a record from checked values; answers its id, null for an adjustment.
 *
 * @throws AutotaskRefusal when a required field is missing or a rule of the entity refuses it.
 */
export function createAsPerson(
  context: WriteContext,
  entity: EntityDefinition,
  values: RowChanges,
): number | null {
  const rules = ENTITY_RULES[entity.name] ?? {};
  const empty = Object.fromEntries(entity.fields.map(({ name }) => [name, null]));
  const { id: _none, ...complete } = { ...empty, ...values };
  requireFields(entity, complete);
  if (rules.create !== undefined) return rules.create(context, complete);
  const row = rules.beforeInsert?.(context, complete) ?? complete;
  return context.database.table(entity.name).insert({ ...row, ...serverFields(entity, values) }).id;
}

/**
 * Changes a record. A field the server manages keeps the given value, so that a stamp can be set to the past.
 *
 * @throws AutotaskRefusal when a rule of the entity refuses it.
 * @throws RangeError when there is no such record.
 */
export function editAsPerson(
  context: WriteContext,
  entity: EntityDefinition,
  id: number,
  values: RowChanges,
): Row {
  const table = context.database.table(entity.name);
  const before = table.get(id);
  if (before === undefined) throw new RangeError(`there is no ${entity.singular} ${id}`);
  const rules = ENTITY_RULES[entity.name] ?? {};
  requireFields(entity, values, new Set(Object.keys(values)));
  const changes = rules.beforeUpdate?.(context, before, values) ?? values;
  const after = table.update(id, { ...changes, ...serverFields(entity, values) });
  rules.afterUpdate?.(context, before, after);
  return after;
}

/**
 * Deletes a record with everything that belongs to it; optional references to it from elsewhere are emptied. Answers how
 * many records went.
 *
 * @throws AutotaskRefusal when something of it was approved and posted, or another record cannot do without it.
 */
export function deleteAsPerson({ database }: WriteContext, entity: EntityDefinition, id: number): number {
  const doomed = new Map<EntityDefinition, Set<number>>();
  collect(database, entity, id, doomed);
  for (const [kind, ids] of doomed) {
    for (const gone of ids) requireRemovable(database, kind, gone, doomed);
  }
  let count = 0;
  for (const [kind, ids] of doomed) {
    for (const gone of ids) {
      database.table(kind.name).remove(gone);
      for (const { owned, field, row } of referencesTo(database, kind, gone)) {
        database.table(owned.name).update(row.id, { [field.name]: null });
      }
      count += 1;
    }
  }
  return count;
}

function collect(
  database: AutotaskDatabase,
  entity: EntityDefinition,
  id: number,
  doomed: Map<EntityDefinition, Set<number>>,
): void {
  const ids = doomed.get(entity) ?? new Set<number>();
  doomed.set(entity, ids.add(id));
  for (const [name, field] of DEPENDENTS[entity.name] ?? []) {
    for (const row of database.table(name).where(field, id))
      collect(database, entityNamed(name), row.id, doomed);
  }
}

function requireRemovable(
  database: AutotaskDatabase,
  entity: EntityDefinition,
  id: number,
  doomed: ReadonlyMap<EntityDefinition, ReadonlySet<number>>,
): void {
  const postedAs = POSTED_AS[entity.name];
  if (postedAs !== undefined && database.table('BillingItems').where(postedAs, id).length > 0) {
    throw new AutotaskRefusal(`A ${entity.singular} with approved and posted items cannot be deleted.`);
  }
  const user = referencesTo(database, entity, id).find(
    ({ owned, field, row }) => field.isRequired && doomed.get(owned)?.has(row.id) !== true,
  );
  if (user !== undefined) {
    throw new AutotaskRefusal(`${entity.singular} ${id} is in use by ${user.owned.singular} ${user.row.id}.`);
  }
}

interface Reference {
  readonly owned: EntityDefinition;
  readonly field: FieldDefinition;
  readonly row: Row;
}

function referencesTo(database: AutotaskDatabase, entity: EntityDefinition, id: number): Reference[] {
  return [...ENTITY_CATALOGUE.values()].flatMap((owned) =>
    owned.fields
      .filter(({ reference }) => reference === entity.singular)
      .flatMap((field) =>
        database
          .table(owned.name)
          .where(field.name, id)
          .map((row) => ({ owned, field, row })),
      ),
  );
}

function serverFields(entity: EntityDefinition, values: RowChanges): RowChanges {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => entity.fieldByKey.get(name.toLowerCase())?.isReadOnly === true),
  );
}
