import type { PsaEntity, PsaRecords } from '../../ports/psa/psa-records.js';
import { columnsOf, type MirrorColumn } from './mirror-column.js';

/** A mirror table whatever its records are. */
export interface MirrorTableShape {
  readonly name: string;
  readonly columns: readonly { readonly name: string }[];
}

export interface MirrorTable<Row> extends MirrorTableShape {
  readonly columns: readonly MirrorColumn<Row>[];
}

const currency = columnsOf<PsaRecords['currencies']>();
const company = columnsOf<PsaRecords['companies']>();
const service = columnsOf<PsaRecords['services']>();
const contract = columnsOf<PsaRecords['contracts']>();
const contractService = columnsOf<PsaRecords['contractServices']>();
const unit = columnsOf<PsaRecords['contractServiceUnits']>();
const billingCode = columnsOf<PsaRecords['billingCodes']>();
const serviceBundle = columnsOf<PsaRecords['serviceBundles']>();
const priceListService = columnsOf<PsaRecords['priceListServices']>();
const contractServiceBundle = columnsOf<PsaRecords['contractServiceBundles']>();
const bundleUnit = columnsOf<PsaRecords['contractServiceBundleUnits']>();
const charge = columnsOf<PsaRecords['contractCharges']>();
const invoice = columnsOf<PsaRecords['invoices']>();
const item = columnsOf<PsaRecords['billingItems']>();

