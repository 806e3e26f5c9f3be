/** Labels of one pick list by value, such as `{"1": "Customer"}`. */
export type PickList = Readonly<Record<string, string>>;

/** What the access check learns about an instance and a session needs back; JSON, kept in `PsaInstance.metadata`. */
export interface AutotaskMetadata {
  pickLists: {
    companyType: PickList;
    contractType: PickList;
    contractStatus: PickList;
    contractPeriodType: PickList;
    servicePeriodType: PickList;
    chargeType: PickList;
  };
  /** Fields we would read that this instance's version does not have, by entity; asking for one is an error. */
  absentFields: Readonly<Record<string, readonly string[]>>;
  /** Fields by which changes can be found and that this instance has and lets be queried, by entity. */
  changeFields: Readonly<Record<string, readonly string[]>>;
  /** When all this was read; null where nobody noted it. An access check reads it anew. */
  readAt: string | null;
  /** Entities that this instance lacks or whose rows the API user may not read. */
  unreadableEntities: readonly string[];
}

/** Which field of which entity each pick list comes from. */
export const PICK_LIST_SOURCES: Readonly<
  Record<keyof AutotaskMetadata['pickLists'], { entity: string; field: string }>
> = {
  companyType: { entity: 'Companies', field: 'companyType' },
  contractType: { entity: 'Contracts', field: 'contractType' },
  contractStatus: { entity: 'Contracts', field: 'status' },
  contractPeriodType: { entity: 'Contracts', field: 'contractPeriodType' },
  servicePeriodType: { entity: 'Services', field: 'periodType' },
  chargeType: { entity: 'ContractCharges', field: 'chargeType' },
};

/** Reads the metadata back; what is missing or of another shape counts as empty, mapping then falls back to system values. */
export function autotaskMetadata(stored: Record<string, unknown>): AutotaskMetadata {
  const lists = recordOf(stored['pickLists']);
  return {
    pickLists: {
      companyType: pickList(lists['companyType']),
      contractType: pickList(lists['contractType']),
      contractStatus: pickList(lists['contractStatus']),
      contractPeriodType: pickList(lists['contractPeriodType']),
      servicePeriodType: pickList(lists['servicePeriodType']),
      chargeType: pickList(lists['chargeType']),
    },
    absentFields: fieldsByEntity(stored['absentFields']),
    changeFields: fieldsByEntity(stored['changeFields']),
    readAt: typeof stored['readAt'] === 'string' ? stored['readAt'] : null,
    unreadableEntities: textsOf(stored['unreadableEntities']),
  };
}

function fieldsByEntity(value: unknown): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(recordOf(value)).map(([entity, fields]) => [
      entity,
      Array.isArray(fields) ? fields.map(String) : [],
    ]),
  );
}

function pickList(value: unknown): PickList {
  const entries = Object.entries(recordOf(value));
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
