import { localDate } from '../../../src/kernel/local-date.js';
import { MoneyDecimal } from '../../../src/kernel/money.js';
import type { FakePsaAdapter } from '../fakes/fake-psa-adapter.js';
import {
  aCompany,
  aContract,
  aContractService,
  aContractServiceUnit,
  aCurrency,
  aService,
} from './psa-records.builder.js';

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1));
}

/** Entities the filled PSA does not have, so that a pull of it stays small. */
const ABSENT = [
  'billingCodes',
  'serviceBundles',
  'priceListServices',
  'contractServiceBundles',
  'contractServiceBundleUnits',
  'contractCharges',
  'invoices',
  'billingItems',
] as const;

/** Fills the PSA with a little of six entities: 28 records, 16 pages of two. */
export function fillPsa({ records, unreadable }: FakePsaAdapter): void {
  for (const entity of ABSENT) unreadable.add(entity);
  records.currencies = [
    aCurrency({ externalId: '1' }),
    aCurrency({ externalId: '2', code: 'USD', isInternal: false, exchangeRate: new MoneyDecimal('1.0837') }),
  ];
  records.companies = numbers(7).map((externalId) => aCompany({ externalId }));
  records.services = numbers(3).map((externalId) => aService({ externalId }));
  records.contracts = numbers(5).map((externalId) =>
    aContract({ externalId, companyExternalId: externalId }),
  );
  records.contractServices = numbers(5).map((externalId) =>
    aContractService({ externalId, contractExternalId: externalId }),
  );
  records.contractServiceUnits = numbers(6).map((externalId) =>
    aContractServiceUnit({
      externalId,
      startsOn: localDate(`2026-0${externalId}-01`),
      endsOn: localDate(`2026-0${externalId}-28`),
    }),
  );
}
