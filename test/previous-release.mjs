// Does an earlier release go on working while, and after, this one migrates its database? Builds that release from the repository's history,
// starts it on a schema of its own making, migrates under it, uses it, and starts this release beside it.
//   npm run test:previous -- --ref <commit or tag>
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const dist = (path) => new URL(`../dist/src/${path}`, import.meta.url).href;
const { AutotaskSimulator, SANDBOX_API_USERS, SANDBOX_INTEGRATION_CODE } = await import(
  dist('autotask-simulator/testing.js')
);
const { startEmbeddedPostgres } = await import(dist('host-app/embedded-postgres.js'));
const { migrateDatabase } = await import(dist('index.js'));

const TOKEN = 'token-of-the-release-comparison-of-32-characters';
const MASTER_KEY = randomBytes(32).toString('base64');
const NEVER = '0 0 29 2 *';

const { values } = parseArgs({ options: { ref: { type: 'string' } } });
if (values.ref === undefined) throw new Error('Say which release: --ref <commit or tag>');

const scratch = mkdtempSync(join(tmpdir(), 'psa-previous-'));
const closing = [];
async function compare(ref) {
  const earlier = build(ref);
  const postgres = await startEmbeddedPostgres({ dataDir: join(scratch, 'postgres'), forTests: true });
  closing.push(() => postgres.stop());
  const simulator = await AutotaskSimulator.start();
  closing.push(() => simulator.stop());

  const old = await startHost(join(earlier, 'dist/src/host-app/main.js'), postgres.url, simulator);
  const connectionId = await old.connect();
  await old.pull(connectionId);
  const walkedBefore = await old.walk();
  say(`${ref}: connected and pulled on its own schema, ${walkedBefore} routes`);

  // In the middle of its work.
  const [, added] = await Promise.all([old.pull(connectionId), migrate(postgres.url)]);
  say(`this release added ${added.length} migrations while it pulled: ${added.join(', ') || 'none'}`);
  await old.pull(connectionId, 'full');
  await old.write();
  say(`${ref}: pulled in full, wrote and answered ${await old.walk()} routes on the new schema`);

  const current = await startHost(join(ROOT, 'dist/src/host-app/main.js'), postgres.url, simulator);
  for (const host of [current, old, current, old]) await host.pull(connectionId, 'full');
  for (const host of [current, old]) await host.write();
  say(
    `both: pulled in turn, wrote, and verify the audit log (${await old.verify()}, ${await current.verify()} entries)`,
  );
  for (const host of [old, current]) await host.end();
  const again = await startHost(join(earlier, 'dist/src/host-app/main.js'), postgres.url, simulator);
  await again.pull(connectionId, 'full');
  say(`${ref}: started anew on the new schema and pulled`);
  await again.end();
}

function build(ref) {
  const folder = join(scratch, 'release');
  execFileSync('sh', ['-c', `mkdir "$1" && git archive "$2" | tar -x -C "$1"`, 'sh', folder, ref], {
    cwd: ROOT,
  });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  execFileSync(process.execPath, ['.ci/build.mjs'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  return folder;
}

async function migrate(url) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const names = async () =>
    (await client.query('SELECT name FROM psa_connector.schema_migration')).rows.map(({ name }) => name);
  try {
    const before = new Set(await names());
    await migrateDatabase({ url });
    return (await names()).filter((name) => !before.has(name));
  } finally {
    await client.end();
  }
}

async function startHost(main, databaseUrl, simulator) {
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    HOME: scratch,
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    PSA_DATA_DIR: join(scratch, `host-${port}`),
    PSA_MASTER_KEY: MASTER_KEY,
    PSA_BOOTSTRAP_TOKEN: TOKEN,
    PSA_AUTOTASK_DISCOVERY_URL: simulator.discoveryUrl,
    PSA_AUTOTASK_ALLOWED_HOSTS: simulator.host,
    PSA_AUTOTASK_INTEGRATION_CODE: SANDBOX_INTEGRATION_CODE,
    PSA_SYNC_CRON: NEVER,
    PSA_CHECK_CRON: NEVER,
  };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const host = new Host(child, `http://127.0.0.1:${port}/psa/api`);
  closing.push(() => host.kill());
  for (let tries = 0; ; tries += 1) {
    if (child.exitCode !== null || tries > 300) throw new Error(`${main} does not start:\n${host.output}`);
    const answer = await host.ask('GET', '/health/ready').catch(() => null);
    if (answer?.status === 200) return host;
    await wait(100);
  }
}

class Host {
  output = '';
  #customers = 0;

  constructor(child, url) {
    this.child = child;
    this.url = url;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (this.output = (this.output + text).slice(-20_000)));
    }
  }

  async ask(method, path, body) {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    const answer = await fetch(this.url + path, {
      method,
      headers: body === undefined ? { authorization: headers.authorization } : headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = /^application\/(problem\+)?json(;|$)/.test(answer.headers.get('content-type') ?? '');
    return { status: answer.status, text, body: isJson ? JSON.parse(text) : null };
  }

  async demand(method, path, body) {
    const answer = await this.ask(method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${answer.text}\n${this.output}`);
    return answer.body;
  }

  async connect() {
    const user = SANDBOX_API_USERS[0];
    const credentials = { username: user.userName, secret: user.secret };
    const body = { provider: 'autotask', alias: 'Release', currency: 'EUR', credentials };
    return (await this.demand('POST', '/connections', body)).id;
  }

  async pull(connectionId, mode) {
    const { id } = await this.demand('POST', `/connections/${connectionId}/sync-runs`, mode && { mode });
    for (;;) {
      const run = await this.demand('GET', `/sync-runs/${id}`);
      if (run.state === 'succeeded') return;
      if (!['queued', 'running'].includes(run.state))
        throw new Error(`The pull ${run.state}: ${JSON.stringify(run.error)}`);
      await wait(50);
    }
  }

  async write() {
    this.#customers += 1;
    const id = `customer-${new URL(this.url).port}-${this.#customers}`;
    await this.demand('PUT', `/customers/${id}`, { name: id });
    const { items } = await this.demand('GET', '/connections');
    const alias = `Release ${this.#customers}`;
    await this.demand('PATCH', `/connections/${items[0].id}`, { alias });
    await this.demand('POST', `/connections/${items[0].id}/plans`);
  }

  /** Every route of its own description that can be read without knowing more than the connection. */
  async walk() {
    const { paths } = await this.demand('GET', '/openapi.json');
    const { items } = await this.demand('GET', '/connections');
    let walked = 0;
    for (const [path, { get }] of Object.entries(paths)) {
      const address = path.replace(/^\/connections\/\{\w+\}/, `/connections/${items[0].id}`);
      if (get === undefined || address.includes('{')) continue;
      const { status, text } = await this.ask('GET', address);
      if (status >= 500) throw new Error(`GET ${path}: ${status} ${text}\n${this.output}`);
      walked += 1;
    }
    return walked;
  }

  async verify() {
    const found = await this.demand('GET', '/audit-entries/verify');
    if (found.isIntact !== true) throw new Error(`The audit log is not intact: ${JSON.stringify(found)}`);
    return found.verified;
  }

  async end() {
    this.child.kill('SIGTERM');
    const [code] = await once(this.child, 'exit');
    if (code !== 0) throw new Error(`A host ended with ${code}:\n${this.output}`);
  }

  async kill() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

function say(line) {
  console.log(line);
}

// Last, because a class is not there before its line.
try {
  await compare(values.ref);
} finally {
  for (const close of closing.toReversed()) await close();
  rmSync(scratch, { recursive: true, force: true });
}
