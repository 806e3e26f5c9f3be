import type { SourceFile } from './source-files.js';

/** Folders of `src` by rank: lower never imports higher, equals do not import each other. */
const RANKS: Readonly<Record<string, number>> = {
  kernel: 0,
  ports: 1,
  core: 2,
  autotask: 2,
  platform: 3,
  secrets: 4,
  audit: 4,
  connections: 5,
  subscriptions: 5,
  imports: 5,
  contracts: 6,
  billing: 7,
  sync: 8,
  overview: 9,
  hub: 9,
  events: 9,
  'record-sync': 9,
  '(composition)': 10,
};

/** Folders that may reach only what is named; `(index)` is the public door. */
const APART: Readonly<Record<string, readonly string[]>> = {
  autotask: ['kernel', 'ports'],
  'autotask-simulator': ['kernel'],
  'host-app': ['(index)', 'autotask-simulator'],
  'admin-ui': [],
  migrations: [],
};

/** Who may reach these folders, beside themselves. */
const REACHED_ONLY_FROM: Readonly<Record<string, readonly string[]>> = {
  autotask: ['(composition)'],
  'autotask-simulator': ['host-app'],
  '(index)': ['host-app'],
  'host-app': [],
  'admin-ui': [],
  migrations: ['(composition)'],
};

const FEATURES = new Set([
  'secrets',
  'audit',
  'connections',
  'subscriptions',
  'imports',
  'contracts',
  'billing',
  'sync',
  'overview',
  'hub',
  'events',
  'record-sync',
]);

/** What each layer of a feature may reach inside it; the module file may reach all. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  domain: ['domain'],
  application: ['application', 'domain'],
  persistence: ['persistence', 'domain'],
  http: ['http', 'application', 'domain'],
};

/** Frameworks, drivers and transports: nothing that is plain TypeScript knows them. */
const FRAMEWORK =
  /^(@nestjs\/.*|typeorm|pg|pg-boss|undici|cockatiel|rxjs|class-validator|class-transformer|node:https?)$/;

/** Packages only the standalone host may use; in the library they would be forced on every consumer. The form parser is no plugin of Fastify's. */
const HOST_ONLY =
  /^(@nestjs\/(platform-.*|config|terminus|testing)|@fastify\/(?!busboy$).*|nestjs-pino|pino.*|zod)$/;

/** One sentence per import that breaks a rule. */
export function importViolations(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => !/\.spec\.tsx?$/.test(path))
    .flatMap((file) =>
      file.imports
        .flatMap((target) => problemsOf(file.path, target))
        .map((problem) => `${file.path}: ${problem}`),
    );
}

function problemsOf(path: string, target: string): string[] {
  const from = areaOf(path);
  if (!isKnown(from)) return [`is in '${from}', which has no rank`];
  if (!isOurs(target)) return packageProblems(path, from, target);
  const to = areaOf(target);
  if (!isKnown(to)) return [`imports ${target}, which is in no known folder`];
  if (from === to) return layerProblems(path, target, from);
  return [...areaProblems(from, to, target), ...doorProblems(path, target, from, to)];
}

function isOurs(target: string): boolean {
  return target.startsWith('src/') || target.startsWith('migrations/') || target.startsWith('test/');
}

function isKnown(area: string): boolean {
  return area in RANKS || area in APART || area === '(index)';
}

/** The first folder below `src`; files directly in it compose the module, except the public door. */
function areaOf(path: string): string {
  const [top, folder, ...rest] = path.split('/');
  if (top !== 'src') return top ?? path;
  if (folder === 'index.ts') return '(index)';
  return rest.length === 0 ? '(composition)' : (folder ?? path);
}

function rankOf(area: string): number {
  // The public door stands on the composition, and nothing but the host stands on it.
  return area === '(index)' ? 10.5 : (RANKS[area] ?? Number.POSITIVE_INFINITY);
}

function areaProblems(from: string, to: string, target: string): string[] {
  const isReachable = REACHED_ONLY_FROM[to]?.includes(from) ?? true;
  const isReach = APART[from]?.includes(to) ?? (to in APART ? isReachable : rankOf(to) < rankOf(from));
  return isReach && isReachable ? [] : [`${from} may not import ${to} (${target})`];
}

/** Another feature is entered through its domain and application; module files may import each other. */
function doorProblems(path: string, target: string, from: string, to: string): string[] {
  if (!FEATURES.has(to) || from === '(composition)' || from === '(index)') return [];
  if (path.endsWith('.module.ts') && target.endsWith('.module.ts')) return [];
  const layer = layerOf(target);
  return layer === 'domain' || layer === 'application'
    ? []
    : [`may enter ${to} only through its domain or application (${target})`];
}

function layerProblems(path: string, target: string, area: string): string[] {
  if (!FEATURES.has(area) || path.endsWith('.module.ts')) return [];
  const layer = layerOf(path);
  const reach = LAYERS[layer];
  if (reach === undefined) return [`is in '${layer}', which is no layer of a feature`];
  return reach.includes(layerOf(target))
    ? []
    : [`${layer} may not import ${layerOf(target) || 'the module'} (${target})`];
}

/** The folder below a feature; empty for files directly in it. */
function layerOf(path: string): string {
  const [, , layer, ...rest] = path.split('/');
  return rest.length === 0 ? '' : (layer ?? '');
}

function packageProblems(path: string, area: string, target: string): string[] {
  const isPlain = area === 'kernel' || area === 'ports' || (FEATURES.has(area) && layerOf(path) === 'domain');
  if (isPlain && FRAMEWORK.test(target)) return [`plain TypeScript may not import ${target}`];
  if (HOST_ONLY.test(target) && area !== 'host-app') return [`only the host may import ${target}`];
  return [];
}

/** Groups of files that reach each other, each as one sentence; types count. */
export function importCycles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const trail: string[] = [];
  const walk = (path: string): void => {
    // A component's source ends in `.tsx`, and its import like any other.
    const file = byPath.get(path) ?? byPath.get(`${path}x`);
    if (file === undefined) return;
    if (file.path !== path) {
      walk(file.path);
      return;
    }
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      found.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
      return;
    }
    state.set(path, 'open');
    trail.push(path);
    file.imports.forEach(walk);
    trail.pop();
    state.set(path, 'done');
  };
  files.forEach(({ path }) => walk(path));
  return found;
}

/** Source files longer than `limit` lines; specs are measured by the linter. */
export function longFiles(files: readonly SourceFile[], limit: number): string[] {
  return files
    .filter(({ path }) => !/\.spec\.tsx?$/.test(path))
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > limit)
    .map(({ path, lines }) => `${path}: ${lines} lines`);
}
