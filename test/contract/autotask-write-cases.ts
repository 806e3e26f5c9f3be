import { Decimal } from 'decimal.js';
import { localDate } from '../../src/kernel/local-date.js';
import { HUB_WRITE_CASES } from './autotask-hub-write-cases.js';
import { marking, ON, type SimulatedRecords, type WriteCase } from './simulated-records.js';

export function newCharge(records: SimulatedRecords, reference: string) {
  return {
    contractExternalId: String(records.contractId()),
    name: 'Azure usage',
    chargedOn: ON,
    billingCodeExternalId: records.materialCode(),
    quantity: new Decimal('2.5'),
    unitPrice: new Decimal('12.3456'),
    unitCost: new Decimal('0.1'),
    isBillable: true,
    reference,
  };
}

/** A charge that is there already. */
function storedCharge(records: SimulatedRecords) {
  const contractExternalId = String(records.contractId());
  const row = records.table('ContractCharges').insert({
    contractID: Number(contractExternalId),
    billingCodeID: Number(records.materialCode()),
    name: 'Old name',
    isBilled: false,
    unitQuantity: 1,
    unitPrice: null,
    unitCost: null,
    datePurchased: '2026-05-04T00:00:00Z',
    chargeType: 1,
  });
  return { row, key: { externalId: String(row.id), contractExternalId } };
}

const BILLING_WRITE_CASES: readonly WriteCase[] = [
  {
    name: 'applyAdjustment',
    method: 'POST',
    path: /\/Contracts\/\d+\/ServiceAdjustments$/i,
    prepare: (records) => {
      const line = records.line();
      const before = records.unitsOn(line.id, ON);
      return {
        write: (writer, signal) =>
          writer.applyAdjustment(
            {
              target: {
                contractServiceExternalId: String(line.id),
                contractExternalId: String(line['contractID']),
              },
              unitChange: new Decimal(-2),
              effectiveOn: ON,
            },
            signal,
          ),
        timesDone: () => (before - records.unitsOn(line.id, ON)) / 2,
      };
    },
  },
  {
    name: 'addContractService',
    method: 'POST',
    path: /\/Contracts\/\d+\/Services$/i,
    prepare: (records) => {
      const contractID = records.contractId();
      const present = records.table('ContractServices').where('contractID', contractID);
      const service = records
        .table('Services')
        .all()
        .find(({ id, isActive }) => isActive === true && !present.some((line) => line['serviceID'] === id));
      return {
        write: (writer, signal) =>
          writer.addContractService(
            { contractExternalId: String(contractID), serviceExternalId: String(service?.id) },
            signal,
          ),
        timesDone: () =>
          records.table('ContractServices').where('contractID', contractID).length - present.length,
      };
    },
  },
  {
    name: 'createCharge',
    method: 'POST',
    path: /\/Contracts\/\d+\/Charges$/i,
    prepare: (records) =>
      marking(records, 'ContractCharges', 'internalPurchaseOrderNumber', (writer, mark, signal) =>
        writer.createCharge(newCharge(records, mark), signal),
      ),
  },
  {
    name: 'updateCharge',
    method: 'PATCH',
    path: /\/Contracts\/\d+\/Charges$/i,
    prepare: (records) => {
      const { key } = storedCharge(records);
      return marking(records, 'ContractCharges', 'name', (writer, mark, signal) =>
        writer.updateCharge(key, { name: mark }, signal),
      );
    },
  },
  {
    name: 'deleteCharge',
    method: 'DELETE',
    path: /\/Contracts\/\d+\/Charges\/\d+$/i,
    prepare: (records) => {
      const { row, key } = storedCharge(records);
      return {
        write: (writer, signal) => writer.deleteCharge(key, signal),
        timesDone: () => (records.table('ContractCharges').get(row.id) === undefined ? 1 : 0),
      };
    },
  },
  {
    name: 'createContract',
    method: 'POST',
    path: /\/Contracts$/i,
    prepare: (records) =>
      marking(records, 'Contracts', 'contractNumber', (writer, mark, signal) =>
        writer.createContract(
          {
            companyExternalId: records.idOf('Companies'),
            name: 'Cloud services',
            number: mark,
            periodType: 'monthly',
            startsOn: ON,
            endsOn: localDate('2027-05-03'),
          },
          signal,
        ),
      ),
  },
  {
    name: 'extendContract',
    method: 'PATCH',
    path: /\/Contracts$/i,
    prepare: (records) => {
      const contractID = records.contractId();
      const endsOn = records.day();
      return {
        write: (writer, signal) => writer.extendContract(String(contractID), endsOn, signal),
        timesDone: () =>
          records.table('Contracts').get(contractID)?.['endDate'] === `${endsOn}T00:00:00Z` ? 1 : 0,
      };
    },
  },
  {
    name: 'createService',
    method: 'POST',
    path: /\/Services$/i,
    prepare: (records) =>
      marking(records, 'Services', 'name', (writer, mark, signal) =>
        writer.createService(
          {
            name: mark,
            periodType: 'yearly',
            unitPrice: new Decimal('10.5'),
            unitCost: new Decimal('8'),
            billingCodeExternalId: records.idOf('BillingCodes'),
          },
          signal,
        ),
      ),
  },
];

/** Every method of a writer; each call of `prepare` is about a record of its own. */
export const WRITE_CASES: readonly WriteCase[] = [...BILLING_WRITE_CASES, ...HUB_WRITE_CASES];
