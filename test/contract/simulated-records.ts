import type { AutotaskSimulator } from '../../src/autotask-simulator/autotask-simulator.js';
import { MULTI_CURRENCY_CI } from '../../src/autotask-simulator/sandbox-users.js';
import type { Row } from '../../src/autotask-simulator/world/table.js';
import { type LocalDate, localDate, utcDay } from '../../src/kernel/local-date.js';
import type { PsaWriter, WriteReceipt } from '../../src/ports/psa/psa-writes.js';

/** The day the simulated world takes for today. */
export const ON = localDate('2026-05-04');
const MATERIAL_CODE = 4;

/** A write to make once, and how often the vendor's data say that it was made. */
export interface PreparedWrite {
  write(writer: PsaWriter, signal?: AbortSignal): Promise<WriteReceipt>;
  timesDone(): number;
}

/** One method of a writer; each call of `prepare` is about a record of its own. */
export interface WriteCase {
  name: keyof PsaWriter;
  method: 'POST' | 'PATCH' | 'DELETE';
  path: RegExp;
  prepare(records: SimulatedRecords): PreparedWrite;
}

/** The simulator's records, and new marks and lines for tests that must not meet each other's. */
export class SimulatedRecords {
  readonly #simulator: AutotaskSimulator;
  #marks = 0;
  #lines: Row[] | undefined;

  constructor(simulator: AutotaskSimulator) {
    this.#simulator = simulator;
  }

  table(name: string) {
    return this.#simulator.world.database(MULTI_CURRENCY_CI).table(name);
  }

  /** Text that nothing else carries. */
  mark(): string {
    this.#marks += 1;
    return `mark-${this.#marks}`;
  }

  withMark(table: string, field: string, mark: string): number {
    return this.table(table).where(field, mark).length;
  }

  /** An active recurring contract. */
  contractId(): number {
    return Number(this.#openLines()[0]?.['contractID']);
  }

  /** A day in the far future that nobody else was given. */
  day(): LocalDate {
    this.#marks += 1;
    return utcDay(new Date(Date.UTC(2031, 0, this.#marks)));
  }

  /** A contract service in force, with units, that nobody else was given. */
  line(): Row {
    this.#lines ??= this.#openLines();
    const line = this.#lines.shift();
    if (line === undefined) throw new Error('The simulated world has no further contract service');
    return line;
  }

  unitsOn(lineId: number, day: string): number {
    const row = this.table('ContractServiceUnits')
      .where('contractServiceID', lineId)
      .find(
        (unit) =>
          String(unit['startDate']).slice(0, 10) <= day && String(unit['endDate']).slice(0, 10) >= day,
      );
    return Number(row?.['units'] ?? 0);
  }

  idOf(table: string, field?: string, value?: string | number | boolean): string {
    const rows = this.table(table);
    const row = field === undefined || value === undefined ? rows.all()[1] : rows.where(field, value)[0];
    if (row === undefined) throw new Error(`The simulated world has no such row of ${table}`);
    return String(row.id);
  }

  materialCode(): string {
    return this.idOf('BillingCodes', 'useType', MATERIAL_CODE);
  }

  #openLines(): Row[] {
    return this.table('ContractServices')
      .all()
      .filter((line) => this.unitsOn(line.id, ON) > 3 && this.#isOpen(line));
  }

  #isOpen(line: Row): boolean {
    const contract = this.table('Contracts').get(Number(line['contractID']));
    const period = this.table('ContractServiceUnits')
      .where('contractServiceID', line.id)
      .filter((unit) => String(unit['endDate']).slice(0, 10) >= ON);
    return contract?.['status'] === 1 && period.every((unit) => unit['approveAndPostDate'] === null);
  }
}

/** A write whose record carries the mark in `field` afterwards. */
export function marking(
  records: SimulatedRecords,
  table: string,
  field: string,
  write: (writer: PsaWriter, mark: string, signal?: AbortSignal) => Promise<WriteReceipt>,
): PreparedWrite {
  const mark = records.mark();
  return {
    write: (writer, signal) => write(writer, mark, signal),
    timesDone: () => records.withMark(table, field, mark),
  };
}
