import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewConnection } from '../../src/connections/application/connection-registration.service.js';
import type { Connection } from '../../src/connections/domain/connection.js';
import {
  AliasTakenError,
  ConnectionNotFoundError,
  DuplicateConnectionError,
} from '../../src/connections/domain/connection.errors.js';
import { systemContext } from '../../src/core/use-case-context.js';
import { currencyCode } from '../../src/kernel/currency.js';
import { newId } from '../../src/kernel/ids.js';
import { decodeCursor } from '../../src/kernel/page.js';
import { Secret } from '../../src/kernel/secret.js';
import { SecretUnreadableError } from '../../src/secrets/domain/envelope.js';
import { aConnection, anAccessReport, anInstance } from '../support/builders/connection.builder.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { buildServices, type TestServices } from '../support/builders/services.builder.js';

let installation: TestInstallation;
let services: TestServices;

beforeAll(async () => {
  installation = await openInstallation();
  services = buildServices(installation);
});

afterAll(() => installation?.close());

function insert(connection: Connection): Promise<void> {
  return installation.transactions.run((tx) => services.stores.connections.insert(tx, connection));
}

async function inserted(change: Partial<Connection> = {}): Promise<Connection> {
  const connection = aConnection(change);
  await insert(connection);
  return connection;
}

function remove({ id }: Connection): Promise<void> {
  return installation.transactions.run((tx) => services.stores.connections.remove(tx, id, new Date()));
}

/** Names of the errors of those that failed, and how many succeeded. */
async function outcomesOf(attempts: Promise<unknown>[]): Promise<{ succeeded: number; errors: unknown[] }> {
  const results = await Promise.allSettled(attempts);
  const errors = results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => reason as unknown);
  return { succeeded: results.length - errors.length, errors };
}

describe('a saved connection', () => {
  it('comes back as it was saved', async () => {
    const connection = await inserted({
      tenantId: newId(),
      alias: 'Müller & Söhne "EUR" 🧾',
      currency: currencyCode('CHF'),
      state: 'attention',
      instance: anInstance({ id: newId(), internalCurrency: null, metadata: { list: [1, { a: 'é' }] } }),
      accessReport: anAccessReport({ outcome: 'failed', excess: [{ entity: 'Tickets', verb: 'delete' }] }),
      createdAt: new Date('2026-05-04T12:00:00.123Z'),
      createdBy: { id: 'user-9', name: 'Zoë' },
    });
    expect(await services.stores.connections.find(connection.id)).toEqual(connection);
  });

  it('is changed by an update, all members together', async () => {
    const before = await inserted();
    const after = {
      ...before,
      alias: `${before.alias} renamed`,
      state: 'disabled' as const,
      username: 'other',
    };
    await installation.transactions.run((tx) => services.stores.connections.update(tx, after));
    expect(await services.stores.connections.find(before.id)).toEqual(after);
  });
});

describe('an alias', () => {
  it('is unique within a tenant, whatever its case, and free in another', async () => {
    const first = await inserted({ alias: 'Alias One' });
    await expect(inserted({ alias: 'ALIAS one' })).rejects.toThrow(AliasTakenError);
    expect(await services.stores.connections.isAliasTaken(first.tenantId, 'alias ONE')).toBe(true);
    expect(await services.stores.connections.isAliasTaken('tenant-2', 'alias ONE')).toBe(false);
    await expect(inserted({ alias: 'Alias One', tenantId: 'tenant-2' })).resolves.toBeDefined();
  });

  it('cannot be taken by a rename', async () => {
    await inserted({ alias: 'Alias Two' });
    const other = await inserted({ alias: 'Alias Three' });
    const rename = (alias: string) =>
      installation.transactions.run((tx) => services.stores.connections.update(tx, { ...other, alias }));
    await expect(rename('alias two')).rejects.toThrow(AliasTakenError);
    expect((await services.stores.connections.find(other.id))?.alias).toBe('Alias Three');
    await expect(rename('ALIAS THREE')).resolves.toBeUndefined();
  });

  it('goes to exactly one of ten who want it at once', async () => {
    const attempts = Array.from({ length: 10 }, () => inserted({ alias: 'Wanted' }));
    const { succeeded, errors } = await outcomesOf(attempts);
    expect(succeeded).toBe(1);
    expect(errors.every((error) => error instanceof AliasTakenError)).toBe(true);
  });
});

