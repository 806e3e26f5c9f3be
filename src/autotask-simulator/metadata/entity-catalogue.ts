import {
  BILLING_CODES_FIELDS,
  BILLING_ITEMS_FIELDS,
  CURRENCIES_FIELDS,
  INVOICES_FIELDS,
  PRICE_LIST_SERVICES_FIELDS,
  PRODUCTS_FIELDS,
  SERVICE_BUNDLES_FIELDS,
  SERVICES_FIELDS,
} from './billing-fields.js';
import {
  CONTRACT_CHARGES_FIELDS,
  CONTRACT_NOTES_FIELDS,
  CONTRACT_SERVICE_ADJUSTMENTS_FIELDS,
  CONTRACT_SERVICE_BUNDLE_UNITS_FIELDS,
  CONTRACT_SERVICE_BUNDLES_FIELDS,
  CONTRACT_SERVICE_UNITS_FIELDS,
  CONTRACT_SERVICES_FIELDS,
  CONTRACTS_FIELDS,
} from './contract-fields.js';
import {
  COMPANIES_FIELDS,
  COMPANY_NOTES_FIELDS,
  CONTACTS_FIELDS,
  OPPORTUNITIES_FIELDS,
  RESOURCES_FIELDS,
} from './crm-fields.js';
import { type FieldDefinition, parseFields } from './field-notation.js';
import { PICKLISTS } from './picklists.js';
import { TICKET_NOTES_FIELDS, TICKETS_FIELDS } from './service-desk-fields.js';

/** Write verbs of a collection URL; `DELETE` is on the item URL below it. */
export type WriteVerb = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Where an entity can also be reached below its parent, e.g. `/Contracts/{id}/Services`. */
export interface ParentRoute {
  readonly parent: string;
  readonly segment: string;
  readonly parentField: string;
  readonly isReadable: boolean;
  readonly verbs: readonly WriteVerb[];
}

export interface UserDefinedField {
  readonly name: string;
  readonly length: number;
}

/** Everything the API says about one entity: routes, fields, user-defined fields. */
export interface EntityDefinition {
  readonly name: string;
  /** The internal singular name, as references and `entityInformation` write it. */
  readonly singular: string;
  readonly isQueryable: boolean;
  readonly rootVerbs: readonly WriteVerb[];
  readonly parentRoute: ParentRoute | null;
  readonly fields: readonly FieldDefinition[];
  readonly fieldByKey: ReadonlyMap<string, FieldDefinition>;
  readonly userDefinedFields: readonly UserDefinedField[] | null;
  /** When set, the only fields an update may change, whatever the metadata says. */
  readonly updatableOnly: readonly string[] | null;
  readonly supportsWebhooks: boolean;
}

const ROOT_NO_DELETE: readonly WriteVerb[] = ['POST', 'PUT', 'PATCH'];
const UPDATE_ONLY: readonly WriteVerb[] = ['PUT', 'PATCH'];

interface EntityOptions {
  singular: string;
  fields: string;
  rootVerbs?: readonly WriteVerb[];
  isQueryable?: boolean;
  parentRoute?: ParentRoute;
  userDefinedFields?: readonly UserDefinedField[];
  updatableOnly?: readonly string[];
  supportsWebhooks?: boolean;
}

function entity(name: string, options: EntityOptions): [string, EntityDefinition] {
  const fields = parseFields(options.fields, PICKLISTS[name]);
  const definition: EntityDefinition = {
    name,
    singular: options.singular,
    isQueryable: options.isQueryable ?? true,
    rootVerbs: options.rootVerbs ?? [],
    parentRoute: options.parentRoute ?? null,
    fields,
    fieldByKey: new Map(fields.map((field) => [field.name.toLowerCase(), field])),
    userDefinedFields: options.userDefinedFields ?? null,
    updatableOnly: options.updatableOnly ?? null,
    supportsWebhooks: options.supportsWebhooks ?? false,
  };
  return [name.toLowerCase(), definition];
}

function under(
  parent: string,
  segment: string,
  parentField: string,
  verbs: readonly WriteVerb[],
  isReadable = true,
): ParentRoute {
  return { parent, segment, parentField, isReadable, verbs };
}

