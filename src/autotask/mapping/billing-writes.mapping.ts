import { PsaRequestRejectedError } from '../../ports/psa/psa.errors.js';
import type {
  Changes,
  ChargeRecord,
  ChargeValues,
  ContractServiceAdjustment,
  NewCharge,
  NewContract,
  NewContractService,
  NewService,
} from '../../ports/psa/psa-writes.js';
import { jsonDecimal, jsonInteger } from '../client/lossless-json.js';
import type { AutotaskMetadata } from './autotask-metadata.js';
import { toAutotaskPeriodType } from './period-type.js';
import { RowReader } from './row-reader.js';
import {
  amount,
  customFields,
  day,
  flag,
  pickValue,
  reference,
  text,
  toAutotaskMembers,
  type WriteFields,
} from './write-body.js';

/** Autotask cuts or refuses longer ones, and then the record could not be found again (Autotask REST reference, §7.6, §7.11). */
const MAX_REFERENCE = 50;

const RECURRING_SERVICE = 7;
const ACTIVE = 1;

/**
 * Body of an adjustment. `unitChange` is always sent, 0 for a price alone (Autotask REST reference, §4.2, §8.1).
 * @throws PsaRequestRejectedError for a part of a unit, which Autotask does not count
 */
export function toAutotaskAdjustment(change: ContractServiceAdjustment): Record<string, unknown> {
  if (!change.unitChange.isInteger()) {
    throw new PsaRequestRejectedError('Autotask counts units in whole numbers.');
  }
  return {
    ...targetMembers(change.target),
    unitChange: jsonDecimal(change.unitChange),
    effectiveDate: change.effectiveOn,
    ...(change.unitPrice === undefined ? {} : { adjustedUnitPrice: jsonDecimal(change.unitPrice) }),
    ...(change.unitCost === undefined ? {} : { adjustedUnitCost: jsonDecimal(change.unitCost) }),
  };
}

function targetMembers(target: ContractServiceAdjustment['target']): Record<string, unknown> {
  const contract =
    target.contractExternalId === undefined ? {} : { contractID: jsonInteger(target.contractExternalId) };
  if ('contractServiceExternalId' in target) {
    return { ...contract, contractServiceID: jsonInteger(target.contractServiceExternalId) };
  }
  return {
    ...contract,
    serviceID: jsonInteger(target.serviceExternalId),
    ...(target.allowRepeatService === true ? { allowRepeatService: true } : {}),
  };
}

/** Body of a new line of a contract; it has no units until an adjustment gives it some. */
export function toAutotaskContractService(
  line: NewContractService,
  metadata: AutotaskMetadata,
): Record<string, unknown> {
  return toAutotaskMembers(CONTRACT_SERVICE_WRITES, line, metadata);
}

const CONTRACT_SERVICE_WRITES: WriteFields<NewContractService> = {
  contractExternalId: reference('contractID'),
  serviceExternalId: reference('serviceID'),
  invoiceDescription: text('invoiceDescription'),
  internalDescription: text('internalDescription'),
  unitCost: amount('unitCost'),
};

const CHARGE_VALUE_WRITES: WriteFields<Changes<ChargeValues>> = {
  name: text('name'),
  description: text('description'),
  chargedOn: day('datePurchased'),
  quantity: amount('unitQuantity'),
  unitPrice: amount('unitPrice'),
  unitCost: amount('unitCost'),
  isBillable: flag('isBillableToCompany'),
};

/** Where our reference stands on a charge. Not in `purchaseOrderNumber`, which the customer sees on the invoice. */
export const CHARGE_REFERENCE_FIELD = 'internalPurchaseOrderNumber';

const CHARGE_WRITES: WriteFields<NewCharge> = {
  ...CHARGE_VALUE_WRITES,
  contractExternalId: reference('contractID'),
  billingCodeExternalId: reference('billingCodeID'),
  contractServiceExternalId: reference('contractServiceID'),
  reference: text(CHARGE_REFERENCE_FIELD),
};

/** Body of a new charge. @throws PsaRequestRejectedError when the reference is too long to be kept whole */
export function toAutotaskCharge(charge: NewCharge, metadata: AutotaskMetadata): Record<string, unknown> {
  requireKeepable(charge.reference, 'reference of a charge');
  return {
    ...toAutotaskMembers(CHARGE_WRITES, charge, metadata),
    chargeType: pickValue(operationalChargeType(metadata)),
  };
}