describe('an instance', () => {
  const eur = currencyCode('EUR');

  it('has one connection per currency within a tenant', async () => {
    const instance = anInstance({ id: newId() });
    await inserted({ instance, currency: eur });
    await expect(inserted({ instance, currency: eur })).rejects.toThrow(DuplicateConnectionError);
    await expect(inserted({ instance, currency: currencyCode('USD') })).resolves.toBeDefined();
    await expect(inserted({ instance, currency: eur, tenantId: 'tenant-2' })).resolves.toBeDefined();
    await expect(inserted({ instance, currency: eur, provider: 'other' })).resolves.toBeDefined();
  });

  it('is connected by exactly one of ten who try at once', async () => {
    const instance = anInstance({ id: newId() });
    const { succeeded, errors } = await outcomesOf(Array.from({ length: 10 }, () => inserted({ instance })));
    expect(succeeded).toBe(1);
    expect(errors.every((error) => error instanceof DuplicateConnectionError)).toBe(true);
  });

  it('and its alias are free again after a removal, as often as one likes', async () => {
    const change = { alias: 'Comes and goes', instance: anInstance({ id: newId() }) };
    for (let round = 0; round < 3; round += 1) await remove(await inserted(change));
    await expect(inserted(change)).resolves.toBeDefined();
  });
});

describe('a removed connection', () => {
  it('is found by nothing', async () => {
    const tenantId = newId();
    const connection = await inserted({ tenantId });
    await remove(connection);
    const { connections } = services.stores;
    const tick = new Date();
    expect(await connections.find(connection.id)).toBeNull();
    expect(await connections.isAliasTaken(tenantId, connection.alias)).toBe(false);
    expect((await connections.list(tenantId, { limit: 10 }, undefined)).items).toEqual([]);
    const inStates = await connections.listInStates(['active', 'removed'], undefined, 1000);
    expect(inStates.map(({ id }) => id)).not.toContain(connection.id);
    await installation.transactions.run(async (tx) => {
      expect(await connections.lock(tx, connection.id)).toBeNull();
      expect(await connections.claimScheduledCheck(tx, connection.id, tick)).toBe(false);
    });
  });
});

describe('the list', () => {
  it('gives each connection of the tenant once, oldest first, also where times are equal', async () => {
    const tenantId = newId();
    const expected: string[] = [];
    for (let minute = 0; minute < 5; minute += 1) {
      const createdAt = new Date(Date.UTC(2026, 0, 1, 0, minute));
      const batch = await Promise.all(Array.from({ length: 5 }, () => inserted({ tenantId, createdAt })));
      expected.push(...batch.map(({ id }) => id).toSorted((a, b) => (a < b ? -1 : 1)));
    }
    await inserted({ tenantId: newId() });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const after = cursor === null ? undefined : (decodeCursor(cursor, 2) as [string, string]);
      const page = await services.stores.connections.list(tenantId, { limit: 4 }, after);
      expect(page.items.length).toBeLessThanOrEqual(4);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(expected);
  });

  it('by state walks every tenant in a stable order', async () => {
    const wanted = [
      await inserted({ state: 'attention' }),
      await inserted({ state: 'attention', tenantId: newId() }),
    ];
    await inserted({ state: 'disabled' });
    const seen: string[] = [];
    for (;;) {
      const batch = await services.stores.connections.listInStates(['attention'], seen.at(-1), 1);
      if (batch.length === 0) break;
      seen.push(...batch.map(({ id }) => id));
    }
    expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => (a < b ? -1 : 1)));
    expect(seen).toEqual(expect.arrayContaining(wanted.map(({ id }) => id)));
  });
});

