import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { FixedAddress } from './fixed-address.mjs';

const dist = (path) => new URL(`../../dist/src/${path}`, import.meta.url);
const { AutotaskSimulator, MULTI_CURRENCY_CI, SANDBOX_API_USERS, SANDBOX_INTEGRATION_CODE, seedCspWorld } =
  await import(dist('autotask-simulator/testing.js').href);
const { startEmbeddedPostgres } = await import(dist('host-app/embedded-postgres.js').href);

const MAIN = fileURLToPath(dist('host-app/main.js'));
const TOKEN = 'token-of-the-chaos-harness';
const USER = 'all-rights@sandbox-csp.example';
const DAY_MS = 86_400_000;
/** Shared by all workers of a run: one that is started after a kill loads its code from there. */
const COMPILE_CACHE = join(tmpdir(), `psa-chaos-code-${process.pid}`);

export function removeCompileCache() {
  return rm(COMPILE_CACHE, { recursive: true, force: true });
}

/** The vendor, the database and the worker as processes that can be hurt, and the subscriptions whose changes they carry. */
export class ChaosWorld {
  #worker = null;
  #output = '';
  #client = null;

  /** @param days for how many days from today the contracts last at least: no longer than needed, because every period is a row */
  static async start(count, days) {
    const world = new ChaosWorld();
    world.lastDay = new Date(Date.now() + (days + 62) * DAY_MS);
    world.directory = await mkdtemp(join(tmpdir(), 'psa-chaos-'));
    world.simulator = await AutotaskSimulator.start({ world: seedCspWorld(new Date(), { companies: 6 }) });
    world.database = world.simulator.world.database(MULTI_CURRENCY_CI);
    // What is tested is whether changes arrive once, not how the hourly allowance is shared.
    world.database.requestThreshold = 10_000_000;
    world.postgres = await startEmbeddedPostgres({
      dataDir: join(world.directory, 'postgres'),
      forTests: true,
    });
    world.address = await FixedAddress.open();
    world.address.pointTo(portOf(world.postgres));
    world.port = await freePort();
    await world.startWorker();
    await world.#connect();
    await world.#makeLines(count);
    return world;
  }

  /** The same across restarts. */
  get databaseUrl() {
    const url = new URL(this.postgres.url);
    url.port = String(this.address.port);
    return url.href;
  }

  get adjustments() {
    return this.database.table('ContractServiceAdjustments');
  }

