import { PsaRequestRejectedError } from '../../ports/psa/psa.errors.js';
import type { CompanyRecord } from '../../ports/psa/psa-records.js';
import type { AutotaskMetadata, PickList } from './autotask-metadata.js';
import { RowReader } from './row-reader.js';

export const COMPANY_FIELDS = [
  'id',
  'companyName',
  'companyNumber',
  'companyType',
  'isActive',
  'currencyID',
  'parentCompanyID',
  'webAddress',
] as const;

/** The four values every source agrees on; the others differ, so they go by label only (Autotask REST reference, §7.1). */
const SYSTEM_TYPES: PickList = { '1': 'customer', '2': 'lead', '3': 'prospect', '4': 'dead' };
const KNOWN_WORDS = new Set([
  'customer',
  'lead',
  'prospect',
  'dead',
  'cancelation',
  'cancellation',
  'vendor',
  'partner',
]);

/** A row of `Companies`, id 0 (the tenant's own company) included. */
export function fromAutotaskCompany(row: unknown, { pickLists }: AutotaskMetadata): CompanyRecord {
  const reader = new RowReader('Companies', row);
  return {
    externalId: reader.id(),
    name: reader.text('companyName'),
    number: reader.optionalText('companyNumber'),
    type: companyType(reader.optionalPick('companyType'), pickLists.companyType),
    isActive: reader.flag('isActive'),
    currencyExternalId: reader.optionalNonZeroReference('currencyID'),
    parentExternalId: reader.optionalReference('parentCompanyID'),
    webAddress: reader.optionalText('webAddress'),
  };
}

/** By label; but a system value keeps its word where the label was translated or renamed. */
function companyType(value: string | null, labels: PickList): string {
  if (value === null) return 'unknown';
  const label = labels[value]?.trim().toLowerCase();
  if (label !== undefined && KNOWN_WORDS.has(label)) return label;
  return SYSTEM_TYPES[value] ?? label ?? value;
}

/**
 * The instance's value of a company type given in words.
 * @throws PsaRequestRejectedError when it has no such type
 */
export function toAutotaskCompanyType(word: string, labels: PickList): string {
  const known = { ...SYSTEM_TYPES, ...labels };
  const wanted = word.trim().toLowerCase();
  const value = Object.keys(known).find((candidate) => companyType(candidate, labels) === wanted);
  if (value === undefined) throw new PsaRequestRejectedError(`Autotask has no company type '${word}'.`);
  return value;
}
