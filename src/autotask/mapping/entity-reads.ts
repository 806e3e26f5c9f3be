import type { PsaEntity, PsaRecords } from '../../ports/psa/psa-records.js';
import type { AutotaskMetadata } from './autotask-metadata.js';
import { BILLING_CODE_FIELDS, fromAutotaskBillingCode } from './billing-code.mapping.js';
import {
  BILLING_ITEM_FIELDS,
  fromAutotaskBillingItem,
  NEWER_BILLING_ITEM_FIELDS,
} from './billing-item.mapping.js';
import { COMPANY_FIELDS, fromAutotaskCompany } from './company.mapping.js';
import { CONTRACT_CHARGE_FIELDS, fromAutotaskContractCharge } from './contract-charge.mapping.js';
import {
  CONTRACT_SERVICE_BUNDLE_UNIT_FIELDS,
  fromAutotaskContractServiceBundleUnit,
} from './contract-service-bundle-unit.mapping.js';
import {
  CONTRACT_SERVICE_BUNDLE_FIELDS,
  fromAutotaskContractServiceBundle,
} from './contract-service-bundle.mapping.js';
import {
  CONTRACT_SERVICE_UNIT_FIELDS,
  fromAutotaskContractServiceUnit,
} from './contract-service-unit.mapping.js';
import { CONTRACT_SERVICE_FIELDS, fromAutotaskContractService } from './contract-service.mapping.js';
import { CONTRACT_FIELDS, fromAutotaskContract } from './contract.mapping.js';
import { CURRENCY_FIELDS, fromAutotaskCurrency } from './currency.mapping.js';
import { fromAutotaskInvoice, INVOICE_FIELDS } from './invoice.mapping.js';
import { fromAutotaskPriceListService, PRICE_LIST_SERVICE_FIELDS } from './price-list-service.mapping.js';
import { fromAutotaskServiceBundle, SERVICE_BUNDLE_FIELDS } from './service-bundle.mapping.js';
import { SERVICE_FIELDS, fromAutotaskService } from './service.mapping.js';

/** How one of our entities is read: the vendor's entity, the fields to ask for, and the mapping of a row. */
export interface EntityRead<T> {
  entity: string;
  fields: readonly string[];
  /** Those of the fields that older instances may lack (Autotask REST reference, §7). */
  newerFields?: readonly string[];
  fromAutotask(row: unknown, metadata: AutotaskMetadata): T;
}

export const ENTITY_READS: { readonly [E in PsaEntity]: EntityRead<PsaRecords[E]> } = {
  currencies: { entity: 'Currencies', fields: CURRENCY_FIELDS, fromAutotask: fromAutotaskCurrency },
  billingCodes: {
    entity: 'BillingCodes',
    fields: BILLING_CODE_FIELDS,
    fromAutotask: fromAutotaskBillingCode,
  },
  companies: { entity: 'Companies', fields: COMPANY_FIELDS, fromAutotask: fromAutotaskCompany },
  services: {
    entity: 'Services',
    fields: SERVICE_FIELDS,
    newerFields: ['sku'],
    fromAutotask: fromAutotaskService,
  },
  serviceBundles: {
    entity: 'ServiceBundles',
    fields: SERVICE_BUNDLE_FIELDS,
    newerFields: ['sku'],
    fromAutotask: fromAutotaskServiceBundle,
  },
  priceListServices: {
    entity: 'PriceListServices',
    fields: PRICE_LIST_SERVICE_FIELDS,
    fromAutotask: fromAutotaskPriceListService,
  },
  contracts: { entity: 'Contracts', fields: CONTRACT_FIELDS, fromAutotask: fromAutotaskContract },
  contractServices: {
    entity: 'ContractServices',
    fields: CONTRACT_SERVICE_FIELDS,
    fromAutotask: fromAutotaskContractService,
  },
  contractServiceBundles: {
    entity: 'ContractServiceBundles',
    fields: CONTRACT_SERVICE_BUNDLE_FIELDS,
    fromAutotask: fromAutotaskContractServiceBundle,
  },
  contractServiceUnits: {
    entity: 'ContractServiceUnits',
    fields: CONTRACT_SERVICE_UNIT_FIELDS,
    fromAutotask: fromAutotaskContractServiceUnit,
  },
  contractServiceBundleUnits: {
    entity: 'ContractServiceBundleUnits',
    fields: CONTRACT_SERVICE_BUNDLE_UNIT_FIELDS,
    fromAutotask: fromAutotaskContractServiceBundleUnit,
  },
  contractCharges: {
    entity: 'ContractCharges',
    fields: CONTRACT_CHARGE_FIELDS,
    fromAutotask: fromAutotaskContractCharge,
  },
  invoices: { entity: 'Invoices', fields: INVOICE_FIELDS, fromAutotask: fromAutotaskInvoice },
  billingItems: {
    entity: 'BillingItems',
    fields: BILLING_ITEM_FIELDS,
    newerFields: NEWER_BILLING_ITEM_FIELDS,
    fromAutotask: fromAutotaskBillingItem,
  },
};
