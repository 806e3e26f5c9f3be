import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MappedSubscriptions } from '../../src/contracts/application/mapped-subscriptions.service.js';
import type {
  MappingKeys,
  MappingKind,
  MappingScope,
  StoredMapping,
} from '../../src/contracts/domain/mapping.js';
import { MappingRefusedError } from '../../src/contracts/domain/mapping.errors.js';
import { MappedSubscriptionRepository } from '../../src/contracts/persistence/mapped-subscription.repository.js';
import { MappingRepository } from '../../src/contracts/persistence/mapping.repository.js';
import { newId } from '../../src/kernel/ids.js';
import { localDate } from '../../src/kernel/local-date.js';
import { aConnection } from '../support/builders/connection.builder.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { aContract } from '../support/builders/psa-records.builder.js';
import { buildServices, type TestServices } from '../support/builders/services.builder.js';

const OFFER: MappingKeys['offer'] = {
  productId: 'p',
  skuId: 's',
  segment: 'commercial',
  term: 'P1Y',
  billingCycle: 'monthly',
};

let installation: TestInstallation;
let services: TestServices;
let store: MappingRepository;
let mapped: MappedSubscriptions;
let scope: MappingScope;

beforeAll(async () => {
  installation = await openInstallation();
  services = buildServices(installation);
  store = new MappingRepository(installation.dataSource);
  mapped = new MappedSubscriptions(new MappedSubscriptionRepository(installation.dataSource));
});

afterAll(() => installation?.close());

async function newScope(rootTenantId: string): Promise<MappingScope> {
  const connection = aConnection({ tenantId: `tenant of ${newId()}`, rootTenantId });
  await installation.transactions.run((tx) => services.stores.connections.insert(tx, connection));
  const { id, tenantId, currency } = connection;
  return { connectionId: id, tenantId, rootTenantId, currency, internalCurrency: 'EUR' };
}

beforeEach(async () => {
  scope = await newScope(`root of ${newId()}`);
});

function save<K extends MappingKind>(
  kind: K,
  mappings: Partial<StoredMapping<MappingKeys[K]>>[],
  where = scope,
): Promise<void> {
  const stamp = { at: new Date('2026-05-04T12:00:00Z'), by: { id: 'user-1', name: 'Ada' } };
  const rows = mappings.map((mapping) => ({ id: newId(), excludedReason: null, extras: {}, ...mapping }));
  return installation.transactions.run((tx) =>
    store.save(tx, kind, where, rows as StoredMapping<MappingKeys[K]>[], stamp),
  );
}

/** A customer and an offer, and what a subscription that rests on them holds. */
async function saveParts(where = scope) {
  const [customerMapping, offerMapping] = [newId(), newId()];
  await save('customer', [{ id: customerMapping, key: 'contoso', targetId: '7' }], where);
  await save(
    'offer',
    [{ id: offerMapping, key: OFFER, targetId: '31', extras: { offer_name: 'Mail' } }],
    where,
  );
  return {
    root_tenant_id: where.rootTenantId,
    customer_id: 'contoso',
    customer_mapping_id: customerMapping,
    offer_mapping_id: offerMapping,
  };
}

async function saveSubscription(where: MappingScope): Promise<void> {
  await save('subscription', [{ key: 'sub-1', targetId: '9', extras: await saveParts(where) }], where);
}

async function reasonOf(write: Promise<unknown>): Promise<string> {
  const error: unknown = await write.then(
    () => 'nothing was refused',
    (reason: unknown) => reason,
  );
  return error instanceof MappingRefusedError ? error.code : String(error);
}

