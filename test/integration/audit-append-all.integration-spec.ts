import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditTrail } from '../../src/audit/application/audit-trail.service.js';
import { type AuditEntry, chainHash, GENESIS_HASH } from '../../src/audit/domain/audit-entry.js';
import { AUDIT_OPERATIONS } from '../../src/audit/domain/audit-operations.js';
import { AuditEntryRepository } from '../../src/audit/persistence/audit-entry.repository.js';
import { type UseCaseContext, systemContext } from '../../src/core/use-case-context.js';
import { newId } from '../../src/kernel/ids.js';
import { statementsOf } from '../../src/platform/persistence/transaction-runner.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { FakeClock } from '../support/fakes/fake-clock.js';
import { until } from '../support/until.js';

let installation: TestInstallation;
let store: AuditEntryRepository;
let trail: AuditTrail;

beforeAll(async () => {
  installation = await openInstallation();
  store = new AuditEntryRepository(installation.dataSource);
  trail = new AuditTrail(store, new FakeClock(), installation.transactions);
});

afterAll(() => installation?.close());

/** A context in a tenant no other test writes to. */
function newTenant(actor: { id?: string; name?: string } = {}): UseCaseContext {
  const context = systemContext(`tenant ${newId()}`, 'request-1');
  return { ...context, actor: { ...context.actor, ...actor } };
}

function anEvent(
  change: Partial<Parameters<AuditTrail['append']>[2]> = {},
): Parameters<AuditTrail['append']>[2] {
  return {
    operation: AUDIT_OPERATIONS.createConnection,
    subject: { type: 'connection', id: newId(), label: 'Autotask EUR' },
    ...change,
  };
}

function append(context: UseCaseContext): Promise<void> {
  return installation.transactions.run((tx) => trail.append(tx, context, anEvent()));
}

async function readAll({ actor }: UseCaseContext): Promise<AuditEntry[]> {
  return (await store.list(actor.tenantId, {}, { limit: 200 }, undefined)).items;
}

function expectIntactChain(newestFirst: AuditEntry[]): void {
  let previousHash = GENESIS_HASH;
  for (const [index, entry] of newestFirst.toReversed().entries()) {
    expect(entry.sequence).toBe(String(index + 1));
    expect(entry.previousHash).toBe(previousHash);
    expect(entry.hash).toBe(chainHash(previousHash, entry.sequence, entry));
    previousHash = entry.hash;
  }
}

describe('the hash chain', () => {
  it('is the same for entries that are appended together, also where several do so at once', async () => {
    const context = newTenant({ id: 'user\0-1', name: 'Zoë "Z"' });
    const together = (names: readonly string[]) =>
      installation.transactions.run((tx) =>
        trail.appendAll(
          tx,
          names.map((label) => ({
            context,
            outcome: label === 'b' ? ('failed' as const) : ('succeeded' as const),
            event: anEvent({
              subject: { type: 'connection', id: null, label },
              connectionId: newId(),
              details: { text: '"\0\uD800 名', list: [1e21, 0.1, -0, null], nested: { z: 1, a: [] } },
            }),
          })),
        ),
      );
    await together(['a', 'b', 'c']);
    await Promise.all([together(['d', 'e']), append(context), together(['f']), together([])]);
    const entries = await readAll(context);
    expectIntactChain(entries);
    expect(entries).toHaveLength(7);
    const first = entries.toReversed().slice(0, 3);
    expect(first.map(({ subject, outcome }) => [subject.label, outcome])).toEqual([
      ['a', 'succeeded'],
      ['b', 'failed'],
      ['c', 'succeeded'],
    ]);
    const labels = entries.toReversed().map(({ subject }) => subject.label);
    expect(labels.indexOf('e'), 'nothing comes between').toBe(labels.indexOf('d') + 1);
    const actors = await installation.query<{ name: string }>(
      'SELECT actor_name AS name FROM audit_actor WHERE tenant_id = $1',
      [context.actor.tenantId],
    );
    expect(actors).toEqual([{ name: 'Zoë "Z"' }]);
  });

  it('keeps time from running backwards within entries that are appended together', async () => {
    const context = newTenant();
    await append(context);
    const late = (await readAll(context))[0]?.occurredAt ?? '';
    const earlier = new AuditTrail(
      new AuditEntryRepository(installation.dataSource),
      new FakeClock('2020-01-01T00:00:00.000Z'),
      installation.transactions,
    );
    const entry = { context, outcome: 'succeeded' as const, event: anEvent() };
    await installation.transactions.run((tx) => earlier.appendAll(tx, [entry, entry]));
    const entries = await readAll(context);
    expect(entries.map(({ occurredAt }) => occurredAt)).toEqual([late, late, late]);
    expectIntactChain(entries);
  });

  it('waits for an archive that holds the table, before it holds what the archive needs', async () => {
    const context = newTenant();
    await append(context);
    const entry = { context, outcome: 'succeeded' as const, event: anEvent() };
    let together: Promise<void> | undefined;
    await installation.transactions.run(async (tx) => {
      await statementsOf(tx)('LOCK TABLE audit_entry IN ACCESS EXCLUSIVE MODE', []);
      together = installation.transactions.run((other) => trail.appendAll(other, [entry, entry]));
      together.catch(() => undefined);
      await until('entries that wait', async () => {
        const waiting = await installation.query(
          `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        );
        return waiting.length === 0 ? null : true;
      });
      await trail.append(tx, context, anEvent());
    });
    await together;
    const entries = await readAll(context);
    expect(entries).toHaveLength(4);
    expectIntactChain(entries);
  });
});
