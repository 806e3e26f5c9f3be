import type { ChangeTracking, PullScope } from '../../ports/psa/psa-session.port.js';
import { jsonInteger } from '../client/lossless-json.js';

/** Fields of an entity that move when a row changes. */
interface ChangeFields {
  /** Moves with every edit. */
  edits?: string;
  /** Move with some events; asked for only where there is no field for every edit. */
  events?: readonly string[];
}

/**
 * By the vendor's entity (Autotask REST reference, §7.31); what is not listed shows new rows only. Left out of that table:
 * creation times, because a new row is found by its id, and the `startDate` of units, because every cycle would read all
 * future periods again.
 */
const CHANGE_FIELDS: Readonly<Record<string, ChangeFields>> = {
  Companies: { edits: 'lastTrackedModifiedDateTime', events: ['lastActivityDate'] },
  Contacts: { edits: 'lastModifiedDate', events: ['lastActivityDate'] },
  Opportunities: { events: ['lastActivity'] },
  Contracts: { edits: 'lastModifiedDateTime' },
  ContractServiceUnits: { events: ['approveAndPostDate'] },
  ContractServiceBundleUnits: { events: ['approveAndPostDate'] },
  ContractCharges: { events: ['statusLastModifiedDate'] },
  Services: { edits: 'lastModifiedDate' },
  ServiceBundles: { edits: 'lastModifiedDate' },
  BillingItems: { events: ['postedOnTime', 'postedDate'] },
  Invoices: { events: ['voidedDate'] },
  Currencies: { edits: 'lastModifiedDateTime' },
  Tickets: { edits: 'lastTrackedModificationDateTime', events: ['lastActivityDate'] },
  TicketNotes: { events: ['lastActivityDate'] },
  ConfigurationItems: { edits: 'lastModifiedTime' },
};

/** All fields an instance is to be asked about. */
export function changeFieldsOf(entity: string): string[] {
  const { edits, events = [] } = CHANGE_FIELDS[entity] ?? {};
  return edits === undefined ? [...events] : [edits, ...events];
}

export interface ChangeShown {
  tracking: ChangeTracking;
  fields: readonly string[];
}

/** What a pull of changes can go by. @param usable fields that the instance has and lets be queried */
export function changesShown(entity: string, usable: readonly string[]): ChangeShown {
  const { edits, events = [] } = CHANGE_FIELDS[entity] ?? {};
  if (edits !== undefined && usable.includes(edits)) return { tracking: 'edits', fields: [edits] };
  const fields = events.filter((field) => usable.includes(field));
  return { tracking: fields.length > 0 ? 'some edits' : 'new rows', fields };
}

/** Rows changed since an instant, or new; without an id known so far every row is new. */
export function changeConditions(
  { since, afterExternalId }: Extract<PullScope, { kind: 'changes' }>,
  fields: readonly string[],
): object[] {
  if (afterExternalId === null) return [];
  const isNew = { op: 'gt', field: 'id', value: jsonInteger(afterExternalId) };
  if (fields.length === 0) return [isNew];
  const changed = fields.map((field) => ({ op: 'gte', field, value: since.toISOString() }));
  return [{ op: 'or', items: [...changed, isNew] }];
}
