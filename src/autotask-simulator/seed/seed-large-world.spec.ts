import { describe, expect, it } from 'vitest';
import { type IncomingCall, RequestHandler } from '../http/request-handler.js';
import { applyAdjustment } from '../rules/adjustments.js';
import { rebuildUnits } from '../rules/contract-lines.js';
import { SANDBOX_API_USERS } from '../sandbox-users.js';
import type { AutotaskDatabase, SimulatorWorld } from '../world/simulator-world.js';
import { Table } from '../world/table.js';
import { seedLargeWorld } from './seed-large-world.js';

const NOW = new Date('2026-11-20T10:00:00Z');
const GENERATED = [
  'Companies',
  'Contracts',
  'ContractServices',
  'ContractServiceUnits',
  'ContractServiceAdjustments',
];

function databaseOf(world: SimulatorWorld): AutotaskDatabase {
  const [database] = world.databases;
  if (database === undefined) throw new Error('the world is empty');
  return database;
}

/** The same world with every row kept in an ordinary table. */
function keptWorld(seed: Parameters<typeof seedLargeWorld>[0]): SimulatorWorld {
  const world = seedLargeWorld(seed);
  for (const name of GENERATED) {
    const table = new Table();
    for (const row of databaseOf(world).table(name).all()) table.insert(row);
    databaseOf(world).useTable(name, table);
  }
  return world;
}

function handlerOf(world: SimulatorWorld): RequestHandler {
  return new RequestHandler({
    world,
    now: () => NOW,
    authFailures: 'legacy',
    limits: {
      maxThreads: 3,
      threadLimitStatus: 500,
      latencyMs: 0,
      hasThresholdLatency: false,
      slotReleaseDelayMs: 0,
    },
    sleep: async () => Promise.resolve(),
  });
}

function callOf(path: string, body: unknown, userName: string): IncomingCall {
  const user = SANDBOX_API_USERS.find((candidate) => candidate.userName.startsWith(userName));
  return {
    method: 'POST',
    url: new URL(`http://127.0.0.1:4100/zone19/ATServicesRest/V1.0/${path}`),
    headers: {
      username: user?.userName,
      secret: user?.secret,
      apiintegrationcode: user?.integrationCode,
    },
    bodyText: JSON.stringify(body),
  };
}

function idOver(value: number): unknown {
  return { op: 'gt', field: 'id', value };
}

async function answerOf(
  world: SimulatorWorld,
  path: string,
  body: unknown,
  userName = 'all-rights@',
): Promise<string> {
  return (await handlerOf(world).handle(callOf(path, body, userName), { concurrency: 0 })).body;
}

describe('seedLargeWorld', () => {
  const seed = { companies: 7, contractServices: 100, unitsPerService: 3, now: NOW };

  it('has exactly the sizes asked for, every reference leading somewhere', () => {
    const database = databaseOf(seedLargeWorld(seed));
    const sizes = GENERATED.map((name) => database.table(name).size);
    expect(sizes).toEqual([9, 7, 100, 300, 100]);
    for (const unit of database.table('ContractServiceUnits').all()) {
      const line = database.table('ContractServices').get(Number(unit['contractServiceID']));
      expect([line?.['contractID'], line?.['serviceID']]).toEqual([unit['contractID'], unit['serviceID']]);
      const contract = database.table('Contracts').get(Number(unit['contractID']));
      expect(database.table('Companies').get(Number(contract?.['companyID']))?.['companyType']).toBe(1);
    }
  });

  it.each([
    { ...seed, companies: 1.5 },
    { ...seed, contractServices: -1 },
    { ...seed, companies: 0 },
  ])('refuses $companies companies with $contractServices contract services', (wrong) => {
    expect(() => seedLargeWorld(wrong)).toThrow(RangeError);
  });

  it('has a million contract services at hand and answers their last page, counts and one contract of them', async () => {
    const world = seedLargeWorld({ companies: 30_000, contractServices: 1_000_000, now: NOW });
    const count = await answerOf(world, 'ContractServices/query/count', { filter: [idOver(100_250_000)] });
    expect(count).toBe('{"queryCount":750000}');
    const page = JSON.parse(
      await answerOf(world, 'ContractServices/query', { filter: [idOver(100_999_900)] }),
    ) as {
      items: { id: number; contractID: number }[];
    };
    expect([page.items.length, page.items.at(-1)?.id]).toEqual([100, 101_000_000]);
    const lines = databaseOf(world)
      .table('ContractServices')
      .where('contractID', page.items[0]?.contractID ?? null);
    expect(lines.length).toBeGreaterThanOrEqual(33);
    expect(databaseOf(world).table('ContractServices').ownRows()).toEqual([]);
  });

  describe.each(['all-rights@', 'no-costs@'])(
    'answers %s byte for byte like a world whose rows are kept:',
    (userName) => {
      it.each([
        ['Companies', { filter: [{ op: 'gte', field: 'id', value: 0 }] }],
        ['Contracts', { filter: [{ op: 'eq', field: 'companyID', value: 178 }] }],
        [
          'ContractServices',
          {
            filter: [{ op: 'gt', field: 'id', value: 100_000_050 }],
            includeFields: ['serviceID', 'unitCost'],
          },
        ],
        [
          'ContractServices',
          { filter: [{ op: 'in', field: 'contractID', value: [29_683_704, 29_683_701, 5] }] },
        ],
        ['ContractServiceUnits', { filter: [{ op: 'eq', field: 'contractServiceID', value: 100_000_042 }] }],
        ['ContractServiceUnits', { filter: [{ op: 'gt', field: 'price', value: 400 }] }],
      ])('%s %j', async (entity, body) => {
        const generated = await answerOf(seedLargeWorld(seed), `${entity}/query`, body, userName);
        expect(JSON.parse(generated)).toHaveProperty(['items', 0]);
        expect(generated).toBe(await answerOf(keptWorld(seed), `${entity}/query`, body, userName));
      });
    },
  );

  it('has the unit rows its adjustments make', () => {
    const database = databaseOf(seedLargeWorld(seed));
    const units = database.table('ContractServiceUnits');
    const before = units.where('contractID', 29_683_702);
    for (const line of database.table('ContractServices').where('contractID', 29_683_702))
      rebuildUnits(database, line.id);
    const after = units.where('contractID', 29_683_702);
    expect(after).toEqual(before);
    expect(units.ownRows().length).toBe(before.length);
  });

  it('takes an adjustment as a world whose rows are kept does', () => {
    const adjustment = {
      contractServiceID: 100_000_033,
      unitChange: 4,
      effectiveDate: '2026-11-20T00:00:00Z',
      adjustedUnitPrice: null,
      adjustedUnitCost: null,
    };
    const outcomes = [seedLargeWorld(seed), keptWorld(seed)].map((world) => {
      const database = databaseOf(world);
      applyAdjustment(database, adjustment, NOW);
      expect(() => applyAdjustment(database, adjustment, NOW)).toThrow(/duplicate data/);
      return database
        .table('ContractServiceUnits')
        .where('contractServiceID', 100_000_033)
        .map((unit) => ({ ...unit, id: 0 }));
    });
    expect(outcomes[0]).toHaveLength(4);
    expect(outcomes[0]).toEqual(outcomes[1]);
  });
});
