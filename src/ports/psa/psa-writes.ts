import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { PeriodType } from './psa-records.js';

/** What the PSA answered to a write it accepted. */
export interface WriteReceipt {
  /** Id of the record; null where the PSA answers none although it accepted the write. */
  externalId: string | null;
}

/** User-defined fields by name; null empties one, a field that is not named stays. */
export type CustomFieldValues = Readonly<Record<string, string | null>>;

/** Some members of a record: an absent one stays as it is, null empties it. */
export type Changes<T> = { [K in keyof T]?: T[K] | null | undefined };

/** The contract service itself, or a service of a contract: that line is created by the PSA where it is missing. */
export type AdjustmentTarget =
  | { contractServiceExternalId: string; contractExternalId?: string | undefined }
  | {
      contractExternalId: string;
      serviceExternalId: string;
      /** Adds another line although the contract has one for this service. */
      allowRepeatService?: boolean | undefined;
    };

/** A dated change of units, price or cost. One per contract service and day; it can be neither read, altered nor deleted. */
export interface ContractServiceAdjustment {
  target: AdjustmentTarget;
  /** Difference to the units in force on that day; 0 changes price or cost only. */
  unitChange: Decimal;
  effectiveOn: LocalDate;
  /** Customer currency, from that day on; the price in force stays when absent. */
  unitPrice?: Decimal | undefined;
  /** Internal currency of the instance, from that day on; the cost in force stays when absent. */
  unitCost?: Decimal | undefined;
}

export interface NewContractService {
  contractExternalId: string;
  serviceExternalId: string;
  invoiceDescription?: string | undefined;
  internalDescription?: string | undefined;
  /** Internal currency of the instance; the service's own when absent. */
  unitCost?: Decimal | undefined;
}

/** What can be changed about a charge until it is billed. */
export interface ChargeValues {
  name: string;
  description: string;
  /** The day that decides in which billing period it is approved. */
  chargedOn: LocalDate;
  quantity: Decimal;
  /** Customer currency. */
  unitPrice: Decimal;
  /** Internal currency of the instance. */
  unitCost: Decimal;
  isBillable: boolean;
}

export interface NewCharge extends Omit<ChargeValues, 'description'> {
  contractExternalId: string;
  description?: string | undefined;
  /** A material code of the PSA. */
  billingCodeExternalId: string;
  contractServiceExternalId?: string | undefined;
  /** Our own id, placed on the record so that it can be found again. */
  reference: string;
}

export interface ChargeKey {
  externalId: string;
  contractExternalId: string;
}

/** A charge as found by its reference. */
export interface ChargeRecord extends ChargeKey, ChargeValues {
  reference: string;
  /** A billed charge can no longer be changed or deleted. */
  isBilled: boolean;
}

export interface NewContract {
  companyExternalId: string;
  name: string;
  /** The contract number: our own id, placed on the record so that it can be found again. */
  number: string;
  periodType: PeriodType;
  startsOn: LocalDate;
  /** Last day of the contract, included. */
  endsOn: LocalDate;
  description?: string | undefined;
  customFields?: CustomFieldValues | undefined;
}

export interface NewService {
  name: string;
  description?: string | undefined;
  sku?: string | undefined;
  periodType: PeriodType;
  /** Internal currency of the instance. */
  unitPrice: Decimal;
  /** Internal currency of the instance. */
  unitCost: Decimal;
  billingCodeExternalId: string;
}

export interface CompanyValues {
  name: string;
  number: string;
  /** In words, such as `customer`. */
  type: string;
  isActive: boolean;
  phone: string;
  ownerExternalId: string;
  currencyExternalId: string;
  webAddress: string;
  address1: string;
  address2: string;
  city: string;
  state: string;
  postalCode: string;
  countryExternalId: string;
  customFields: CustomFieldValues;
}
export type NewCompany = Pick<CompanyValues, 'name' | 'type' | 'phone' | 'ownerExternalId'> &
  Changes<CompanyValues>;

export interface ContactValues {
  firstName: string;
  lastName: string;
  isActive: boolean;
  email: string;
  phone: string;
  mobilePhone: string;
  title: string;
  /** Our own id or the host's. */
  externalReference: string;
  customFields: CustomFieldValues;
}
export type NewContact = Pick<ContactValues, 'firstName' | 'lastName'> & Changes<ContactValues>;

/** `stage`, `status`, `leadSource`: the PSA's pick-list value as text, since those differ between instances. */
export interface OpportunityValues {
  companyExternalId: string;
  contactExternalId: string;
  ownerExternalId: string;
  title: string;
  description: string;
  amount: Decimal;
  cost: Decimal;
  /** Per cent. */
  probability: number;
  startsOn: LocalDate;
  projectedCloseOn: LocalDate;
  stage: string;
  status: string;
  leadSource: string;
  customFields: CustomFieldValues;
}
export type NewOpportunity = Pick<
  OpportunityValues,
  | 'companyExternalId'
  | 'ownerExternalId'
  | 'title'
  | 'amount'
  | 'cost'
  | 'probability'
  | 'startsOn'
  | 'projectedCloseOn'
  | 'stage'
  | 'status'
