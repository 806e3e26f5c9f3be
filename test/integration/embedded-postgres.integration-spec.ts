import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/host-app/embedded-postgres.js';
import { possibleIsolations } from '../../src/host-app/postgres-isolation.js';
import { identifyProcess } from '../../src/host-app/process-identity.js';

describe('embedded PostgreSQL', () => {
  let dataDir: string;
  const servers: EmbeddedPostgres[] = [];
  const children: ChildProcess[] = [];

  async function start(options: Partial<Parameters<typeof startEmbeddedPostgres>[0]> = {}) {
    const server = await startEmbeddedPostgres({ dataDir, forTests: true, ...options });
    servers.push(server);
    return server;
  }

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'psa-embedded-'));
  });

  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it('answers in UTC with UTF-8 and keeps its data over a restart, leaving no process behind', async () => {
    const first = await start();
    const settings = await query(
      first.url,
      `select current_setting('TimeZone') as zone, current_setting('server_encoding') as encoding`,
    );
    expect(settings).toEqual([{ zone: 'UTC', encoding: 'UTF8' }]);
    await query(first.url, 'create table kept (n int)');
    await first.stop();
    expect(await identifyProcess(first.pid)).toBeNull();

    const second = await start();
    expect(await query(second.url, 'select count(*)::int as n from kept')).toEqual([{ n: 0 }]);
  });

  it('keeps the password and the lock private to the user', async () => {
    await start();
    for (const name of ['password', 'lock.json', 'postgres.log']) {
      expect((await stat(join(dataDir, name))).mode & 0o777).toBe(0o600);
    }
  });

  it('refuses a data directory that another start uses, naming the process', async () => {
    await start();
    await expect(start()).rejects.toThrow(`is in use by process ${process.pid}`);
  });

  it('refuses a data directory that a server without our lock uses', async () => {
    const server = await start();
    await rm(join(dataDir, 'lock.json'));
    await expect(start()).rejects.toThrow(`in use by a PostgreSQL server (process ${server.pid})`);
  });

  it('refuses a cluster of another major version', async () => {
    await (await start()).stop();
    await writeFile(join(dataDir, 'cluster', 'PG_VERSION'), '9\n');
    await expect(start()).rejects.toThrow(/was made by PostgreSQL 9, and the embedded one is \d+/);
  });

  it('starts over the lock file of a server whose process id now belongs to another program', async () => {
    await (await start()).stop();
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    children.push(other);
    await once(other, 'spawn');
    const lines = [other.pid, join(dataDir, 'cluster'), 1, 1, '', '127.0.0.1', '', 'ready', ''];
    await writeFile(join(dataDir, 'cluster', 'postmaster.pid'), lines.join('\n'));
    expect(await query((await start()).url, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('starts over the lock of a host that was killed and whose process id was reused', async () => {
    const holder = { pid: process.ppid, identity: 'some earlier process' };
    await writeFile(join(dataDir, 'lock.json'), JSON.stringify({ holder }));
    await start();
    expect(JSON.parse(await readFile(join(dataDir, 'lock.json'), 'utf8'))).toMatchObject({
      holder: { pid: process.pid },
    });
  });

  it('ends the server that a killed host left behind and starts again', async () => {
    const left = await start();
    const lock = JSON.parse(await readFile(join(dataDir, 'lock.json'), 'utf8')) as { holder: object };
    await writeFile(
      join(dataDir, 'lock.json'),
      JSON.stringify({ ...lock, holder: { pid: 1, identity: 'gone' } }),
    );
    const next = await start();
    expect(await identifyProcess(left.pid)).toBeNull();
    expect(await query(next.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('does not take a start killed half-way for a cluster', async () => {
    await writeFile(join(dataDir, 'password'), 'of an earlier attempt\n', { mode: 0o600 });
    await writeFile(join(dataDir, 'cluster.unfinished'), '');
    expect(await query((await start()).url, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('says what to do when the data directory cannot be made', async () => {
    await writeFile(join(dataDir, 'file'), '');
    await expect(start({ dataDir: join(dataDir, 'file', 'below') })).rejects.toThrow(
      /cannot be used .*PSA_DATA_DIR/,
    );
  });

  it('runs in the ways kept for systems that refuse the best one, below a closed home', async () => {
    await rm(dataDir, { recursive: true });
    dataDir = await mkdtemp(join(homedir(), '.psa-embedded-'));
    const { platform } = process;
    const uid = process.getuid?.();
    const possible = possibleIsolations({ platform, uid, dataOwner: uid ?? 0 });
    const fallbacks = possible.slice(Math.floor(possible.length / 2));
    const first = await start({ isolations: fallbacks });
    expect(await query(first.url, 'select 1 as n')).toEqual([{ n: 1 }]);
    await first.stop();
    expect(await query((await start()).url, 'select 2 as n')).toEqual([{ n: 2 }]);
  });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
