import type { Decimal } from 'decimal.js';
import {
  COPY_NULL as NULL,
  copyAmount,
  copyField,
  copyInstant,
  storableText,
} from '../../platform/persistence/copy-field.js';
import type { RawMembers } from '../../ports/psa/psa-records.js';

/** One column of a mirror table: its name and its value in a record, as a field of `COPY` in text format. */
export interface MirrorColumn<Row> {
  name: string;
  copyText: (record: Row) => string;
}

type MemberOf<Row, Value> = { [Key in keyof Row]: Row[Key] extends Value ? Key : never }[keyof Row];
type TextMember<Row> = MemberOf<Row, string | null>;
type BooleanMember<Row> = MemberOf<Row, boolean>;
type DecimalMember<Row> = MemberOf<Row, Decimal | null>;
type InstantMember<Row> = MemberOf<Row, Date | null>;
type RawMember<Row> = MemberOf<Row, RawMembers>;

function jsonText(members: RawMembers): string {
  return JSON.stringify(members, (_name, value: unknown) =>
    typeof value === 'string' ? storableText(value) : value,
  );
}

function columnName(member: PropertyKey): string {
  return String(member).replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Column makers for one record type; the column's name is the member's in snake case. */
export function columnsOf<Row>() {
  return {
    text: (member: TextMember<Row>): MirrorColumn<Row> => ({
      name: columnName(member),
      copyText: (record) => copyField(record[member] as string | null),
    }),
    /** Days need no escaping. */
    date: (member: TextMember<Row>): MirrorColumn<Row> => ({
      name: columnName(member),
      copyText: (record) => (record[member] as string | null) ?? NULL,
    }),
    flag: (member: BooleanMember<Row>): MirrorColumn<Row> => ({
      name: columnName(member),
      copyText: (record) => (record[member] ? 't' : 'f'),
    }),
    amount: (member: DecimalMember<Row>): MirrorColumn<Row> => ({
      name: columnName(member),
      copyText: (record) => copyAmount(record[member] as Decimal | null),
    }),
    instant: (member: InstantMember<Row>): MirrorColumn<Row> => ({
      name: columnName(member),
      copyText: (record) => copyInstant(record[member] as Date | null),
    }),
    raw: (member: RawMember<Row>): MirrorColumn<Row> => ({
      name: columnName(member),
      copyText: (record) => copyField(jsonText(record[member] as RawMembers)),
    }),
  };
}
