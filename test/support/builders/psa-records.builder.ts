import { localDate } from '../../../src/kernel/local-date.js';
import { MoneyDecimal } from '../../../src/kernel/money.js';
import type {
  CompanyRecord,
  ContractRecord,
  ContractServiceRecord,
  ContractServiceUnitRecord,
  CurrencyRecord,
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
    cost: new MoneyDecimal('50'),
    postedAt: null,
    ...change,
  };
}
