import {
  PsaAccessDeniedError,
  PsaRequestRejectedError,
  PsaUnexpectedAnswerError,
} from '../../ports/psa/psa.errors.js';
import type { JsonObject } from '../client/failure-table.js';
import { type AutotaskMetadata, PICK_LIST_SOURCES, type PickList } from '../mapping/autotask-metadata.js';
import { ENTITY_READS } from '../mapping/entity-reads.js';
import { changeFieldsOf } from '../reading/change-fields.js';
import { unreadableEntities } from './rights-check.js';
import { type AccessCheckRun, signedInClient, type Stop } from './access-check-run.js';

/** Without their pick lists a row cannot be put in words as well as it should. */
const LABELLED_ENTITIES = [...new Set(Object.values(PICK_LIST_SOURCES).map(({ entity }) => entity))];
/** Asked only which fields they have; where that is not told, what needs to be known is taken as absent. */
const ENTITIES_TO_SEARCH = Object.values(ENTITY_READS)
  .filter(({ entity, newerFields = [] }) => newerFields.length + changeFieldsOf(entity).length > 0)
  .map(({ entity }) => entity);
const ENTITIES = [...new Set([...LABELLED_ENTITIES, ...ENTITIES_TO_SEARCH])];

/** One field of `{Entity}/entityInformation/fields`, as far as we need it. */
interface FieldInfo {
  /** Lower case, because samples differ in case (Autotask REST reference, §4.2). */
  name: string;
  isQueryable: boolean;
  labels: PickList;
}

/**
 * Step `pick_lists`: reads the labels that mapping needs and which of the fields we would read or search by this instance has,
 * once, so that sessions need no metadata call. What Autotask refuses to list counts as complete, without labels and change fields.
 */
export async function readPickLists(run: AccessCheckRun): Promise<Stop | null> {
  const fields = new Map<string, FieldInfo[]>();
  const unreadable = unreadableEntities(run);
  for (const entity of ENTITIES.filter((name) => !unreadable.includes(name))) {
    const known = await readFields(run, entity);
    if (known !== null) fields.set(entity, known);
  }
  const metadata = metadataOf(fields, unreadable, run.services.clock.now());
  if (run.instance !== null) run.instance = { ...run.instance, metadata: { ...metadata } };
  run.checklist.settle(
    'pick_lists',
    LABELLED_ENTITIES.every((entity) => fields.has(entity))
      ? { outcome: 'passed', detail: 'The pick lists were read.' }
      : {
          outcome: 'unknown',
          detail: 'Autotask does not let the API user read all pick lists; its system values are assumed.',
        },
  );
  return null;
}

/** Null where Autotask refuses. */
async function readFields(run: AccessCheckRun, entity: string): Promise<FieldInfo[] | null> {
  try {
    return fieldsOf(entity, await signedInClient(run).get(`${entity}/entityInformation/fields`, run.signal));
  } catch (error) {
    if (error instanceof PsaAccessDeniedError || error instanceof PsaRequestRejectedError) return null;
    throw error;
  }
}

function metadataOf(
  fields: ReadonlyMap<string, readonly FieldInfo[]>,
  unreadable: readonly string[],
  now: Date,
): AutotaskMetadata {
  const labels = (list: keyof AutotaskMetadata['pickLists']): PickList => {
    const { entity, field } = PICK_LIST_SOURCES[list];
    return fields.get(entity)?.find(({ name }) => name === field.toLowerCase())?.labels ?? {};
  };
  return {
    pickLists: {
      companyType: labels('companyType'),
      contractType: labels('contractType'),
      contractStatus: labels('contractStatus'),
      contractPeriodType: labels('contractPeriodType'),
      servicePeriodType: labels('servicePeriodType'),
      chargeType: labels('chargeType'),
    },
    absentFields: Object.fromEntries(
      [...fields].map(([entity, known]) => [entity, absentFields(entity, known)]),
    ),
    changeFields: Object.fromEntries(
      [...fields].map(([entity, known]) => [entity, searchable(changeFieldsOf(entity), known)]),
    ),
    readAt: now.toISOString(),
    unreadableEntities: unreadable,
  };
}

/**
 * Newer members that an instance lacks. Only these: a listing of fields that is short says little about members every instance has
 * had since the first release, and without them a record could not be read. An empty listing says nothing at all.
 */
function absentFields(entity: string, known: readonly FieldInfo[]): string[] {
  if (known.length === 0) return [];
  const names = new Set(known.map(({ name }) => name));
  const newer = Object.values(ENTITY_READS).find((read) => read.entity === entity)?.newerFields ?? [];
  return newer.filter((field) => !names.has(field.toLowerCase()));
}

/** Those of the fields that a query may name: naming another is an error (Autotask REST reference, §2.2). */
function searchable(fields: readonly string[], known: readonly FieldInfo[]): string[] {
  const names = new Set(known.filter(({ isQueryable }) => isQueryable).map(({ name }) => name));
  return fields.filter((field) => names.has(field.toLowerCase()));
}

function fieldsOf(entity: string, body: JsonObject): FieldInfo[] {
  const { fields } = body;
  if (!Array.isArray(fields)) {
    throw new PsaUnexpectedAnswerError(`Autotask does not list the fields of ${entity}.`, {
      context: { entity },
    });
  }
  return fields.filter(isObject).map((field) => ({
    name: typeof field['name'] === 'string' ? field['name'].toLowerCase() : '',
    isQueryable: field['isQueryable'] !== false,
    labels: labelsOf(field['picklistValues']),
  }));
}

/** `value` is text although the entity's field is a number (Autotask REST reference, §10 no. 12); numbers are accepted too. */
function labelsOf(values: unknown): PickList {
  const pairs = (Array.isArray(values) ? values : []).filter(isObject).flatMap(({ value, label }) => {
    const isKey = typeof value === 'string' || typeof value === 'number';
    return isKey && typeof label === 'string' ? [[String(value), label] as const] : [];
  });
  return Object.fromEntries(pairs);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
