import type { LocalDate } from '../../kernel/local-date.js';
import type { AutotaskDatabase } from '../world/simulator-world.js';
import type { Row } from '../world/table.js';
import { dayOf } from './calendar.js';
import { postCharge, postUnits } from './posting.js';

export interface PostingRequest {
  /** Last day: unit rows that start and billable charges that were purchased up to it are posted. */
  readonly until: LocalDate;
  /** Only this contract; all when absent. */
  readonly contractId?: number;
  readonly areUnitsPosted: boolean;
  readonly areChargesPosted: boolean;
  readonly at: Date;
}

/** Approves and posts everything of a period that is still open; answers the billing items it makes, in that order. */
export function approveAndPost(
  database: AutotaskDatabase,
  request: PostingRequest,
): { units: Row[]; charges: Row[] } {
  const dueOf = (entity: string, isDue: (row: Row) => boolean): Row[] => {
    const due: Row[] = [];
    const { contractId } = request;
    const table = database.table(entity);
    const rows = contractId === undefined ? table.rowsFrom(-Infinity) : table.where('contractID', contractId);
    for (const row of rows) if (isDue(row)) due.push(row);
    return due;
  };
  const units = dueOf(
    'ContractServiceUnits',
    (unit) => unit['approveAndPostDate'] === null && dayOf(unit['startDate']) <= request.until,
  );
  const charges = dueOf(
    'ContractCharges',
    (charge) =>
      charge['isBilled'] !== true &&
      charge['isBillableToCompany'] === true &&
      dayOf(charge['datePurchased']) <= request.until,
  );
  return {
    units: request.areUnitsPosted ? units.map(({ id }) => postUnits(database, id, request.at)) : [],
    charges: request.areChargesPosted ? charges.map(({ id }) => postCharge(database, id, request.at)) : [],
  };
}

/** Posted items of a company that are on no invoice yet; `invoiceID` is 0 or null until then (reference §7.17). */
export function openItemsOf(database: AutotaskDatabase, companyId: number): Row[] {
  return database
    .table('BillingItems')
    .where('companyID', companyId)
    .filter((item) => item['invoiceID'] === 0 || item['invoiceID'] === null);
}
