import type { BillingCodeRecord } from '../../ports/psa/psa-records.js';
import { RowReader } from './row-reader.js';

export const BILLING_CODE_FIELDS = [
  'id',
  'name',
  'description',
  'useType',
  'isActive',
  'externalNumber',
] as const;

/** A row of `BillingCodes`; one without a name is called by its id (Autotask REST reference, §7.16: the name is optional). */
export function fromAutotaskBillingCode(row: unknown): BillingCodeRecord {
  const reader = new RowReader('BillingCodes', row);
  const externalId = reader.id();
  return {
    externalId,
    name: reader.optionalText('name') ?? externalId,
    description: reader.optionalText('description'),
    useType: reader.optionalPick('useType'),
    isActive: reader.flag('isActive'),
    number: reader.optionalText('externalNumber'),
  };
}
