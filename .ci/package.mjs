// Assembles the library as it is published: dist/package, made from the build, with a manifest of its own. Host, tools and the
// runtime packages of the workspace never reach a consumer.
import { builtinModules } from 'node:module';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { makeSbom } from './sbom.mjs';
import { root } from './stamps.mjs';
import { bundledPackages } from './third-party.mjs';

const NAME = 'nestjs-psa-connector';
const build = join(root, 'dist');
const target = join(build, 'package');

/**
 * Whatever has classes, decorators or process-wide state must be the host's own copy, else it exists twice. Some are not imported
 * by name but needed all the same: TypeORM loads `pg`, Nest's pipes load `class-transformer`.
 */
const PEERS = {
  '@nestjs/common': '^12.0.1',
  '@nestjs/core': '^12.0.1',
  '@nestjs/schedule': '^12.0.0',
  '@nestjs/typeorm': '^12.0.0',
  'class-transformer': '^0.5.1',
  'class-validator': '^0.15.1',
  pg: '^8.16.0',
  'prom-client': '^15.1.0',
  'reflect-metadata': '^0.2.0',
  rxjs: '^7.8.0',
  typeorm: '^1.0.0',
};

/** What the library is built on and what its admin UI holds, in CycloneDX. */
const SBOM = 'sbom.cdx.json';

/** What somebody outside needs to verify an exported audit log. */
const AUDITORS_FILES = ['src/docs/audit-verification.md', 'src/docs/verify-audit-export.mjs'];

/** What an operator looks up, and the README links to. */
const OPERATORS_FILES = [
  'src/docs/runbook.md',
  'src/docs/backup.md',
  'src/docs/security.md',
  'src/docs/CHANGELOG.md',
];

/** Without them the library works too, with less: no metrics. */
const OPTIONAL_PEERS = ['prom-client'];

/** Kept wide so that a consumer has one copy, its own: only then are our spans among those of its SDK. */
const WIDE_DEPENDENCIES = { '@opentelemetry/api': '^1.3.0' };

const workspace = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
rmSync(target, { recursive: true, force: true });
copyBuild();
const manifest = makeManifest(importedPackages());
writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
writeFileSync(join(target, SBOM), `${JSON.stringify(makeSbom(manifest, bundledPackages()), null, 2)}\n`);
for (const name of ['README.md', 'LICENSE', ...AUDITORS_FILES, ...OPERATORS_FILES])
  cpSync(join(root, name), join(target, name));
console.log(`${NAME} ${manifest.version}: ${allFiles(target).length} files in ${relative(root, target)}`);

/** Keeps the folders as they are in the build, because files find each other (and the admin UI) by relative paths. */
function copyBuild() {
  for (const folder of ['src', 'migrations']) {
    if (!existsSync(join(build, folder))) fail(`dist/${folder} is missing; run "npm run build" first.`);
    for (const file of allFiles(join(build, folder))) {
      const path = relative(build, file);
      if (path.startsWith(join('src', 'host-app')) || file.endsWith('.map')) continue;
      mkdirSync(dirname(join(target, path)), { recursive: true });
      if (isOurs(path) && file.endsWith('.js')) {
        // The maps stay behind with the sources they lead to.
        const code = readFileSync(file, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
        writeFileSync(join(target, path), code);
      } else {
        cpSync(file, join(target, path));
      }
    }
  }
}

/** Names of the packages the packed files import, and whether only their types do. */
function importedPackages() {
  const imported = new Map();
  // The compiler writes every statement, or the last line of a long one, at the start of a line; SQL also says "from".
  const statement =
    /^(?:(?:import|export|\})[^'"\n]*\bfrom |import )(['"])([\w@./:-]+)\1;?$|\bimport\(\s*(['"])([\w@./:-]+)\3\s*\)/gm;
  for (const file of allFiles(target)) {
    const path = relative(target, file);
    if (!isOurs(path) || !/\.(js|d\.ts)$/.test(file)) continue;
    const code = readFileSync(file, 'utf8').replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
    for (const [, , fromStatement, , fromCall] of code.matchAll(statement)) {
      const specifier = fromStatement ?? fromCall;
      if (specifier.startsWith('.')) {
        const found = join(
          dirname(file),
          specifier.replace(/\.js$/, file.endsWith('.d.ts') ? '.d.ts' : '.js'),
        );
        if (!existsSync(found)) fail(`${path} imports ${specifier}, which is not in the package.`);
        continue;
      }
      if (specifier.startsWith('node:') || builtinModules.includes(specifier)) continue;
      const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
      const needs = imported.get(name) ?? { path, types: false, code: false };
      needs[file.endsWith('.d.ts') ? 'types' : 'code'] = true;
      imported.set(name, needs);
    }
  }
  return imported;
}

function makeManifest(imported) {
  const dependencies = {};
  for (const [name, { path, types }] of [...imported].toSorted(([a], [b]) => a.localeCompare(b))) {
    if (!(name in PEERS)) {
      const version = workspace.dependencies[name];
      if (version === undefined)
        fail(`${path} imports ${name}, which the workspace does not list as a dependency.`);
      // Exactly what was tested: a newer queue would migrate its tables in the consumer's database by itself.
      dependencies[name] = WIDE_DEPENDENCIES[name] ?? version;
    }
    // A consumer's compiler reads our declarations, and needs the types of what they mention.
    const typesName = `@types/${name.replace('@', '').replace('/', '__')}`;
    const typesVersion = workspace.devDependencies[typesName];
    if (types && typesVersion !== undefined) dependencies[typesName] = typesVersion;
  }
  const { version, license } = workspace;
  return {
    name: NAME,
    version,
    description:
      'NestJS module that connects Microsoft CSP and reseller platforms to Autotask PSA, with an admin UI.',
    license,
    keywords: ['nestjs', 'autotask', 'psa', 'microsoft-csp', 'billing'],
    type: 'module',
    engines: { node: '^22.19.0 || >=24.11.0' },
    main: './src/index.js',
    types: './src/index.d.ts',
    exports: {
      '.': { types: './src/index.d.ts', default: './src/index.js' },
      './testing': {
        types: './src/autotask-simulator/testing.d.ts',
        default: './src/autotask-simulator/testing.js',
      },
      './package.json': './package.json',
    },
    bin: { 'psa-connector': './src/psa-connector.cli.js' },
    files: ['src', 'migrations', SBOM],
    dependencies,
    peerDependencies: PEERS,
    peerDependenciesMeta: Object.fromEntries(OPTIONAL_PEERS.map((name) => [name, { optional: true }])),
  };
}

/** The admin UI is a finished bundle: its files are assets here, not modules. */
function isOurs(path) {
  return !path.startsWith(join('src', 'admin-ui'));
}

function allFiles(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function fail(message) {
  console.error(`The package cannot be assembled: ${message}`);
  process.exit(1);
}
