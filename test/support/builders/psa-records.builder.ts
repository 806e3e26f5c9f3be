import { localDate } from '../../../src/kernel/local-date.js';
import { MoneyDecimal } from '../../../src/kernel/money.js';
import type {
  BillingCodeRecord,
  BillingItemRecord,
  CompanyRecord,
  ContractChargeRecord,
  ContractRecord,
  ContractServiceBundleRecord,
  ContractServiceBundleUnitRecord,
  ContractServiceRecord,
  ContractServiceUnitRecord,
  CurrencyRecord,
  InvoiceRecord,
  PriceListServiceRecord,
  ServiceBundleRecord,
  ServiceRecord,
} from '../../../src/ports/psa/psa-records.js';

type Change<Row> = Partial<Row> & { externalId: string };

export function aCurrency(change: Change<CurrencyRecord>): CurrencyRecord {
  return { code: 'EUR', isActive: true, isInternal: true, exchangeRate: new MoneyDecimal(1), ...change };
}

export function aCompany(change: Change<CompanyRecord>): CompanyRecord {
  return {
    name: `Company ${change.externalId}`,
    number: null,
    type: 'customer',
    isActive: true,
    currencyExternalId: null,
    parentExternalId: null,
    webAddress: null,
    ...change,
  };
}

export function aService(change: Change<ServiceRecord>): ServiceRecord {
  return {
    name: `Service ${change.externalId}`,
    description: null,
    sku: null,
    periodType: 'monthly',
    isActive: true,
    unitPrice: new MoneyDecimal('12.5'),
    unitCost: new MoneyDecimal('10'),
    billingCodeExternalId: null,
    ...change,
  };
}

export function aContract(change: Change<ContractRecord>): ContractRecord {
  return {
    companyExternalId: '1',
    name: `Contract ${change.externalId}`,
    number: null,
    type: 'recurring_service',
    isActive: true,
    periodType: 'monthly',
    startsOn: localDate('2026-01-01'),
    endsOn: localDate('2026-12-31'),
    ...change,
  };
}

export function aContractService(change: Change<ContractServiceRecord>): ContractServiceRecord {
  return {
    contractExternalId: '1',
    serviceExternalId: '1',
    description: null,
    unitPrice: new MoneyDecimal('12.5'),
    unitCost: new MoneyDecimal('10'),
    internalUnitPrice: new MoneyDecimal('12.5'),
    ...change,
  };
}

export function aContractServiceUnit(change: Change<ContractServiceUnitRecord>): ContractServiceUnitRecord {
  return {
    contractExternalId: '1',
    contractServiceExternalId: '1',
    serviceExternalId: '1',
    startsOn: localDate('2026-01-01'),
    endsOn: localDate('2026-12-31'),
    units: new MoneyDecimal(5),
    price: new MoneyDecimal('62.5'),
    internalPrice: new MoneyDecimal('62.5'),
    cost: new MoneyDecimal('50'),
    postedAt: null,
    ...change,
  };
}

export function aServiceBundle(change: Change<ServiceBundleRecord>): ServiceBundleRecord {
  return aService(change);
}

export function aBillingCode(change: Change<BillingCodeRecord>): BillingCodeRecord {
  return {
    name: `Code ${change.externalId}`,
    description: null,
    useType: '4',
    isActive: true,
    number: null,
    ...change,
  };
}

export function aPriceListService(change: Change<PriceListServiceRecord>): PriceListServiceRecord {
  return {
    serviceExternalId: '1',
    currencyExternalId: '1',
    unitPrice: new MoneyDecimal('12.5'),
    usesInternalPrice: false,
    ...change,
  };
}

export function aContractServiceBundle(
  change: Change<ContractServiceBundleRecord>,
): ContractServiceBundleRecord {
  return {
    contractExternalId: '1',
    serviceBundleExternalId: '1',
    description: null,
    unitPrice: new MoneyDecimal('40'),
    internalUnitPrice: new MoneyDecimal('40'),
    ...change,
  };
}

export function aContractServiceBundleUnit(
  change: Change<ContractServiceBundleUnitRecord>,
): ContractServiceBundleUnitRecord {
  return {
    contractExternalId: '1',
    contractServiceBundleExternalId: '1',
    serviceBundleExternalId: '1',
    startsOn: localDate('2026-01-01'),
    endsOn: localDate('2026-01-31'),
    units: new MoneyDecimal(2),
    price: new MoneyDecimal('80'),
    internalPrice: new MoneyDecimal('80'),
    cost: new MoneyDecimal('60'),
    postedAt: null,
    ...change,
  };
}

export function aContractCharge(change: Change<ContractChargeRecord>): ContractChargeRecord {
  return {
    contractExternalId: '1',
    contractServiceExternalId: null,
    contractServiceBundleExternalId: null,
    name: `Charge ${change.externalId}`,
    description: null,
    chargedOn: localDate('2026-01-31'),
    billingCodeExternalId: '1',
    productExternalId: null,
    units: new MoneyDecimal(1),
    unitPrice: new MoneyDecimal('99.9'),
    unitCost: new MoneyDecimal('80'),
    price: new MoneyDecimal('99.9'),
    internalPrice: new MoneyDecimal('99.9'),
    cost: new MoneyDecimal('80'),
    isBillable: true,
    isBilled: false,
    reference: null,
    purchaseOrderNumber: null,
    ...change,
  };
}

export function anInvoice(change: Change<InvoiceRecord>): InvoiceRecord {
  return {
    companyExternalId: '1',
    number: `INV-${change.externalId}`,
    invoicedAt: new Date('2026-02-01T00:00:00.000Z'),
    createdAt: null,
    dueOn: null,
    startsOn: null,
    endsOn: null,
    total: new MoneyDecimal('62.5'),
    tax: new MoneyDecimal(0),
    paidOn: null,
    isVoided: false,
    voidedAt: null,
    raw: {},
    ...change,
  };
}

export function aBillingItem(change: Change<BillingItemRecord>): BillingItemRecord {
  return {
    companyExternalId: '1',
    contractExternalId: '1',
    contractServiceExternalId: '1',
    contractServiceUnitExternalId: '1',
    contractServiceBundleExternalId: null,
    contractServiceBundleUnitExternalId: null,
    contractChargeExternalId: null,
    serviceExternalId: '1',
    serviceBundleExternalId: null,
    billingCodeExternalId: null,
    invoiceExternalId: null,
    name: `Item ${change.externalId}`,
    description: null,
    itemOn: localDate('2026-01-01'),
    postedOn: null,
    postedAt: null,
    quantity: new MoneyDecimal(5),
    unitPrice: new MoneyDecimal('12.5'),
    price: new MoneyDecimal('62.5'),
    internalPrice: new MoneyDecimal('62.5'),
    tax: new MoneyDecimal(0),
    cost: new MoneyDecimal('50'),
    isBillable: true,
    purchaseOrderNumber: null,
    raw: {},
    ...change,
  };
}

/** Companies with these ids and all between. */
export function companies(from: number, to: number): ReturnType<typeof aCompany>[] {
  return Array.from({ length: to - from + 1 }, (_, index) => aCompany({ externalId: String(from + index) }));
}

/** Contract services with these ids. */
export function lines(contract: string, ...ids: number[]): ReturnType<typeof aContractService>[] {
  return ids.map((id) => aContractService({ externalId: String(id), contractExternalId: contract }));
}
