import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UseCaseContext } from '../../src/core/use-case-context.js';
import { currencyCode } from '../../src/kernel/currency.js';
import { localDate } from '../../src/kernel/local-date.js';
import { money, MoneyDecimal } from '../../src/kernel/money.js';
import type { RecordedCharge, SubscriptionChange } from '../../src/ports/host/subscription-changes.port.js';
import type { Subscription } from '../../src/ports/host/subscription-source.port.js';
import { ChargeRegister } from '../../src/subscriptions/application/charge-register.service.js';
import { SubscriptionChanges } from '../../src/subscriptions/application/subscription-changes.service.js';
import { SubscriptionRegister } from '../../src/subscriptions/application/subscription-register.service.js';
import type { SubscriptionValues } from '../../src/subscriptions/domain/record-values.js';
import { SubscriptionRepository } from '../../src/subscriptions/persistence/subscription.repository.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { buildServices } from '../support/builders/services.builder.js';
import { ACTORS } from '../support/test-actors.js';

const CONTEXT: UseCaseContext = { actor: ACTORS.admin, correlationId: 'correlation-1' };
const { id, name, tenantId } = ACTORS.admin;
const EUR = currencyCode('EUR');

const VALUES: Omit<SubscriptionValues, 'tenantId'> = {
  id: 'sub-1',
  customerId: 'contoso',
  offer: {
    productId: 'p',
    skuId: 's',
    name: 'Mail',
    segment: 'commercial',
    term: 'P1Y',
    billingCycle: 'monthly',
  },
  kind: 'license',
  quantity: 5,
  status: 'active',
  startsOn: localDate('2026-03-15'),
  commitmentEndsOn: null,
  friendlyName: null,
  autoRenew: null,
  promotionId: null,
  unitCost: money('3', EUR),
  unitPrice: money('4', EUR),
  listPrice: null,
  erpPrice: null,
  effectiveOn: null,
};

let installation: TestInstallation;
let store: SubscriptionRepository;
let heard: SubscriptionChange[];
let refusal: Error | null;
let changes: SubscriptionChanges;
let charged: RecordedCharge[];
let register: SubscriptionRegister;
let charges: ChargeRegister;

async function subscriptionChanged(_: unknown, change: SubscriptionChange): Promise<void> {
  heard.push(change);
  if (refusal !== null) throw refusal;
  await Promise.resolve();
}

async function chargeRecorded(_: unknown, recorded: RecordedCharge): Promise<void> {
  charged.push(recorded);
  if (refusal !== null) throw refusal;
  await Promise.resolve();
}

beforeAll(async () => {
  installation = await openInstallation();
  const { clock, audit } = buildServices(installation);
  store = new SubscriptionRepository(installation.dataSource);
  changes = new SubscriptionChanges(installation.transactions, { subscriptionChanged, chargeRecorded });
  register = new SubscriptionRegister(store, changes, audit, installation.transactions, clock);
  charges = new ChargeRegister(store, changes, audit, installation.transactions, clock);
  const customer = { id: 'contoso', tenantId, name: 'Contoso', domain: null, country: null };
  await installation.transactions.run((tx) => store.putCustomer(tx, customer, clock.now()));
});

afterAll(() => installation?.close());

beforeEach(() => {
  heard = [];
  charged = [];
  refusal = null;
});

async function stored(): Promise<Subscription | undefined> {
  return (await store.findSubscriptions(tenantId, ['sub-1']))[0];
}

describe('a recorded charge', () => {
  const charge = {
    id: 'charge-1',
    customerId: 'contoso',
    subscriptionId: null,
    kind: 'fee' as const,
    description: 'Fee',
    servicePeriod: { from: localDate('2026-10-01'), to: localDate('2026-10-31') },
    quantity: new MoneyDecimal(1),
    unitCost: money('1', EUR),
    unitPrice: money('2', EUR),
  };
  const registered = () => charges.create(CONTEXT, charge);

  it('is passed on once, in the transaction that saves it', async () => {
    refusal = new Error('The work cannot be saved');
    await expect(registered()).rejects.toThrow('The work cannot be saved');
    expect(await store.findCharge({ tenantId, id: 'charge-1' })).toBeNull();
    refusal = null;
    charged = [];
    await registered();
    await registered();
    expect(charged).toMatchObject([
      { charge: { id: 'charge-1' }, actor: { id, name, tenantId }, correlationId: 'correlation-1' },
    ]);
  });

  it('is passed on where a host reports one of its own', async () => {
    await changes.recordCharge({
      charge: { ...charge, tenantId, id: 'charge-2' },
      actor: { id, name, tenantId },
    });
    expect(charged.map((each) => each.charge.id)).toEqual(['charge-2']);
  });
});

describe('a change of a subscription', () => {
  it('is passed on with what was before, and only when it is one', async () => {
    await register.put(CONTEXT, VALUES);
    await register.put(CONTEXT, VALUES);
    await register.put(CONTEXT, { ...VALUES, quantity: 7 });
    expect(heard).toMatchObject([
      { before: null, after: { quantity: 5, revision: 1 }, correlationId: 'correlation-1' },
      { before: { quantity: 5 }, after: { quantity: 7, revision: 2 }, actor: { id, name, tenantId } },
    ]);
  });

  it('is not saved when the work it causes cannot be', async () => {
    refusal = new Error('no queue');
    await expect(register.put(CONTEXT, { ...VALUES, quantity: 9 })).rejects.toThrow('no queue');
    expect(heard).toHaveLength(1);
    expect(await stored()).toMatchObject({ quantity: 7, revision: 2 });
    const revisions = await store.readRevisions({ tenantId, id: 'sub-1' }, { limit: 10 }, undefined);
    expect(revisions.items.map(({ revision }) => revision)).toEqual([2, 1]);
  });

  it('can be reported by a host that keeps its own', async () => {
    const after = await stored();
    if (after === undefined) throw new Error('Nothing was stored');
    const actor = { id, name, tenantId };
    await changes.record({ before: null, after, actor });
    expect(heard).toMatchObject([{ before: null, after: { id: 'sub-1' }, actor }]);
    expect(heard[0]?.correlationId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('goes nowhere while nobody listens', async () => {
    const after = await stored();
    const deaf = new SubscriptionChanges(installation.transactions, null);
    await expect(deaf.record({ before: null, after: after!, actor: CONTEXT.actor })).resolves.toBeUndefined();
  });
});
