import type { LocalDate } from '../kernel/local-date.js';
import { PsaReferenceAmbiguousError } from '../ports/psa/psa.errors.js';
import type {
  Changes,
  ChargeKey,
  ChargeRecord,
  ChargeValues,
  CompanyValues,
  ContactValues,
  ContractServiceAdjustment,
  NewCharge,
  NewCompany,
  NewContact,
  NewContract,
  NewContractService,
  NewOpportunity,
  NewService,
  NewTicket,
  OpportunityValues,
  PsaWriter,
  TicketNoteValues,
  TicketValues,
  WriteReceipt,
} from '../ports/psa/psa-writes.js';
import type { WriteMethod } from './client/autotask-client.js';
import type { JsonObject } from './client/failure-table.js';
import { rowsOf } from './client/keyset-page.js';
import { jsonInteger } from './client/lossless-json.js';
import type { AutotaskMetadata } from './mapping/autotask-metadata.js';
import {
  CHARGE_FIELDS,
  CHARGE_REFERENCE_FIELD,
  fromAutotaskCharge,
  toAutotaskAdjustment,
  toAutotaskCharge,
  toAutotaskChargeChanges,
  toAutotaskContract,
  toAutotaskContractService,
  toAutotaskService,
} from './mapping/billing-writes.mapping.js';
import {
  toAutotaskCompany,
  toAutotaskContact,
  toAutotaskNewContact,
  toAutotaskNewOpportunity,
  toAutotaskOpportunity,
  toAutotaskTicket,
  toAutotaskTicketNote,
} from './mapping/hub-writes.mapping.js';
import { RowReader } from './mapping/row-reader.js';

/** How a session sends for its writer, with its retries and until it is closed. */
export interface WriterChannel {
  write(
    method: WriteMethod,
    path: string,
    body: string | undefined,
    signal?: AbortSignal,
  ): Promise<JsonObject>;
  query(entity: string, body: object, signal?: AbortSignal): Promise<JsonObject>;
}

type Members = Record<string, unknown>;

/**
 * Writes by the vendor's route matrix (Autotask REST reference, §3, §3.1): children under their parent, changes by PATCH on the
 * collection with the id in the body. PUT is never used: it empties what it does not name.
 */
export class AutotaskWriter implements PsaWriter {
  readonly #channel: WriterChannel;
  readonly #metadata: AutotaskMetadata;

  constructor(channel: WriterChannel, metadata: AutotaskMetadata) {
    this.#channel = channel;
    this.#metadata = metadata;
  }

  async applyAdjustment(change: ContractServiceAdjustment, signal?: AbortSignal): Promise<WriteReceipt> {
    const { contractExternalId } = change.target;
    const path =
      contractExternalId === undefined
        ? 'ContractServiceAdjustments'
        : `Contracts/${idIn(contractExternalId)}/ServiceAdjustments`;
    return this.#create(path, toAutotaskAdjustment(change), signal);
  }

  async addContractService(line: NewContractService, signal?: AbortSignal): Promise<WriteReceipt> {
    const path = `Contracts/${idIn(line.contractExternalId)}/Services`;
    return this.#create(path, toAutotaskContractService(line, this.#metadata), signal);
  }

  async createCharge(charge: NewCharge, signal?: AbortSignal): Promise<WriteReceipt> {
    return this.#create(chargesOf(charge), toAutotaskCharge(charge, this.#metadata), signal);
  }

