import type { Decimal } from 'decimal.js';
import type { PsaEntity, PsaRecords } from '../../ports/psa/psa-records.js';

type Cell = string | boolean | null;

/** One column of a mirror table: its name, its Postgres type, and its value in a record. */
export interface MirrorColumn<Row> {
  name: string;
  type: 'text' | 'boolean' | 'numeric' | 'date' | 'timestamptz';
  value: (record: Row) => Cell;
}

export interface MirrorTable<Row> {
  name: string;
  columns: readonly MirrorColumn<Row>[];
}

type TextMember<Row> = { [Key in keyof Row]: Row[Key] extends string | null ? Key : never }[keyof Row];
type BooleanMember<Row> = { [Key in keyof Row]: Row[Key] extends boolean ? Key : never }[keyof Row];
type DecimalMember<Row> = { [Key in keyof Row]: Row[Key] extends Decimal | null ? Key : never }[keyof Row];
type InstantMember<Row> = { [Key in keyof Row]: Row[Key] extends Date | null ? Key : never }[keyof Row];

function columnName(member: PropertyKey): string {
  return String(member).replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Postgres cannot hold NUL or lone surrogates in a text; one such record must not keep all others from being mirrored. */
function storable(text: string | null): string | null {
  return text?.toWellFormed().replaceAll('\0', '\uFFFD') ?? null;
}

/** Column makers for one record type; the column's name is the member's in snake case. */
function columnsOf<Row>() {
  const text = (member: TextMember<Row>): MirrorColumn<Row> => ({
    name: columnName(member),
    type: 'text',
    value: (record) => storable(record[member] as string | null),
  });
  return {
    text,
    date: (member: TextMember<Row>): MirrorColumn<Row> => ({ ...text(member), type: 'date' }),
    flag: (member: BooleanMember<Row>): MirrorColumn<Row> => ({
      name: columnName(member),
      type: 'boolean',
      value: (record) => record[member] as boolean,
    }),
    amount: (member: DecimalMember<Row>): MirrorColumn<Row> => ({
      name: columnName(member),
      type: 'numeric',
      value: (record) => (record[member] as Decimal | null)?.toFixed() ?? null,
    }),
    instant: (member: InstantMember<Row>): MirrorColumn<Row> => ({
      name: columnName(member),
      type: 'timestamptz',
      value: (record) => (record[member] as Date | null)?.toISOString() ?? null,
    }),
  };
}

const currency = columnsOf<PsaRecords['currencies']>();
const company = columnsOf<PsaRecords['companies']>();
const service = columnsOf<PsaRecords['services']>();
const contract = columnsOf<PsaRecords['contracts']>();
const contractService = columnsOf<PsaRecords['contractServices']>();
const unit = columnsOf<PsaRecords['contractServiceUnits']>();

/** Where each entity is mirrored. */
export const MIRROR_TABLES: { readonly [E in PsaEntity]: MirrorTable<PsaRecords[E]> } = {
  currencies: {
    name: 'psa_currency',
    columns: [
      currency.text('externalId'),
      currency.text('code'),
      currency.flag('isActive'),
      currency.flag('isInternal'),
      currency.amount('exchangeRate'),
    ],
  },
  companies: {
    name: 'psa_company',
    columns: [
      company.text('externalId'),
      company.text('name'),
      company.text('number'),
      company.text('type'),
      company.flag('isActive'),
      company.text('currencyExternalId'),
      company.text('parentExternalId'),
      company.text('webAddress'),
    ],
  },
  services: {
    name: 'psa_service',
    columns: [
      service.text('externalId'),
      service.text('name'),
      service.text('description'),
      service.text('sku'),
      service.text('periodType'),
      service.flag('isActive'),
      service.amount('unitPrice'),
      service.amount('unitCost'),
      service.text('billingCodeExternalId'),
    ],
  },
  contracts: {
    name: 'psa_contract',
    columns: [
      contract.text('externalId'),
      contract.text('companyExternalId'),
      contract.text('name'),
      contract.text('number'),
      contract.text('type'),
      contract.flag('isActive'),
      contract.text('periodType'),
      contract.date('startsOn'),
      contract.date('endsOn'),
    ],
  },
  contractServices: {
    name: 'psa_contract_service',
    columns: [
      contractService.text('externalId'),
      contractService.text('contractExternalId'),
      contractService.text('serviceExternalId'),
      contractService.text('description'),
      contractService.amount('unitPrice'),
      contractService.amount('unitCost'),
      contractService.amount('internalUnitPrice'),
    ],
  },
  contractServiceUnits: {
    name: 'psa_contract_service_unit',
    columns: [
      unit.text('externalId'),
      unit.text('contractExternalId'),
      unit.text('contractServiceExternalId'),
      unit.text('serviceExternalId'),
      unit.date('startsOn'),
      unit.date('endsOn'),
      unit.amount('units'),
      unit.amount('price'),
      unit.amount('cost'),
      unit.instant('postedAt'),
    ],
  },
};