/** Members of a changed charge. */
export function toAutotaskChargeChanges(
  changes: Changes<ChargeValues>,
  metadata: AutotaskMetadata,
): Record<string, unknown> {
  return toAutotaskMembers(CHARGE_VALUE_WRITES, changes, metadata);
}

/** `Operational` by its label; its number 1 is likely, not certain (Autotask REST reference, §7.11). */
function operationalChargeType({ pickLists }: AutotaskMetadata): string {
  const labelled = Object.entries(pickLists.chargeType).find(
    ([, label]) => label.trim().toLowerCase() === 'operational',
  );
  return labelled?.[0] ?? Object.keys(pickLists.chargeType)[0] ?? '1';
}

export const CHARGE_FIELDS = [
  'id',
  'contractID',
  'name',
  'description',
  'datePurchased',
  'unitQuantity',
  'unitPrice',
  'unitCost',
  'isBillableToCompany',
  'isBilled',
  CHARGE_REFERENCE_FIELD,
] as const;

/** A row of `ContractCharges` (Autotask REST reference, §7.11). */
export function fromAutotaskCharge(row: unknown): ChargeRecord {
  const reader = new RowReader('ContractCharges', row);
  return {
    externalId: reader.id(),
    contractExternalId: reader.reference('contractID'),
    name: reader.text('name'),
    description: reader.optionalText('description') ?? '',
    chargedOn: reader.day('datePurchased'),
    quantity: reader.decimal('unitQuantity'),
    unitPrice: reader.decimal('unitPrice'),
    unitCost: reader.decimal('unitCost'),
    isBillable: reader.flag('isBillableToCompany'),
    isBilled: reader.flag('isBilled'),
    reference: reader.text(CHARGE_REFERENCE_FIELD),
  };
}

const CONTRACT_WRITES: WriteFields<Omit<NewContract, 'periodType'>> = {
  companyExternalId: reference('companyID'),
  name: text('contractName'),
  number: text('contractNumber'),
  startsOn: day('startDate'),
  endsOn: day('endDate'),
  description: text('description'),
  customFields,
};

/** Body of a new, active contract of the type Recurring Service: the members a live tenant accepts (§7.6). */
export function toAutotaskContract(
  contract: NewContract,
  metadata: AutotaskMetadata,
): Record<string, unknown> {
  requireKeepable(contract.number, 'number of a contract');
  return {
    ...toAutotaskMembers(CONTRACT_WRITES, contract, metadata),
    contractType: RECURRING_SERVICE,
    status: ACTIVE,
    contractPeriodType: pickValue(
      toAutotaskPeriodType(contract.periodType, metadata.pickLists.contractPeriodType),
    ),
    timeReportingRequiresStartAndStopTimes: 0,
    setupFee: 0,
  };
}

const SERVICE_WRITES: WriteFields<Omit<NewService, 'periodType'>> = {
  name: text('name'),
  description: text('description'),
  sku: text('sku'),
  unitPrice: amount('unitPrice'),
  unitCost: amount('unitCost'),
  billingCodeExternalId: reference('billingCodeID'),
};

/** Body of a new, active service; members that this instance lacks are left out. */
export function toAutotaskService(service: NewService, metadata: AutotaskMetadata): Record<string, unknown> {
  const absent = metadata.absentFields['Services'] ?? [];
  const members = Object.entries(toAutotaskMembers(SERVICE_WRITES, service, metadata));
  return {
    ...Object.fromEntries(members.filter(([field]) => !absent.includes(field))),
    periodType: pickValue(toAutotaskPeriodType(service.periodType, metadata.pickLists.servicePeriodType)),
    isActive: true,
  };
}

function requireKeepable(value: string, what: string): void {
  const isKeepable = value.trim() === value && value !== '' && value.length <= MAX_REFERENCE;
  if (isKeepable) return;
  throw new PsaRequestRejectedError(
    `Autotask keeps at most ${MAX_REFERENCE} characters of the ${what}, without blanks around them.`,
  );
}