describe('a scheduled check', () => {
  it('is claimed by one of several replicas per tick, and never for an earlier tick', async () => {
    const { id } = await inserted();
    const claim = (tick: Date) =>
      installation.transactions.run((tx) => services.stores.connections.claimScheduledCheck(tx, id, tick));
    for (const minute of [0, 15]) {
      const tick = new Date(Date.UTC(2026, 4, 4, 12, minute));
      const claims = await Promise.all(Array.from({ length: 6 }, () => claim(tick)));
      expect(claims.filter(Boolean)).toHaveLength(1);
    }
    expect(await claim(new Date(Date.UTC(2026, 4, 4, 12, 0)))).toBe(false);
  });

  it('is free for another replica when the claim rolls back', async () => {
    const { id } = await inserted();
    const tick = new Date(Date.UTC(2026, 4, 4, 12));
    const { connections } = services.stores;
    const failed = installation.transactions.run(async (tx) => {
      await connections.claimScheduledCheck(tx, id, tick);
      throw new Error('the queue is away');
    });
    await expect(failed).rejects.toThrow('the queue is away');
    const claimed = await installation.transactions.run((tx) =>
      connections.claimScheduledCheck(tx, id, tick),
    );
    expect(claimed).toBe(true);
  });
});

/** A tenant of its own, and an instance nobody has connected. */
function newcomer() {
  services.psa.checkResult = { ...services.psa.checkResult, instance: anInstance({ id: newId() }) };
  return systemContext(newId(), newId());
}

describe('credentials', () => {
  const SECRET = 'Plain-Secret-4711';

  function aRequest(change: Partial<NewConnection> = {}): NewConnection {
    return {
      provider: 'fake',
      alias: `Registered ${newId()}`,
      currency: currencyCode('EUR'),
      credentials: {
        username: 'api-user@example.com',
        secret: new Secret(SECRET),
        integrationCode: new Secret(`${SECRET}-code`),
      },
      ...change,
    };
  }

  it('are stored sealed and in no table in plain', async () => {
    const { id } = await services.registration.create(newcomer(), aRequest());
    expect((await services.vault.read(id)).reveal()).toContain(SECRET);
    const tables = await installation.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'psa_connector'`,
    );
    const leaks: string[] = [];
    for (const { name } of tables) {
      const hits = await installation.query(
        `SELECT 1 FROM ${name} AS row WHERE row::text LIKE $1 OR row::text LIKE $2`,
        [`%${SECRET}%`, `%${Buffer.from(SECRET).toString('hex')}%`],
      );
      if (hits.length > 0) leaks.push(name);
    }
    expect(leaks).toEqual([]);
    expect(tables.length).toBeGreaterThan(10);
  });

  it('are replaced by a rotation and destroyed by a removal', async () => {
    const context = newcomer();
    const { id } = await services.registration.create(context, aRequest());
    const rotated = { username: 'api-user@example.com', secret: new Secret('Second-Secret') };
    await services.administration.update(context, id, { credentials: rotated });
    expect((await services.vault.read(id)).reveal()).toBe('{"secret":"Second-Secret"}');
    await services.administration.remove(context, id);
    expect(await installation.query('SELECT 1 FROM sealed_secret WHERE owner_id = $1', [id])).toEqual([]);
    await expect(services.vault.read(id)).rejects.toThrow(SecretUnreadableError);
    await expect(services.administration.remove(context, id)).rejects.toThrow(ConnectionNotFoundError);
  });

  it('of nine refused duplicates leave nothing but nine failed audit entries', async () => {
    const context = newcomer();
    const [before] = await installation.query<{ count: string }>('SELECT count(*) FROM sealed_secret');
    const attempts = Array.from({ length: 10 }, () => services.registration.create(context, aRequest()));
    const { succeeded, errors } = await outcomesOf(attempts);
    expect(succeeded).toBe(1);
    expect(errors.every((error) => error instanceof DuplicateConnectionError)).toBe(true);
    const [after] = await installation.query<{ count: string }>('SELECT count(*) FROM sealed_secret');
    expect(Number(after?.count)).toBe(Number(before?.count) + 1);
    const entries = await services.stores.audit.list(context.actor.tenantId, {}, { limit: 50 }, undefined);
    const codes = entries.items.map(({ outcome, details }) => details['code'] ?? outcome);
    expect(codes.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([
      ...Array.from({ length: 9 }, () => 'connection.duplicate'),
      'succeeded',
    ]);
  });
});
