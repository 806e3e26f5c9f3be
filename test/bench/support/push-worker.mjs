/** A process of `bench:push`: the connector with all its connections, or a bare loop that sends the same adjustments and keeps nothing. */
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { Agent, request } from 'undici';
import { SANDBOX_INTEGRATION_CODE } from '../../../dist/src/autotask-simulator/testing.js';
import { LINE_STORE } from '../../../dist/src/billing/domain/billing-line.js';
import { CHANGE_STORE } from '../../../dist/src/billing/domain/pending-change.js';
import { PushTrigger } from '../../../dist/src/billing/application/push-trigger.service.js';
import { newId } from '../../../dist/src/kernel/ids.js';
import { money } from '../../../dist/src/kernel/money.js';
import { TransactionRunner } from '../../../dist/src/platform/persistence/transaction-runner.js';
import { startConnectorApp } from './connector.mjs';

/** Connections the connector works on at once, each with three requests; the bare loop has as many under way. */
const CONNECTIONS_AT_ONCE = 8;
const REQUESTS_AT_ONCE = 3;
const TENANT = 'bench';
const ACTOR = { actorId: 'bench', actorName: 'Bench', correlationId: 'bench' };
const DAY_MS = 86_400_000;

let answerNext = [];
const questions = [];
process.on('message', (message) => {
  const next = answerNext.shift();
  if (next === undefined) questions.push(message);
  else next(message);
});
const asked = () =>
  questions.length > 0
    ? Promise.resolve(questions.shift())
    : new Promise((resolve) => answerNext.push(resolve));
const tell = (answer) => process.send({ answer });
const dayIn = (days) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

const { task } = await asked();
await { ours, bare }[task.kind]();
process.disconnect();

async function ours() {
  const { databaseUrl, vendor } = task;
  const connector = await startConnectorApp({
    databaseUrl,
    simulator: vendor,
    settings: { database: { url: databaseUrl, poolSize: 30 } },
  });
  const { app } = connector;
  const lineStore = app.get(LINE_STORE, { strict: false });
  const changes = app.get(CHANGE_STORE, { strict: false });
  const trigger = app.get(PushTrigger, { strict: false });
  const transactions = app.get(TransactionRunner, { strict: false });
  const connections = [];
  const waiting = vendor.databases.map((database, index) => ({ database, index }));
  const connect = async () => {
    for (;;) {
      const next = waiting.shift();
      if (next === undefined) return;
      connections.push(await connectTo(next));
    }
  };
  await Promise.all([connect(), connect(), connect(), connect()]);

  async function connectTo({ database, index }) {
    const { userName, secret, lines } = database;
    const { id } = await connector.call('POST', '/connections', {
      provider: 'autotask',
      alias: `Push ${index}`,
      currency: 'EUR',
      credentials: { username: userName, secret },
    });
    await connector.call('PATCH', `/connections/${id}`, { policies: { applyMode: 'automatic' } });
    const subscriptions = lines.map(({ contractId }) => subscriptionOf(`${index}-${contractId}`));
    await transactions.run(async (tx) => {
      const keys = lines.map(({ contractId }, position) => ({
        connectionId: id,
        tenantId: TENANT,
        subscriptionId: subscriptions[position].id,
        contractExternalId: String(contractId),
        serviceExternalId: String(vendor.serviceId),
      }));
      const made = await lineStore.ensureLines(tx, keys, new Date());
      const bySubscription = new Map(made.map((line) => [line.subscriptionId, line]));
      const lineIds = subscriptions.map((subscription) => bySubscription.get(subscription.id).id);
      const bound = lineIds.map((lineId, position) => ({
        lineId,
        lineExternalId: String(lines[position].id),
      }));
      await lineStore.bind(tx, bound);
      await lineStore.keepFacts(
        tx,
        lineIds.map((lineId, position) => ({ lineId, baseline: null, known: subscriptions[position] })),
      );
    });
    return { id, subscriptions };
  }

  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  tell({ connections: connections.length });
  const { day } = await asked();
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  for (const { id, subscriptions } of connections) {
    await transactions.run(async (tx) => {
      await changes.add(
        tx,
        subscriptions.map((subscription) => ({
          id: newId(),
          connectionId: id,
          tenantId: TENANT,
          subscriptionId: subscription.id,
          subscription: { ...subscription, quantity: 20, effectiveOn: dayIn(day), revision: 2 },
          holdReason: null,
          recordedAt: new Date(),
          ...ACTOR,
        })),
      );
      await trigger.wake(tx, id);
    });
  }
  const recordedMs = performance.now() - startedAt;
  await settled(client);
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const { rows } = await client.query(`
    SELECT state, count(*)::int AS count, max(attempts) AS attempts FROM psa_connector.billing_operation GROUP BY state`);
  await client.end();
  tell({ seconds, recordedMs, cpuMs: (user + system) / 1000, operations: rows });
  await asked();
  await connector.close();
}

async function settled(client) {
  for (;;) {
    const { rows } = await client.query(`
      SELECT EXISTS (SELECT FROM psa_connector.billing_change WHERE state = 'pending')
        OR EXISTS (SELECT FROM psa_connector.billing_operation WHERE state IN ('pending', 'sending', 'verifying')) AS "isOpen"`);
    if (!rows[0].isOpen) return;
    await wait(50);
  }
}

function subscriptionOf(id) {
  return {
    id,
    tenantId: TENANT,
    customerId: 'push',
    offer: {
      productId: 'push',
      skuId: '0001',
      name: 'Push seat',
      segment: 'commercial',
      term: 'P1M',
      billingCycle: 'monthly',
    },
    kind: 'license',
    quantity: 5,
    status: 'active',
    startsOn: `${new Date().getUTCFullYear()}-01-01`,
    commitmentEndsOn: null,
    friendlyName: null,
    autoRenew: null,
    promotionId: null,
    unitCost: money('7', 'EUR'),
    unitPrice: money('10', 'EUR'),
    listPrice: null,
    erpPrice: null,
    effectiveOn: `${new Date().getUTCFullYear()}-01-01`,
    revision: 1,
  };
}

async function bare() {
  const { vendor } = task;
  const dispatcher = new Agent();
  tell({ connections: vendor.databases.length });
  const { day } = await asked();
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const waiting = [...vendor.databases];
  const work = async () => {
    for (let database = waiting.shift(); database !== undefined; database = waiting.shift()) {
      const lines = [...database.lines];
      const send = async () => {
        for (let line = lines.shift(); line !== undefined; line = lines.shift())
          await sendOne(dispatcher, database, line, day);
      };
      await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, send));
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS_AT_ONCE }, work));
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await dispatcher.close();
  tell({ seconds, cpuMs: (user + system) / 1000 });
  await asked();
}

async function sendOne(dispatcher, { zoneUrl, userName, secret }, { id, contractId }, day) {
  const { statusCode, body } = await request(`${zoneUrl}Contracts/${contractId}/ServiceAdjustments`, {
    dispatcher,
    method: 'POST',
    headers: {
      ApiIntegrationCode: SANDBOX_INTEGRATION_CODE,
      UserName: userName,
      Secret: secret,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ contractServiceID: id, effectiveDate: dayIn(day), unitChange: 1 }),
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${statusCode}: ${text}`);
}
