import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findParent } from '../../src/host-app/process-identity.js';
import {
  waitUntilGone,
  hostEnvironment,
  hostMain,
  type HostProcess,
  makeDataDir,
  runHostToItsEnd,
  startHostProcess,
} from '../support/host-process.js';

describe('starting and stopping the host', () => {
  let dataDir: string;
  const hosts: HostProcess[] = [];

  async function start(variables: Record<string, string> = {}) {
    const host = await startHostProcess({ PSA_DATA_DIR: dataDir, ...variables });
    hosts.push(host);
    return host;
  }

  beforeEach(async () => {
    dataDir = await makeDataDir();
  });

  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.stop()));
    await rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  });

  it('needs nothing, lets the printed token in, and starts again on its data with the same token', async () => {
    const first = await start();
    expect(first.output()).toContain(first.token);
    expect(await statusOf(first, '/psa/api/session', first.token)).toBe(200);
    expect(await first.stop()).toBe(0);

    const second = await start();
    expect(second.token).toBe(first.token);
    expect(await statusOf(second, '/psa/api/session', first.token)).toBe(200);
  });

  it('starts again at once after kill -9', async () => {
    const first = await start();
    const pids = await processTree(first.pid);
    await first.kill9();
    const second = await start();
    expect(await statusOf(second, '/psa/api/session', second.token)).toBe(200);
    await expect(waitUntilGone(pids)).resolves.toBeUndefined();
  });

  it('leaves no process behind on Ctrl-C', async () => {
    const host = await start();
    const pids = await processTree(host.pid);
    expect(pids.length).toBeGreaterThan(2);
    expect(await host.stop()).toBe(0);
    await expect(waitUntilGone(pids)).resolves.toBeUndefined();
  });

  it('ends itself, and its database, when npm that started it is killed', async () => {
    // npm runs a script through a shell, which stays in between here because it has something left to do.
    const script = `${process.execPath} ${hostMain()}; true`;
    const asNpmDoes = `require('node:child_process').spawn(${JSON.stringify(script)}, { shell: true, stdio: 'inherit' })`;
    const npm = spawn(process.execPath, ['-e', asNpmDoes], {
      env: hostEnvironment({ PORT: '0', PSA_DATA_DIR: dataDir }),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    npm.stdout.setEncoding('utf8');
    for await (const chunk of npm.stdout.iterator({ destroyOnReturn: false })) {
      output += String(chunk);
      if (output.includes('Admin UI')) break;
    }
    npm.stdout.resume();
    const pids = await processTree(npm.pid ?? 0);
    npm.kill('SIGKILL');
    await once(npm, 'exit');
    await expect(waitUntilGone(pids)).resolves.toBeUndefined();
  });

  it('refuses a second start on the same data directory, naming the first', async () => {
    const host = await start();
    const { exitCode, output } = await runHostToItsEnd({ PSA_DATA_DIR: dataDir });
    expect(exitCode).toBe(1);
    expect(output).toContain(`is in use by process ${host.pid}`);
    expect(output).not.toMatch(/\n\s+at /);
  });

  it('keeps what it generates to its user', async () => {
    const host = await start();
    for (const name of ['bootstrap-token', 'master-key', 'sandbox-port', 'postgres/password']) {
      expect((await stat(join(host.dataDir, name))).mode & 0o777).toBe(0o600);
    }
    const masterKey = await readFile(join(dataDir, 'master-key'), 'utf8');
    expect(Buffer.from(masterKey.trim(), 'base64')).toHaveLength(32);
  });

  it('keeps the address of its sandbox, which connections store', async () => {
    const first = await start();
    const address = sandboxOf(first.output());
    await first.stop();
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+/);
    expect(sandboxOf((await start()).output())).toBe(address);
  });

  it('writes no secret into its log', async () => {
    const host = await start({ PSA_LOG_LEVEL: 'trace', PSA_BOOTSTRAP_TOKEN: 'a-token-given-by-the-test' });
    expect(await statusOf(host, '/psa/api/session?token=in-the-query', host.token)).toBe(200);
    expect(await statusOf(host, '/psa/api/session', 'a-wrong-token-of-some-length')).toBe(401);
    await host.stop();
    const secrets = [
      host.token,
      'in-the-query',
      'a-wrong-token-of-some-length',
      await readFile(join(dataDir, 'master-key'), 'utf8'),
      await readFile(join(dataDir, 'postgres', 'password'), 'utf8'),
    ];
    expect(host.output()).toContain('/psa/api/session');
    for (const secret of secrets) expect(host.output()).not.toContain(secret.trim());
  });
});

async function statusOf(host: HostProcess, path: string, token: string): Promise<number> {
  const response = await fetch(host.url + path, { headers: { authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  return response.status;
}

function sandboxOf(output: string): string | undefined {
  return /sandbox \((\S+)\)/.exec(output)?.[1];
}

/** Ids of the process and everything it started, directly or not. */
async function processTree(root: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const pid of await allProcesses()) parents.set(pid, (await findParent(pid))?.pid ?? 0);
  const tree = [root];
  for (const parent of tree) {
    for (const [pid, ppid] of parents) if (ppid === parent) tree.push(pid);
  }
  return tree;
}

async function allProcesses(): Promise<number[]> {
  const names =
    process.platform === 'linux'
      ? await readdir('/proc')
      : (await promisify(execFile)('ps', ['-eo', 'pid='])).stdout.split('\n');
  return names.map(Number).filter((pid) => Number.isInteger(pid) && pid > 0);
}