> &
  Changes<OpportunityValues>;

/** `status`, `priority`, `queue`, `type`: the PSA's pick-list value as text, since those differ between instances. */
export interface TicketValues {
  companyExternalId: string;
  contactExternalId: string;
  contractExternalId: string;
  assigneeExternalId: string;
  /** The PSA asks for the role together with the assignee. */
  assigneeRoleExternalId: string;
  title: string;
  description: string;
  status: string;
  priority: string;
  queue: string;
  type: string;
  /** An instant. */
  dueAt: Date;
  /** Our own id or the host's. */
  externalReference: string;
  customFields: CustomFieldValues;
}
export type NewTicket = Pick<TicketValues, 'companyExternalId' | 'title' | 'status' | 'priority' | 'dueAt'> &
  Changes<TicketValues>;

/** `type`, `visibility`: the PSA's pick-list value as text. */
export interface TicketNoteValues {
  title: string;
  description: string;
  type: string;
  visibility: string;
}

/** Writes of the capability `billing`. */
export interface PsaBillingWriter {
  /** The receipt's id is null as a rule: the PSA answers none. */
  applyAdjustment(change: ContractServiceAdjustment, signal?: AbortSignal): Promise<WriteReceipt>;
  addContractService(line: NewContractService, signal?: AbortSignal): Promise<WriteReceipt>;
  createCharge(charge: NewCharge, signal?: AbortSignal): Promise<WriteReceipt>;
  updateCharge(key: ChargeKey, changes: Changes<ChargeValues>, signal?: AbortSignal): Promise<WriteReceipt>;
  deleteCharge(key: ChargeKey, signal?: AbortSignal): Promise<WriteReceipt>;
  /**
   * The charge that carries this reference, null when there is none. A read: failures that pass are repeated.
   * @throws PsaReferenceAmbiguousError when several carry it; as a read of the session
   */
  findChargeByReference(reference: string, signal?: AbortSignal): Promise<ChargeRecord | null>;
  createContract(contract: NewContract, signal?: AbortSignal): Promise<WriteReceipt>;
  /** Moves the last day of a contract. */
  extendContract(contractExternalId: string, endsOn: LocalDate, signal?: AbortSignal): Promise<WriteReceipt>;
  createService(service: NewService, signal?: AbortSignal): Promise<WriteReceipt>;
}

/** Writes of the capability `crm`. */
export interface PsaCrmWriter {
  createCompany(company: NewCompany, signal?: AbortSignal): Promise<WriteReceipt>;
  updateCompany(
    externalId: string,
    changes: Changes<CompanyValues>,
    signal?: AbortSignal,
  ): Promise<WriteReceipt>;
  createContact(companyExternalId: string, contact: NewContact, signal?: AbortSignal): Promise<WriteReceipt>;
  updateContact(
    companyExternalId: string,
    externalId: string,
    changes: Changes<ContactValues>,
    signal?: AbortSignal,
  ): Promise<WriteReceipt>;
  createOpportunity(opportunity: NewOpportunity, signal?: AbortSignal): Promise<WriteReceipt>;
  updateOpportunity(
    externalId: string,
    changes: Changes<OpportunityValues>,
    signal?: AbortSignal,
  ): Promise<WriteReceipt>;
}

/** Writes of the capability `helpdesk`. */
export interface PsaHelpdeskWriter {
  createTicket(ticket: NewTicket, signal?: AbortSignal): Promise<WriteReceipt>;
  updateTicket(
    externalId: string,
    changes: Changes<TicketValues>,
    signal?: AbortSignal,
  ): Promise<WriteReceipt>;
  createTicketNote(
    ticketExternalId: string,
    note: TicketNoteValues,
    signal?: AbortSignal,
  ): Promise<WriteReceipt>;
  updateTicketNote(
    ticketExternalId: string,
    externalId: string,
    changes: Changes<TicketNoteValues>,
    signal?: AbortSignal,
  ): Promise<WriteReceipt>;
}

/**
 * What a session can change in the PSA; which groups the security level grants is announced in the connection's capabilities.
 * Each write is sent at most once after it may have reached the PSA. Money and quantities arrive digit by digit.
 * @throws PsaOutcomeUnknownError when nobody can tell whether it was carried out: read back before sending it again;
 * PsaRequestRejectedError, PsaAccessDeniedError, PsaCredentialsRejectedError, PsaRateLimitedError and PsaUnreachableError when
 * it certainly was not; the signal's reason when aborted before anything was sent
 */
export interface PsaWriter extends PsaBillingWriter, PsaCrmWriter, PsaHelpdeskWriter {}
