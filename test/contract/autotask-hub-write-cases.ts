import { Decimal } from 'decimal.js';
import { marking, ON, type WriteCase } from './simulated-records.js';

export const HUB_WRITE_CASES: readonly WriteCase[] = [
  {
    name: 'createCompany',
    method: 'POST',
    path: /\/Companies$/i,
    prepare: (records) =>
      marking(records, 'Companies', 'companyName', (writer, mark, signal) =>
        writer.createCompany(
          { name: mark, type: 'customer', phone: '1', ownerExternalId: records.idOf('Resources') },
          signal,
        ),
      ),
  },
  {
    name: 'updateCompany',
    method: 'PATCH',
    path: /\/Companies$/i,
    prepare: (records) =>
      marking(records, 'Companies', 'webAddress', (writer, mark, signal) =>
        writer.updateCompany(records.idOf('Companies'), { webAddress: mark }, signal),
      ),
  },
  {
    name: 'createContact',
    method: 'POST',
    path: /\/Companies\/\d+\/Contacts$/i,
    prepare: (records) =>
      marking(records, 'Contacts', 'externalID', (writer, mark, signal) =>
        writer.createContact(
          records.idOf('Companies'),
          { firstName: 'Ada', lastName: 'L', externalReference: mark },
          signal,
        ),
      ),
  },
  {
    name: 'updateContact',
    method: 'PATCH',
    path: /\/Companies\/\d+\/Contacts$/i,
    prepare: (records) => {
      const contact = records.table('Contacts').all()[0];
      return marking(records, 'Contacts', 'lastName', (writer, mark, signal) =>
        writer.updateContact(String(contact?.['companyID']), String(contact?.id), { lastName: mark }, signal),
      );
    },
  },
  {
    name: 'createOpportunity',
    method: 'POST',
    path: /\/Opportunities$/i,
    prepare: (records) =>
      marking(records, 'Opportunities', 'title', (writer, mark, signal) =>
        writer.createOpportunity(
          {
            companyExternalId: records.idOf('Companies'),
            ownerExternalId: records.idOf('Resources'),
            title: mark,
            amount: new Decimal('1200.10'),
            cost: new Decimal(0),
            probability: 50,
            startsOn: ON,
            projectedCloseOn: ON,
            stage: '2',
            status: '1',
          },
          signal,
        ),
      ),
  },
  {
    name: 'updateOpportunity',
    method: 'PATCH',
    path: /\/Opportunities$/i,
    prepare: (records) => {
      const id = String(records.table('Opportunities').all()[0]?.id);
      return marking(records, 'Opportunities', 'title', (writer, mark, signal) =>
        writer.updateOpportunity(id, { title: mark }, signal),
      );
    },
  },
  {
    name: 'createTicket',
    method: 'POST',
    path: /\/Tickets$/i,
    prepare: (records) =>
      marking(records, 'Tickets', 'externalID', (writer, mark, signal) =>
        writer.createTicket(
          {
            companyExternalId: records.idOf('Companies'),
            title: 'Licences are missing',
            status: '1',
            priority: '2',
            queue: '29682833',
            dueAt: new Date('2026-05-06T10:00:00.000Z'),
            externalReference: mark,
          },
          signal,
        ),
      ),
  },
  {
    name: 'updateTicket',
    method: 'PATCH',
    path: /\/Tickets$/i,
    prepare: (records) => {
      const id = String(records.table('Tickets').all()[0]?.id);
      return marking(records, 'Tickets', 'title', (writer, mark, signal) =>
        writer.updateTicket(id, { title: mark }, signal),
      );
    },
  },
  {
    name: 'createTicketNote',
    method: 'POST',
    path: /\/Tickets\/\d+\/Notes$/i,
    prepare: (records) => {
      const ticketId = String(records.table('Tickets').all()[0]?.id);
      return marking(records, 'TicketNotes', 'title', (writer, mark, signal) =>
        writer.createTicketNote(
          ticketId,
          { title: mark, description: 'D', type: '3', visibility: '1' },
          signal,
        ),
      );
    },
  },
  {
    name: 'updateTicketNote',
    method: 'PATCH',
    path: /\/Tickets\/\d+\/Notes$/i,
    prepare: (records) => {
      const ticketID = Number(records.table('Tickets').all()[0]?.id);
      const note = records
        .table('TicketNotes')
        .insert({ ticketID, title: 'Old', description: 'D', noteType: 3, publish: 1 });
      return marking(records, 'TicketNotes', 'title', (writer, mark, signal) =>
        writer.updateTicketNote(String(ticketID), String(note.id), { title: mark }, signal),
      );
    },
  },
];
