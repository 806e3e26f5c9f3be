import { PsaRequestRejectedError } from '../../ports/psa/psa.errors.js';
import type { PeriodType } from '../../ports/psa/psa-records.js';
import type { PickList } from './autotask-metadata.js';

const BY_WORD: Readonly<Record<string, PeriodType>> = {
  onetime: 'one_time',
  monthly: 'monthly',
  month: 'monthly',
  quarterly: 'quarterly',
  quarter: 'quarterly',
  semiannual: 'semi_annual',
  semiannually: 'semi_annual',
  halfyearly: 'semi_annual',
  yearly: 'yearly',
  year: 'yearly',
  annual: 'yearly',
  annually: 'yearly',
};

/** Numbers of the REST API (2-5 observed on a live tenant, 1 unconfirmed) and letters of SOAP (Autotask REST reference, §7.6). */
const BY_VALUE: Readonly<Record<string, PeriodType>> = {
  '1': 'one_time',
  '2': 'monthly',
  '3': 'quarterly',
  '4': 'semi_annual',
  '5': 'yearly',
  m: 'monthly',
  q: 'quarterly',
  s: 'semi_annual',
  y: 'yearly',
};

/** By the instance's own label where it is a word we know, else by the system value. */
export function fromAutotaskPeriodType(value: string | null, labels: PickList): PeriodType {
  if (value === null) return 'unknown';
  const label = labels[value] ?? value;
  return BY_WORD[label.toLowerCase().replaceAll(/[^a-z]/g, '')] ?? BY_VALUE[value.toLowerCase()] ?? 'unknown';
}

/**
 * The instance's value of a period type: that of its own label where there is one, else the system value.
 * @throws PsaRequestRejectedError for `unknown`, which no value stands for
 */
export function toAutotaskPeriodType(period: PeriodType, labels: PickList): string {
  const labelled = Object.keys(labels).find((value) => fromAutotaskPeriodType(value, labels) === period);
  const system = Object.keys(BY_VALUE).find((value) => BY_VALUE[value] === period);
  const value = labelled ?? system;
  if (value === undefined || period === 'unknown') {
    throw new PsaRequestRejectedError('Autotask needs a billing period, such as monthly.');
  }
  return value;
}