  async updateCharge(
    key: ChargeKey,
    changes: Changes<ChargeValues>,
    signal?: AbortSignal,
  ): Promise<WriteReceipt> {
    const members = toAutotaskChargeChanges(changes, this.#metadata);
    return this.#update(chargesOf(key), key.externalId, members, signal);
  }

  async deleteCharge(key: ChargeKey, signal?: AbortSignal): Promise<WriteReceipt> {
    const path = `${chargesOf(key)}/${idIn(key.externalId)}`;
    return receipt(await this.#channel.write('DELETE', path, undefined, signal));
  }

  async findChargeByReference(reference: string, signal?: AbortSignal): Promise<ChargeRecord | null> {
    const query = {
      filter: [{ op: 'eq', field: CHARGE_REFERENCE_FIELD, value: reference }],
      includeFields: CHARGE_FIELDS,
    };
    const answer = await this.#channel.query('ContractCharges', query, signal);
    // The vendor may compare without regard to case (Autotask REST reference, §2.2); a reference is exact.
    const found = rowsOf('ContractCharges', answer)
      .filter((row) => new RowReader('ContractCharges', row).text(CHARGE_REFERENCE_FIELD) === reference)
      .map(fromAutotaskCharge);
    if (found.length > 1) {
      const ids = found.map(({ externalId }) => externalId);
      throw new PsaReferenceAmbiguousError('charges', reference, ids);
    }
    return found[0] ?? null;
  }

  async createContract(contract: NewContract, signal?: AbortSignal): Promise<WriteReceipt> {
    return this.#create('Contracts', toAutotaskContract(contract, this.#metadata), signal);
  }

  async extendContract(
    contractExternalId: string,
    endsOn: LocalDate,
    signal?: AbortSignal,
  ): Promise<WriteReceipt> {
    return this.#update('Contracts', contractExternalId, { endDate: endsOn }, signal);
  }

  async createService(service: NewService, signal?: AbortSignal): Promise<WriteReceipt> {
    return this.#create('Services', toAutotaskService(service, this.#metadata), signal);
  }

  async createCompany(company: NewCompany, signal?: AbortSignal): Promise<WriteReceipt> {
    return this.#create('Companies', toAutotaskCompany(company, this.#metadata), signal);
  }

  async updateCompany(
    externalId: string,
    changes: Changes<CompanyValues>,
    signal?: AbortSignal,
  ): Promise<WriteReceipt> {
    return this.#update('Companies', externalId, toAutotaskCompany(changes, this.#metadata), signal);
  }

  async createContact(
    companyExternalId: string,
    contact: NewContact,
    signal?: AbortSignal,
  ): Promise<WriteReceipt> {
    const members = toAutotaskNewContact(contact, this.#metadata);
    const body = { companyID: jsonInteger(companyExternalId), ...members };
    return this.#create(`Companies/${idIn(companyExternalId)}/Contacts`, body, signal);
  }

  async updateContact(
    companyExternalId: string,
    externalId: string,
    changes: Changes<ContactValues>,
    signal?: AbortSignal,
  ): Promise<WriteReceipt> {
    const path = `Companies/${idIn(companyExternalId)}/Contacts`;
    return this.#update(path, externalId, toAutotaskContact(changes, this.#metadata), signal);
  }

  async createOpportunity(opportunity: NewOpportunity, signal?: AbortSignal): Promise<WriteReceipt> {
    return this.#create('Opportunities', toAutotaskNewOpportunity(opportunity, this.#metadata), signal);
  }

  async updateOpportunity(
    externalId: string,
    changes: Changes<OpportunityValues>,
    signal?: AbortSignal,
  ): Promise<WriteReceipt> {
    return this.#update('Opportunities', externalId, toAutotaskOpportunity(changes, this.#metadata), signal);
  }

  async createTicket(ticket: NewTicket, signal?: AbortSignal): Promise<WriteReceipt> {
    return this.#create('Tickets', toAutotaskTicket(ticket, this.#metadata), signal);
  }

  async updateTicket(
    externalId: string,
    changes: Changes<TicketValues>,
    signal?: AbortSignal,
  ): Promise<WriteReceipt> {
    return this.#update('Tickets', externalId, toAutotaskTicket(changes, this.#metadata), signal);
  }

  async createTicketNote(
    ticketExternalId: string,
    note: TicketNoteValues,
    signal?: AbortSignal,
  ): Promise<WriteReceipt> {
    const body = { ticketID: jsonInteger(ticketExternalId), ...toAutotaskTicketNote(note, this.#metadata) };
    return this.#create(`Tickets/${idIn(ticketExternalId)}/Notes`, body, signal);
  }

  async updateTicketNote(
    ticketExternalId: string,
    externalId: string,
    changes: Changes<TicketNoteValues>,
    signal?: AbortSignal,
  ): Promise<WriteReceipt> {
    const path = `Tickets/${idIn(ticketExternalId)}/Notes`;
    return this.#update(path, externalId, toAutotaskTicketNote(changes, this.#metadata), signal);
  }

  async #create(path: string, members: Members, signal: AbortSignal | undefined): Promise<WriteReceipt> {
    return receipt(await this.#channel.write('POST', path, JSON.stringify(members), signal));
  }

  async #update(
    path: string,
    externalId: string,
    members: Members,
    signal: AbortSignal | undefined,
  ): Promise<WriteReceipt> {
    const body = JSON.stringify({ id: jsonInteger(externalId), ...members });
    return receipt(await this.#channel.write('PATCH', path, body, signal));
  }
}

function chargesOf({ contractExternalId }: Pick<ChargeKey, 'contractExternalId'>): string {
  return `Contracts/${idIn(contractExternalId)}/Charges`;
}

/** An id as it stands in a path. @throws RangeError when it is none, so that nothing else gets into the URL */
function idIn(externalId: string): string {
  if (!/^\d+$/.test(externalId)) throw new RangeError(`'${externalId}' is not an id of Autotask`);
  return externalId;
}

/**
 * `itemId` is null on some writes that worked; 2xx without `errors` is what counts (Autotask REST reference, §3). An id of
 * another shape is no reason to call a write failed that was carried out.
 */
function receipt({ itemId }: JsonObject): WriteReceipt {
  const isId = typeof itemId === 'number' || typeof itemId === 'string';
  const text = isId ? itemId.toString() : '';
  return { externalId: /^\d+$/.test(text) ? text : null };
}