/** The simulated entities by lower-case name, with the routes of the Autotask REST reference, §3.1. */
export const ENTITY_CATALOGUE: ReadonlyMap<string, EntityDefinition> = new Map([
  entity('Companies', {
    singular: 'Company',
    fields: COMPANIES_FIELDS,
    rootVerbs: ROOT_NO_DELETE,
    userDefinedFields: [
      { name: 'Microsoft Tenant ID', length: 50 },
      { name: 'Cloud Onboarding', length: 100 },
    ],
    supportsWebhooks: true,
  }),
  entity('Contacts', {
    singular: 'Contact',
    fields: CONTACTS_FIELDS,
    parentRoute: under('Companies', 'Contacts', 'companyID', ['POST', 'PUT', 'PATCH', 'DELETE']),
    userDefinedFields: [{ name: 'Billing Contact', length: 10 }],
    supportsWebhooks: true,
  }),
  entity('CompanyNotes', {
    singular: 'CompanyNote',
    fields: COMPANY_NOTES_FIELDS,
    parentRoute: under('Companies', 'Notes', 'companyID', ['POST', 'PUT', 'PATCH']),
    userDefinedFields: [],
  }),
  entity('Opportunities', {
    singular: 'Opportunity',
    fields: OPPORTUNITIES_FIELDS,
    rootVerbs: ROOT_NO_DELETE,
    userDefinedFields: [],
  }),
  entity('Resources', { singular: 'Resource', fields: RESOURCES_FIELDS, rootVerbs: UPDATE_ONLY }),
  entity('Contracts', {
    singular: 'Contract',
    fields: CONTRACTS_FIELDS,
    rootVerbs: ROOT_NO_DELETE,
    userDefinedFields: [{ name: 'Marketplace Reference', length: 100 }],
  }),
  entity('ContractServices', {
    singular: 'ContractService',
    fields: CONTRACT_SERVICES_FIELDS,
    parentRoute: under('Contracts', 'Services', 'contractID', ['POST', 'PUT', 'PATCH']),
  }),
  entity('ContractServiceUnits', {
    singular: 'ContractServiceUnit',
    fields: CONTRACT_SERVICE_UNITS_FIELDS,
    parentRoute: under('Contracts', 'ServiceUnits', 'contractID', []),
  }),
  entity('ContractServiceAdjustments', {
    singular: 'ContractServiceAdjustment',
    fields: CONTRACT_SERVICE_ADJUSTMENTS_FIELDS,
    isQueryable: false,
    rootVerbs: ['POST'],
    parentRoute: under('Contracts', 'ServiceAdjustments', 'contractID', ['POST'], false),
  }),
  entity('ContractServiceBundles', {
    singular: 'ContractServiceBundle',
    fields: CONTRACT_SERVICE_BUNDLES_FIELDS,
    parentRoute: under('Contracts', 'ServiceBundles', 'contractID', ['POST', 'PUT', 'PATCH']),
  }),
  entity('ContractServiceBundleUnits', {
    singular: 'ContractServiceBundleUnit',
    fields: CONTRACT_SERVICE_BUNDLE_UNITS_FIELDS,
    parentRoute: under('Contracts', 'ServiceBundleUnits', 'contractID', []),
  }),
  entity('ContractCharges', {
    singular: 'ContractCharge',
    fields: CONTRACT_CHARGES_FIELDS,
    parentRoute: under('Contracts', 'Charges', 'contractID', ['POST', 'PUT', 'PATCH', 'DELETE']),
  }),
  entity('ContractNotes', {
    singular: 'ContractNote',
    fields: CONTRACT_NOTES_FIELDS,
    parentRoute: under('Contracts', 'Notes', 'contractID', ['POST', 'PUT', 'PATCH']),
    userDefinedFields: [],
  }),
  entity('Services', { singular: 'Service', fields: SERVICES_FIELDS, rootVerbs: ROOT_NO_DELETE }),
  entity('ServiceBundles', {
    singular: 'ServiceBundle',
    fields: SERVICE_BUNDLES_FIELDS,
    rootVerbs: [...ROOT_NO_DELETE, 'DELETE'],
  }),
  entity('Products', {
    singular: 'Product',
    fields: PRODUCTS_FIELDS,
    rootVerbs: ROOT_NO_DELETE,
    userDefinedFields: [],
  }),
  entity('BillingCodes', { singular: 'BillingCode', fields: BILLING_CODES_FIELDS }),
  entity('BillingItems', {
    singular: 'BillingItem',
    fields: BILLING_ITEMS_FIELDS,
    rootVerbs: UPDATE_ONLY,
    updatableOnly: ['webServiceDate'],
  }),
  entity('Invoices', {
    singular: 'Invoice',
    fields: INVOICES_FIELDS,
    rootVerbs: UPDATE_ONLY,
    updatableOnly: ['invoiceNumber', 'paidDate', 'webServiceDate'],
  }),
  entity('Currencies', {
    singular: 'Currency',
    fields: CURRENCIES_FIELDS,
    rootVerbs: UPDATE_ONLY,
    updatableOnly: ['exchangeRate'],
  }),
  entity('PriceListServices', {
    singular: 'PriceListService',
    fields: PRICE_LIST_SERVICES_FIELDS,
    rootVerbs: UPDATE_ONLY,
    updatableOnly: ['unitPrice', 'usesInternalCurrencyPrice'],
  }),
  entity('Tickets', {
    singular: 'Ticket',
    fields: TICKETS_FIELDS,
    rootVerbs: ROOT_NO_DELETE,
    userDefinedFields: [],
    supportsWebhooks: true,
  }),
  entity('TicketNotes', {
    singular: 'TicketNote',
    fields: TICKET_NOTES_FIELDS,
    parentRoute: under('Tickets', 'Notes', 'ticketID', ['POST', 'PUT', 'PATCH']),
    supportsWebhooks: true,
  }),
]);

const BY_SINGULAR = new Map([...ENTITY_CATALOGUE.values()].map((entry) => [entry.singular, entry]));

/** @throws RangeError when no such entity is simulated. */
export function entityNamed(name: string): EntityDefinition {
  const found = ENTITY_CATALOGUE.get(name.toLowerCase());
  if (found === undefined) throw new RangeError(`entity '${name}' is not simulated`);
  return found;
}

/** The entity a reference points at, or undefined when it is not simulated. */
export function entityBySingular(singular: string): EntityDefinition | undefined {
  return BY_SINGULAR.get(singular);
}

/** All verbs of an entity, wherever its write routes are. */
export function writeVerbs(definition: EntityDefinition): ReadonlySet<WriteVerb> {
  return new Set([...definition.rootVerbs, ...(definition.parentRoute?.verbs ?? [])]);
}
