import type {
  Changes,
  CompanyValues,
  ContactValues,
  NewContact,
  NewOpportunity,
  OpportunityValues,
  TicketNoteValues,
  TicketValues,
} from '../../ports/psa/psa-writes.js';
import type { AutotaskMetadata } from './autotask-metadata.js';
import { toAutotaskCompanyType } from './company.mapping.js';
import {
  amount,
  count,
  customFields,
  day,
  flag,
  flagAsNumber,
  instant,
  pick,
  pickValue,
  reference,
  text,
  toAutotaskMembers,
  type WriteFields,
} from './write-body.js';

const COMPANY_WRITES: WriteFields<Changes<CompanyValues>> = {
  name: text('companyName'),
  number: text('companyNumber'),
  type: {
    field: 'companyType',
    toAutotask: (word, { pickLists }) => pickValue(toAutotaskCompanyType(word, pickLists.companyType)),
  },
  isActive: flag('isActive'),
  phone: text('phone'),
  ownerExternalId: reference('ownerResourceID'),
  currencyExternalId: reference('currencyID'),
  webAddress: text('webAddress'),
  address1: text('address1'),
  address2: text('address2'),
  city: text('city'),
  state: text('state'),
  postalCode: text('postalCode'),
  countryExternalId: reference('countryID'),
  customFields,
};

const CONTACT_WRITES: WriteFields<Changes<ContactValues>> = {
  firstName: text('firstName'),
  lastName: text('lastName'),
  isActive: flagAsNumber('isActive'),
  email: text('emailAddress'),
  phone: text('phone'),
  mobilePhone: text('mobilePhone'),
  title: text('title'),
  externalReference: text('externalID'),
  customFields,
};

const OPPORTUNITY_WRITES: WriteFields<Changes<OpportunityValues>> = {
  companyExternalId: reference('companyID'),
  contactExternalId: reference('contactID'),
  ownerExternalId: reference('ownerResourceID'),
  title: text('title'),
  description: text('description'),
  amount: amount('amount'),
  cost: amount('cost'),
  probability: count('probability'),
  startsOn: day('startDate'),
  projectedCloseOn: day('projectedCloseDate'),
  stage: pick('stage'),
  status: pick('status'),
  leadSource: pick('leadSource'),
  customFields,
};

const TICKET_WRITES: WriteFields<Changes<TicketValues>> = {
  companyExternalId: reference('companyID'),
  contactExternalId: reference('contactID'),
  contractExternalId: reference('contractID'),
  assigneeExternalId: reference('assignedResourceID'),
  assigneeRoleExternalId: reference('assignedResourceRoleID'),
  title: text('title'),
  description: text('description'),
  status: pick('status'),
  priority: pick('priority'),
  queue: pick('queueID'),
  type: pick('ticketType'),
  dueAt: instant('dueDateTime'),
  externalReference: text('externalID'),
  customFields,
};

const TICKET_NOTE_WRITES: WriteFields<Changes<TicketNoteValues>> = {
  title: text('title'),
  description: text('description'),
  type: pick('noteType'),
  visibility: pick('publish'),
};

export function toAutotaskCompany(change: Changes<CompanyValues>, metadata: AutotaskMetadata) {
  return toAutotaskMembers(COMPANY_WRITES, change, metadata);
}

/** A new contact is active unless told, since Autotask requires the flag. */
export function toAutotaskNewContact(contact: NewContact, metadata: AutotaskMetadata) {
  return toAutotaskContact({ ...contact, isActive: contact.isActive ?? true }, metadata);
}

export function toAutotaskContact(change: Changes<ContactValues>, metadata: AutotaskMetadata) {
  return toAutotaskMembers(CONTACT_WRITES, change, metadata);
}

/** Its amounts count, not those of a quote: Autotask requires one or the other (Autotask REST reference, §7.4). */
export function toAutotaskNewOpportunity(opportunity: NewOpportunity, metadata: AutotaskMetadata) {
  return { ...toAutotaskOpportunity(opportunity, metadata), useQuoteTotals: false };
}

export function toAutotaskOpportunity(change: Changes<OpportunityValues>, metadata: AutotaskMetadata) {
  return toAutotaskMembers(OPPORTUNITY_WRITES, change, metadata);
}

export function toAutotaskTicket(change: Changes<TicketValues>, metadata: AutotaskMetadata) {
  return toAutotaskMembers(TICKET_WRITES, change, metadata);
}

export function toAutotaskTicketNote(change: Changes<TicketNoteValues>, metadata: AutotaskMetadata) {
  return toAutotaskMembers(TICKET_NOTE_WRITES, change, metadata);
}