  async startWorker() {
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      PORT: String(this.port),
      DATABASE_URL: this.databaseUrl,
      PSA_DATA_DIR: join(this.directory, 'host'),
      PSA_BOOTSTRAP_TOKEN: TOKEN,
      PSA_AUTOTASK_DISCOVERY_URL: this.simulator.discoveryUrl,
      PSA_AUTOTASK_ALLOWED_HOSTS: this.simulator.host,
      PSA_AUTOTASK_INTEGRATION_CODE: SANDBOX_INTEGRATION_CODE,
      PSA_SYNC_CRON: '0 0 29 2 *',
      PSA_CHECK_CRON: '0 0 29 2 *',
      PSA_LOG_LEVEL: 'warn',
    };
    const worker = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [worker.stdout, worker.stderr]) {
      stream.on('data', (chunk) => (this.#output = (this.#output + chunk).slice(-20_000)));
    }
    this.#worker = worker;
    for (let tries = 0; ; tries += 1) {
      if (worker.exitCode !== null || tries > 2_400)
        throw new Error(`The worker does not start:\n${this.#output}`);
      const isReady = await this.request('GET', '/connections?limit=1').then(
        ({ status }) => status === 200,
        () => false,
      );
      if (isReady) return;
      await wait(50);
    }
  }

  /** As a crash would end it. */
  async killWorker() {
    const worker = this.#worker;
    if (worker === null || worker.exitCode !== null || worker.signalCode !== null) return;
    const gone = new Promise((resolve) => worker.once('exit', resolve));
    worker.kill('SIGKILL');
    await gone;
  }

  /** Every connection breaks; the data stay. */
  async restartDatabase() {
    this.address.pointTo(null);
    await this.#client?.end();
    await this.postgres.stop();
    this.postgres = await startEmbeddedPostgres({
      dataDir: join(this.directory, 'postgres'),
      forTests: true,
    });
    this.address.pointTo(portOf(this.postgres));
  }

  async request(method, path, body) {
    const response = await fetch(`http://127.0.0.1:${this.port}/psa/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${TOKEN}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : text };
  }

  /** Tried until it is answered: a platform would repeat a report it got no answer for. */
  async told(method, path, body) {
    for (let tries = 0; ; tries += 1) {
      try {
        const answer = await this.request(method, path, body);
        if (answer.status < 300) return answer.body;
        if (answer.status < 500) throw new TypeError(`${method} ${path}: ${answer.status} ${answer.text}`);
      } catch (error) {
        if (error instanceof TypeError && error.message.includes(path)) throw error;
      }
      if (tries > 600) throw new Error(`${method} ${path} is never answered:\n${this.#output}`);
      await wait(100);
    }
  }

  /** Over one connection as long as it holds: to open one costs both sides more than the questions asked over it. */
  async rows(sql) {
    this.#client ??= await this.#openClient();
    return (await this.#client.query(sql)).rows;
  }

  async #openClient() {
    const client = new pg.Client({ connectionString: this.postgres.url });
    const forget = () => {
      if (this.#client === client) this.#client = null;
    };
    // A restart of the server ends it too; the query tells.
    client.on('error', forget);
    client.on('end', forget);
    await client.connect();
    return client;
  }

  async stop() {
    await this.killWorker();
    this.address.close();
    await this.#client?.end();
    await this.postgres.stop();
    await this.simulator.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  async #connect() {
    const user = SANDBOX_API_USERS.find(({ userName }) => userName === USER);
    const credentials = { username: user.userName, secret: user.secret };
    const connection = { provider: 'autotask', alias: 'Chaos', currency: 'EUR', credentials };
    this.connectionId = (await this.told('POST', '/connections', connection)).id;
    await this.told('PATCH', `/connections/${this.connectionId}`, { policies: { applyMode: 'automatic' } });
  }

  async #makeLines(count) {
    const company = this.#copy('Companies', (row) => row.companyType === 1 && row.isActive === true, {
      companyName: 'Chaos',
      currencyID: 1,
      parentCompanyID: null,
    });
    const service = this.#copy('Services', (row) => row.isActive === true && row.periodType === 2, {
      name: 'Chaos seat',
    });
    const year = new Date().getUTCFullYear();
    this.lines = Array.from({ length: count }, (_, index) => ({
      subscriptionId: `chaos-${index + 1}`,
      quantity: 5,
      contract: this.#copy('Contracts', (row) => row.contractType === 7 && row.status === 1, {
        companyID: company.id,
        contractName: `Chaos ${index + 1}`,
        contractNumber: `chaos-${index + 1}`,
        contractPeriodType: 2,
        startDate: `${year}-01-01T00:00:00Z`,
        endDate: `${this.lastDay.toISOString().slice(0, 10)}T00:00:00Z`,
      }),
      service,
    }));
    await this.told('POST', `/connections/${this.connectionId}/sync-runs`);
    await this.#pulled(this.lines.at(-1).contract.id);
    const at = `/connections/${this.connectionId}`;
    await this.told('PUT', '/customers/chaos', { name: 'Chaos' });
    await this.told('PUT', `${at}/customer-mappings`, { customerId: 'chaos', companyId: String(company.id) });
    const { name: _, ...offer } = this.bodyOf(this.lines[0], `${year}-01-01`).offer;
    await this.told('PUT', `${at}/offer-mappings`, { offer, serviceId: String(service.id) });
    for (const line of this.lines) {
      const { subscriptionId, contract } = line;
      await this.told('PUT', `/subscriptions/${subscriptionId}`, this.bodyOf(line, `${year}-01-01`));
      await this.told('PUT', `${at}/subscription-mappings`, {
        subscriptionId,
        contractId: String(contract.id),
      });
    }
    await this.settled();
  }

  bodyOf({ quantity }, effectiveOn) {
    return {
      customerId: 'chaos',
      offer: {
        productId: 'chaos',
        skuId: '0001',
        name: 'Chaos seat',
        segment: 'commercial',
        term: 'P1M',
        billingCycle: 'monthly',
      },
      kind: 'license',
      quantity,
      status: 'active',
      startsOn: `${new Date().getUTCFullYear()}-01-01`,
      unitCost: { amount: '7', currency: 'EUR' },
      unitPrice: { amount: '10', currency: 'EUR' },
      effectiveOn,
    };
  }

  /** Waits until no change and no operation is open, or no more than are left. */
  async settled(withinMs = 180_000, left = 0) {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const [{ open }] = await this.rows(`
        SELECT (SELECT count(*) FROM psa_connector.billing_change WHERE state = 'pending')::int
          + (SELECT count(*) FROM psa_connector.billing_operation WHERE state IN ('pending', 'sending', 'verifying'))::int AS open`);
      if (open <= left) return;
      if (Date.now() > deadline)
        throw new Error(`${open} changes are not carried out:\n${await this.#states()}\n${this.#output}`);
      await wait(200);
    }
  }

  /** What stands in the way, for a person who looks why. */
  async #states() {
    const operations = await this.rows(`
      SELECT state, error_code AS error, attempts, count(*)::int AS count, min(not_before) AS "notBefore"
      FROM psa_connector.billing_operation WHERE state <> 'applied' GROUP BY 1, 2, 3`);
    const pushes = await this.rows(
      'SELECT failures, stop_reason AS reason, leased_until FROM psa_connector.billing_push',
    );
    const connections = await this.rows('SELECT state FROM psa_connector.connection');
    return JSON.stringify({ operations, pushes, connections }, null, 1);
  }

  async #pulled(contractId) {
    for (let tries = 0; tries < 600; tries += 1) {
      const { status } = await this.request(
        'GET',
        `/connections/${this.connectionId}/contracts/${contractId}`,
      );
      if (status === 200) return;
      await wait(100);
    }
    throw new Error('The pull does not end');
  }

  #copy(entity, isFit, changes) {
    const table = this.database.table(entity);
    const { id: _, ...values } = table.all().find(isFit);
    return table.insert({ ...values, ...changes });
  }
}

function portOf({ url }) {
  return Number(new URL(url).port);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
