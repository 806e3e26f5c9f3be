import { instantText } from '../rules/record-values.js';
import { nextTicketNumber } from '../rules/ticket-rules.js';
import type { AutotaskDatabase } from '../world/simulator-world.js';
import { FIRST_RESOURCE_ID } from './seed-reference-data.js';

const DAY_MS = 86_400_000;
const TITLES = [
  'Licence assignment fails',
  'Mailbox is full',
  'New starter needs an account',
  'Invoice question',
];

/** Two tickets for every fourth customer, each with a note. */
export function seedTickets(database: AutotaskDatabase, customerIds: readonly number[], now: Date): void {
  const some = customerIds.filter((_id, position) => position % 4 === 0).flatMap((id) => [id, id]);
  for (const [position, companyID] of some.entries()) {
    const openedAt = new Date(now.getTime() - (30 - (position % 28)) * DAY_MS);
    const at = instantText(openedAt.getTime());
    const { id: ticketID } = database.table('Tickets').insert({
      companyID,
      title: TITLES[position % TITLES.length] ?? '',
      description: 'Reported by telephone.',
      ticketNumber: nextTicketNumber(database, openedAt),
      status: position % 3 === 0 ? 5 : 8,
      priority: 1 + (position % 3),
      queueID: 29_682_833,
      ticketCategory: 3,
      ticketType: 1,
      source: 2,
      creatorResourceID: FIRST_RESOURCE_ID,
      creatorType: 1,
      createDate: at,
      dueDateTime: instantText(openedAt.getTime() + 2 * DAY_MS),
      completedDate: position % 3 === 0 ? instantText(openedAt.getTime() + DAY_MS) : null,
      lastActivityDate: at,
      lastTrackedModificationDateTime: at,
    });
    database.table('TicketNotes').insert({
      ticketID,
      title: 'First call',
      description: 'Called back and collected details.',
      noteType: 3,
      publish: 1,
      creatorResourceID: FIRST_RESOURCE_ID,
      createDateTime: at,
      lastActivityDate: at,
    });
  }
}