describe('the database', () => {
  it('keeps a company to one customer, also when nobody asked before', async () => {
    await save('customer', [{ key: 'contoso', targetId: '7' }]);
    expect(await reasonOf(save('customer', [{ key: 'fabrikam', targetId: '7' }]))).toBe(
      'mapping.company_taken',
    );
    expect(await reasonOf(save('customer', [{ key: 'contoso', targetId: '8' }]))).toBe(
      'mapping.company_taken',
    );
    await save('customer', [{ key: 'contoso', targetId: '7' }], await newScope(scope.rootTenantId));
  });

  it('keeps a service to one offer, and an offer to one service', async () => {
    const extras = { offer_name: 'Mail' };
    await save('offer', [{ key: OFFER, targetId: '31', extras }]);
    const other = { ...OFFER, term: 'P3Y' as const };
    expect(await reasonOf(save('offer', [{ key: other, targetId: '31', extras }]))).toBe(
      'mapping.service_taken',
    );
    expect(await reasonOf(save('offer', [{ key: OFFER, targetId: '32', extras }]))).toBe(
      'mapping.offer_taken',
    );
  });

  it('keeps a subscription to one connection of the tenant tree, and lets another tree have its own', async () => {
    await saveSubscription(scope);
    const elsewhere = await newScope(scope.rootTenantId);
    expect(await reasonOf(saveSubscription(elsewhere))).toBe('mapping.subscription_taken');
    await saveSubscription(await newScope('another root'));
  });

  it('keeps what a mapped subscription rests on', async () => {
    const extras = await saveParts();
    await save('subscription', [{ key: 'sub-1', targetId: '9', extras }]);
    for (const [kind, id] of [
      ['customer', extras.customer_mapping_id],
      ['offer', extras.offer_mapping_id],
    ] as const) {
      const removed = installation.transactions.run((tx) => store.remove(tx, kind, id));
      expect(await reasonOf(removed)).toBe('mapping.in_use');
    }
  });

  it('has no mapping that is neither bound nor excluded, or both', async () => {
    expect(await reasonOf(save('customer', [{ key: 'a', targetId: null }]))).toContain(
      'customer_mapping_target_ck',
    );
    const both = [{ key: 'a', targetId: '1', excludedReason: 'x' }];
    expect(await reasonOf(save('customer', both))).toContain('customer_mapping_target_ck');
  });
});

describe('mapped subscriptions', () => {
  it('tell company, service and contract, by id and by connection', async () => {
    const extras = await saveParts();
    const contract = aContract({
      externalId: '9',
      name: 'Cloud',
      companyExternalId: '7',
      startsOn: localDate('2026-01-01'),
      endsOn: localDate('2026-12-31'),
    });
    const { connectionId, tenantId } = scope;
    const page = {
      connectionId,
      pullId: newId(),
      entity: 'contracts' as const,
      pageNumber: 0,
      records: [contract],
    };
    await installation.transactions.run((tx) => services.mirror.writePage(tx, page));
    await save('subscription', [
      { key: 'sub-1', targetId: '9', extras },
      { key: 'sub-2', targetId: 'not mirrored', extras },
      {
        key: 'sub-3',
        targetId: null,
        excludedReason: 'by hand',
        extras: { ...extras, customer_mapping_id: null, offer_mapping_id: null },
      },
    ]);
    const byId = await mapped.bySubscriptions(tenantId, ['sub-1', 'sub-3', 'sub-9']);
    expect([...byId.values()]).toEqual([
      {
        mappingId: expect.any(String),
        connectionId,
        tenantId,
        subscriptionId: 'sub-1',
        customerId: 'contoso',
        companyExternalId: '7',
        offer: OFFER,
        serviceExternalId: '31',
        contractExternalId: '9',
        contract: {
          name: 'Cloud',
          companyExternalId: '7',
          periodType: contract.periodType,
          isActive: contract.isActive,
          startsOn: '2026-01-01',
          endsOn: '2026-12-31',
        },
      },
    ]);
    expect(await mapped.bySubscriptions('another tenant', ['sub-1'])).toEqual(new Map());
    const batches: string[][] = [];
    for await (const batch of mapped.eachOfConnection(connectionId, 1)) {
      batches.push(batch.map(({ subscriptionId }) => subscriptionId));
    }
    expect(batches).toEqual([['sub-1'], ['sub-2']]);
    const [, second] = await mapped.byConnection(connectionId, undefined, 10);
    expect(second?.contract).toBeNull();
  });

  it('are gone once their connection is removed', async () => {
    const extras = await saveParts();
    await save('subscription', [{ key: 'sub-1', targetId: '9', extras }]);
    const counts = await installation.transactions.run((tx) =>
      store.archive(tx, scope.connectionId, new Date('2026-05-05T12:00:00Z')),
    );
    expect(counts).toEqual({ customer: 1, offer: 1, subscription: 1 });
    expect(await mapped.byConnection(scope.connectionId, undefined, 10)).toEqual([]);
  });
});
