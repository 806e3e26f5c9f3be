import type { AutotaskDatabase } from '../../src/autotask-simulator/testing.js';

type Row = ReturnType<ReturnType<AutotaskDatabase['table']>['all']>[number];

/** A whole number from 0 up to, not including, the limit. */
export type Below = (limit: number) => number;

/**
 * What people do in a PSA between two runs: some companies and contracts are edited, some come and go, and so do lines and units of
 * the contracts that were edited. Few enough that nobody takes it for restricted visibility.
 */
export function editWorld(database: AutotaskDatabase, below: Below): void {
  const [companies, contracts, lines, units] = (
    ['Companies', 'Contracts', 'ContractServices', 'ContractServiceUnits'] as const
  ).map((name) => database.table(name)) as [Table, Table, Table, Table];
  const now = new Date().toISOString();
  const text = () => `Edit ${below(1_000_000_000)}`;

  for (const { id } of some(companies.all(), 12, below)) {
    companies.update(id, { companyName: text(), lastActivityDate: now });
  }
  const withContract = new Set(contracts.all().map(({ companyID }) => Number(companyID)));
  const without = companies.all().filter(({ id }) => !withContract.has(id));
  for (const { id } of some(without, 3, below)) companies.remove(id);
  for (const row of some(companies.all(), 3, below)) {
    companies.insert({ ...copyOf(row), companyName: text(), lastActivityDate: now });
  }

  for (const { id } of some(contracts.all(), 4, below)) {
    contracts.update(id, { contractName: text(), lastModifiedDateTime: now });
    const [removed, copied] = some(lines.where('contractID', id), 2, below);
    if (copied !== undefined) addLine(lines, units, copied);
    if (removed === undefined) continue;
    for (const unit of units.where('contractServiceID', removed.id)) units.remove(unit.id);
    lines.remove(removed.id);
  }
}

type Table = ReturnType<AutotaskDatabase['table']>;

function addLine(lines: Table, units: Table, copied: Row): void {
  const added = lines.insert(copyOf(copied));
  for (const unit of units.where('contractServiceID', copied.id).slice(-1)) {
    units.insert({ ...copyOf(unit), contractServiceID: added.id });
  }
}

function copyOf(row: Row): Omit<Row, 'id'> {
  const { id: _, ...values } = row;
  return values;
}

/** Different rows. */
function some(rows: readonly Row[], count: number, below: Below): Row[] {
  const left = [...rows];
  const taken: Row[] = [];
  while (taken.length < count && left.length > 0) taken.push(...left.splice(below(left.length), 1));
  return taken;
}
