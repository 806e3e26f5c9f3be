import type { PsaEntity, PsaRecords } from '../../ports/psa/psa-records.js';
import type { AutotaskMetadata } from './autotask-metadata.js';
import { COMPANY_FIELDS, fromAutotaskCompany } from './company.mapping.js';
import {
  CONTRACT_SERVICE_UNIT_FIELDS,
  fromAutotaskContractServiceUnit,
} from './contract-service-unit.mapping.js';
import { CONTRACT_SERVICE_FIELDS, fromAutotaskContractService } from './contract-service.mapping.js';
import { CONTRACT_FIELDS, fromAutotaskContract } from './contract.mapping.js';
import { CURRENCY_FIELDS, fromAutotaskCurrency } from './currency.mapping.js';
import { SERVICE_FIELDS, fromAutotaskService } from './service.mapping.js';

/** How one of our entities is read: the vendor's entity, the fields to ask for, and the mapping of a row. */
export interface EntityRead<T> {
  entity: string;
  fields: readonly string[];
  fromAutotask(row: unknown, metadata: AutotaskMetadata): T;
}

export const ENTITY_READS: { readonly [E in PsaEntity]: EntityRead<PsaRecords[E]> } = {
  currencies: { entity: 'Currencies', fields: CURRENCY_FIELDS, fromAutotask: fromAutotaskCurrency },
  companies: { entity: 'Companies', fields: COMPANY_FIELDS, fromAutotask: fromAutotaskCompany },
  services: { entity: 'Services', fields: SERVICE_FIELDS, fromAutotask: fromAutotaskService },
  contracts: { entity: 'Contracts', fields: CONTRACT_FIELDS, fromAutotask: fromAutotaskContract },
  contractServices: {
    entity: 'ContractServices',
    fields: CONTRACT_SERVICE_FIELDS,
    fromAutotask: fromAutotaskContractService,
  },
  contractServiceUnits: {
    entity: 'ContractServiceUnits',
    fields: CONTRACT_SERVICE_UNIT_FIELDS,
    fromAutotask: fromAutotaskContractServiceUnit,
  },
};