/** Where each entity is mirrored. */
export const MIRROR_TABLES: { readonly [E in PsaEntity]: MirrorTable<PsaRecords[E]> } = {
  currencies: {
    name: 'psa_currency',
    columns: [
      currency.text('externalId'),
      currency.text('code'),
      currency.flag('isActive'),
      currency.flag('isInternal'),
      currency.amount('exchangeRate'),
    ],
  },
  companies: {
    name: 'psa_company',
    columns: [
      company.text('externalId'),
      company.text('name'),
      company.text('number'),
      company.text('type'),
      company.flag('isActive'),
      company.text('currencyExternalId'),
      company.text('parentExternalId'),
      company.text('webAddress'),
    ],
  },
  services: {
    name: 'psa_service',
    columns: [
      service.text('externalId'),
      service.text('name'),
      service.text('description'),
      service.text('sku'),
      service.text('periodType'),
      service.flag('isActive'),
      service.amount('unitPrice'),
      service.amount('unitCost'),
      service.text('billingCodeExternalId'),
    ],
  },
  contracts: {
    name: 'psa_contract',
    columns: [
      contract.text('externalId'),
      contract.text('companyExternalId'),
      contract.text('name'),
      contract.text('number'),
      contract.text('type'),
      contract.flag('isActive'),
      contract.text('periodType'),
      contract.date('startsOn'),
      contract.date('endsOn'),
    ],
  },
  contractServices: {
    name: 'psa_contract_service',
    columns: [
      contractService.text('externalId'),
      contractService.text('contractExternalId'),
      contractService.text('serviceExternalId'),
      contractService.text('description'),
      contractService.amount('unitPrice'),
      contractService.amount('unitCost'),
      contractService.amount('internalUnitPrice'),
    ],
  },
  contractServiceUnits: {
    name: 'psa_contract_service_unit',
    columns: [
      unit.text('externalId'),
      unit.text('contractExternalId'),
      unit.text('contractServiceExternalId'),
      unit.text('serviceExternalId'),
      unit.date('startsOn'),
      unit.date('endsOn'),
      unit.amount('units'),
      unit.amount('price'),
      unit.amount('internalPrice'),
      unit.amount('cost'),
      unit.instant('postedAt'),
    ],
  },
  billingCodes: {
    name: 'psa_billing_code',
    columns: [
      billingCode.text('externalId'),
      billingCode.text('name'),
      billingCode.text('description'),
      billingCode.text('useType'),
      billingCode.flag('isActive'),
      billingCode.text('number'),
    ],
  },
  serviceBundles: {
    name: 'psa_service_bundle',
    columns: [
      serviceBundle.text('externalId'),
      serviceBundle.text('name'),
      serviceBundle.text('description'),
      serviceBundle.text('sku'),
      serviceBundle.text('periodType'),
      serviceBundle.flag('isActive'),
      serviceBundle.amount('unitPrice'),
      serviceBundle.amount('unitCost'),
      serviceBundle.text('billingCodeExternalId'),
    ],
  },
  priceListServices: {
    name: 'psa_price_list_service',
    columns: [
      priceListService.text('externalId'),
      priceListService.text('serviceExternalId'),
      priceListService.text('currencyExternalId'),
      priceListService.amount('unitPrice'),
      priceListService.flag('usesInternalPrice'),
    ],
  },
  contractServiceBundles: {
    name: 'psa_contract_service_bundle',
    columns: [
      contractServiceBundle.text('externalId'),
      contractServiceBundle.text('contractExternalId'),
      contractServiceBundle.text('serviceBundleExternalId'),
      contractServiceBundle.text('description'),
      contractServiceBundle.amount('unitPrice'),
      contractServiceBundle.amount('internalUnitPrice'),
    ],
  },
  contractServiceBundleUnits: {
    name: 'psa_contract_service_bundle_unit',
    columns: [
      bundleUnit.text('externalId'),
      bundleUnit.text('contractExternalId'),
      bundleUnit.text('contractServiceBundleExternalId'),
      bundleUnit.text('serviceBundleExternalId'),
      bundleUnit.date('startsOn'),
      bundleUnit.date('endsOn'),
      bundleUnit.amount('units'),
      bundleUnit.amount('price'),
      bundleUnit.amount('internalPrice'),
      bundleUnit.amount('cost'),
      bundleUnit.instant('postedAt'),
    ],
  },
  contractCharges: {
    name: 'psa_contract_charge',
    columns: [
      charge.text('externalId'),
      charge.text('contractExternalId'),
      charge.text('contractServiceExternalId'),
      charge.text('contractServiceBundleExternalId'),
      charge.text('name'),
      charge.text('description'),
      charge.date('chargedOn'),
      charge.text('billingCodeExternalId'),
      charge.text('productExternalId'),
      charge.amount('units'),
      charge.amount('unitPrice'),
      charge.amount('unitCost'),
      charge.amount('price'),
      charge.amount('internalPrice'),
      charge.amount('cost'),
      charge.flag('isBillable'),
      charge.flag('isBilled'),
      charge.text('reference'),
      charge.text('purchaseOrderNumber'),
    ],
  },
  invoices: {
    name: 'psa_invoice',
    columns: [
      invoice.text('externalId'),
      invoice.text('companyExternalId'),
      invoice.text('number'),
      invoice.instant('invoicedAt'),
      invoice.instant('createdAt'),
      invoice.date('dueOn'),
      invoice.date('startsOn'),
      invoice.date('endsOn'),
      invoice.amount('total'),
      invoice.amount('tax'),
      invoice.date('paidOn'),
      invoice.flag('isVoided'),
      invoice.instant('voidedAt'),
      invoice.raw('raw'),
    ],
  },
  billingItems: {
    name: 'psa_billing_item',
    columns: [
      item.text('externalId'),
      item.text('companyExternalId'),
      item.text('contractExternalId'),
      item.text('contractServiceExternalId'),
      item.text('contractServiceUnitExternalId'),
      item.text('contractServiceBundleExternalId'),
      item.text('contractServiceBundleUnitExternalId'),
      item.text('contractChargeExternalId'),
      item.text('serviceExternalId'),
      item.text('serviceBundleExternalId'),
      item.text('billingCodeExternalId'),
      item.text('invoiceExternalId'),
      item.text('name'),
      item.text('description'),
      item.date('itemOn'),
      item.date('postedOn'),
      item.instant('postedAt'),
      item.amount('quantity'),
      item.amount('unitPrice'),
      item.amount('price'),
      item.amount('internalPrice'),
      item.amount('tax'),
      item.amount('cost'),
      item.flag('isBillable'),
      item.text('purchaseOrderNumber'),
      item.raw('raw'),
    ],
  },
};

/** Name of the staging table of a mirror table; one per database session. */
export function stageOf({ name }: { name: string }): string {
  return `stage_${name}`;
}

/** What is to be read again where rows of the entity have changed: a contract, or an invoice; undefined where nothing is. */
export function touchColumn(entity: PsaEntity): string | undefined {
  if (entity === 'contracts' || entity === 'invoices') return 'external_id';
  const name = 'contract_external_id';
  return MIRROR_TABLES[entity].columns.some((column) => column.name === name) ? name : undefined;
}
