import { utcDay } from '../../kernel/local-date.js';
import type { AutotaskDatabase } from '../world/simulator-world.js';
import { textOf } from '../world/table.js';
import { AutotaskRefusal } from './autotask-refusal.js';
import { instantText } from './record-values.js';
import type { EntityRules } from './write-context.js';

const COMPLETE = 5;
const SOURCE_OTHER = 11;

export const ticketRules: EntityRules = {
  beforeInsert({ database, user, now }, values) {
    if (typeof values['assignedResourceID'] === 'number' && values['assignedResourceRoleID'] === null) {
      throw new AutotaskRefusal('An assignedResourceID requires an assignedResourceRoleID.');
    }
    const at = instantText(now.getTime());
    return {
      ...values,
      ticketNumber: nextTicketNumber(database, now),
      source: values['source'] ?? SOURCE_OTHER,
      createDate: at,
      creatorResourceID: user.resourceID,
      creatorType: 1,
      lastActivityDate: at,
      lastTrackedModificationDateTime: at,
      completedDate: values['status'] === COMPLETE ? at : null,
    };
  },
  beforeUpdate({ now }, row, changes) {
    const at = instantText(now.getTime());
    const isDone = (changes['status'] ?? row['status']) === COMPLETE;
    return {
      ...changes,
      completedDate: isDone ? (row['completedDate'] ?? at) : null,
      lastActivityDate: at,
      lastTrackedModificationDateTime: at,
    };
  },
};

/** `TYYYYMMDD.nnnn`, made by the server (Autotask REST reference, §7.24). */
export function nextTicketNumber(database: AutotaskDatabase, now: Date): string {
  const prefix = `T${utcDay(now).replaceAll('-', '')}.`;
  const numbers = database
    .table('Tickets')
    .all()
    .map((ticket) => textOf(ticket['ticketNumber']))
    .filter((number) => number.startsWith(prefix))
    .map((number) => Number(number.slice(prefix.length)));
  return `${prefix}${String(Math.max(0, ...numbers) + 1).padStart(4, '0')}`;
}

/** Notes of tickets and of contracts: who wrote them when, and when they were touched last. */
export const noteRules: EntityRules = {
  beforeInsert({ user, now }, values) {
    const at = instantText(now.getTime());
    return { ...values, createDateTime: at, creatorResourceID: user.resourceID, lastActivityDate: at };
  },
  beforeUpdate({ now }, _row, changes) {
    return { ...changes, lastActivityDate: instantText(now.getTime()) };
  },
};
