import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  countEqualStatement,
  countSeenStatement,
  deleteUnseenStatement,
  mergeStatement,
  PLAN_BY_KEY,
  PLAN_BY_RANGE,
  PLAN_BY_SETS,
} from '../../src/contracts/persistence/mirror-statements.js';
import { packRecords } from '../../src/contracts/persistence/mirror-packing.js';
import { stageRecords } from '../../src/contracts/persistence/mirror-staging.js';
import { MIRROR_TABLES } from '../../src/contracts/persistence/mirror-tables.js';
import { newId } from '../../src/kernel/ids.js';
import { MoneyDecimal } from '../../src/kernel/money.js';
import { managerOf } from '../../src/platform/persistence/transaction-runner.js';
import type { ContractServiceUnitRecord } from '../../src/ports/psa/psa-records.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { aContractServiceUnit } from '../support/builders/psa-records.builder.js';
import { buildServices } from '../support/builders/services.builder.js';
import { storedConnection } from '../support/stored-connection.js';

const ENTITY = 'contractServiceUnits';
const BATCH = 500;
const KNOWN = 5_000;
const SCANS = new Set(['Seq Scan', 'Index Scan', 'Index Only Scan', 'Bitmap Heap Scan', 'Tid Scan']);

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Join Filter'?: number;
  Plans?: PlanNode[];
}

let installation: TestInstallation;
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(() => installation?.close());

function units(from: number, count: number, quantity: number): ContractServiceUnitRecord[] {
  return Array.from({ length: count }, (_, index) =>
    aContractServiceUnit({ externalId: String(from + index), units: new MoneyDecimal(quantity) }),
  );
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** Rows of the mirror that a plan looked at, wanted or not. */
function rowsTouched(plan: PlanNode): number {
  return nodesOf(plan)
    .filter((node) => SCANS.has(node['Node Type']) && node['Relation Name'] === 'psa_contract_service_unit')
    .reduce(
      (sum, node) =>
        sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
      0,
    );
}

/** A connection all of whose rows were seen by one pull. */
async function pulled() {
  const services = buildServices(installation);
  const { mirror } = services;
  const connectionId = await storedConnection(installation, services);
  const pull = { connectionId, pullId: newId(), entity: ENTITY } as const;
  for (let first = 1; first <= KNOWN; first += BATCH) {
    await installation.transactions.run((tx) =>
      mirror.writePage(tx, { ...pull, pageNumber: first, records: units(first, BATCH, 5) }),
    );
  }
  return pull;
}

/** Lets the planner see the table with so many rows, each of a connection of its own. */
async function analyse(rows: number): Promise<void> {
  const services = buildServices(installation);
  await installation.query('TRUNCATE psa_contract_service_unit');
  for (let row = 0; row < rows; row += 1) {
    const connectionId = await storedConnection(installation, services);
    const pull = { connectionId, pullId: newId(), entity: ENTITY } as const;
    await installation.transactions.run((tx) =>
      services.mirror.writePage(tx, { ...pull, pageNumber: 0, records: units(1, 1, 5) }),
    );
  }
  await installation.query('ANALYZE psa_contract_service_unit');
}

async function explained(
  manager: EntityManager,
  statement: string,
  parameters: unknown[],
): Promise<PlanNode> {
  const [row] = await manager.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }[]>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${statement}`,
    parameters,
  );
  if (row === undefined) throw new Error('There is no plan');
  return row['QUERY PLAN'][0].Plan;
}

const BATCHES = [
  ['new', KNOWN + 1, 5],
  ['equal', 1, 5],
  ['changed', 1, 6],
] as const;
/** Rows of the table when it was analysed; with one, a connection is believed to have no more, and any index to find it as well. */
const ANALYSED = ['unknown', 0, 1, 2] as const;

it.each(BATCHES.flatMap((batch) => ANALYSED.map((rows) => [...batch, rows] as const)))(
  'a batch of %s rows (from %i, of %i) looks at no other rows, with the table analysed at %s rows',
  async (_kind, from, quantity, analysed) => {
    if (analysed !== 'unknown') await analyse(analysed);
    const pull = await pulled();
    const plan = await installation.transactions.run(async (tx) => {
      const manager = managerOf(tx);
      const facts = { connectionId: pull.connectionId, areLikelyNew: false };
      await stageRecords(manager, MIRROR_TABLES[ENTITY], [
        packRecords(MIRROR_TABLES[ENTITY], units(from, BATCH, quantity), facts),
      ]);
      await manager.query(PLAN_BY_KEY);
      return explained(manager, mergeStatement(MIRROR_TABLES[ENTITY]), [pull.connectionId]);
    });
    expect(rowsTouched(plan)).toBeLessThanOrEqual(2 * BATCH);
    expect(nodesOf(plan).every((node) => (node['Rows Removed by Join Filter'] ?? 0) === 0)).toBe(true);
  },
);

it.each(['before the planner knows the table', 'while the planner takes it for all but empty'])(
  'a batch of equal rows is found between its ids in one pass, %s',
  async (when) => {
    if (when.startsWith('while')) await analyse(1);
    const pull = await pulled();
    const plan = await installation.transactions.run(async (tx) => {
      const manager = managerOf(tx);
      const facts = { connectionId: pull.connectionId, areLikelyNew: false };
      await stageRecords(manager, MIRROR_TABLES[ENTITY], [
        packRecords(MIRROR_TABLES[ENTITY], units(1001, BATCH, 5), facts),
        packRecords(MIRROR_TABLES[ENTITY], units(3001, BATCH, 5), facts),
      ]);
      await manager.query(PLAN_BY_RANGE);
      const parameters = [
        ['1001', '3001'],
        ['1500', '3500'],
        [BATCH, BATCH],
      ];
      return explained(manager, countEqualStatement(MIRROR_TABLES[ENTITY]), [
        pull.connectionId,
        ...parameters,
      ]);
    });
    expect(rowsTouched(plan)).toBe(2 * BATCH);
    const nodes = nodesOf(plan);
    expect(nodes.map((node) => node['Node Type'])).toContain('Hash Join');
    expect(nodes.filter((node) => (node['Rows Removed by Join Filter'] ?? 0) > 0)).toEqual([]);
  },
);

it.each([
  ['counts', countSeenStatement],
  ['deletes', deleteUnseenStatement],
])(
  '%s what a pull has not seen in one pass, however few rows the planner expects',
  async (_kind, statement) => {
    // What it knows of the table is from when it was all but empty.
    await installation.transactions.run((tx) =>
      managerOf(tx).query('ANALYZE psa_contract_service_unit, mirror_seen_page'),
    );
    const pull = await pulled();
    const plan = await installation.transactions.run(async (tx) => {
      const manager = managerOf(tx);
      await manager.query(PLAN_BY_SETS);
      return explained(manager, statement(MIRROR_TABLES[ENTITY], ''), [
        pull.connectionId,
        pull.pullId,
        ENTITY,
      ]);
    });
    const nodes = nodesOf(plan);
    expect(nodes.map((node) => node['Node Type'])).not.toContain('Nested Loop');
    expect(nodes.filter((node) => node['Actual Loops'] > 1)).toEqual([]);
  },
);
