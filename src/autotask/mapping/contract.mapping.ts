import type { ContractRecord } from '../../ports/psa/psa-records.js';
import type { AutotaskMetadata, PickList } from './autotask-metadata.js';
import { fromAutotaskPeriodType } from './period-type.js';
import { RowReader } from './row-reader.js';

export const CONTRACT_FIELDS = [
  'id',
  'companyID',
  'contractName',
  'contractNumber',
  'contractType',
  'status',
  'contractPeriodType',
  'startDate',
  'endDate',
] as const;

/** The one contract type whose number is certain (Autotask REST reference, §7.6). */
const RECURRING_SERVICE = '7';
const ACTIVE = '1';

/** A row of `Contracts`. */
export function fromAutotaskContract(row: unknown, { pickLists }: AutotaskMetadata): ContractRecord {
  const reader = new RowReader('Contracts', row);
  return {
    externalId: reader.id(),
    companyExternalId: reader.reference('companyID'),
    name: reader.text('contractName'),
    number: reader.optionalText('contractNumber'),
    type: contractType(reader.optionalPick('contractType'), pickLists.contractType),
    isActive: isActive(reader.optionalPick('status'), pickLists.contractStatus),
    periodType: fromAutotaskPeriodType(
      reader.optionalPick('contractPeriodType'),
      pickLists.contractPeriodType,
    ),
    startsOn: reader.day('startDate'),
    endsOn: reader.day('endDate'),
  };
}

function contractType(value: string | null, labels: PickList): string {
  if (value === null) return 'unknown';
  const label = labels[value]?.trim().toLowerCase();
  return value === RECURRING_SERVICE || label === 'recurring service'
    ? 'recurring_service'
    : (label ?? value);
}

function isActive(value: string | null, labels: PickList): boolean {
  return value !== null && (value === ACTIVE || labels[value]?.trim().toLowerCase() === 'active');
}
