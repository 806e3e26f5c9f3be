import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';

export interface SourceText {
  /** From the top of the repository, with forward slashes. */
  path: string;
  text: string;
}

export interface SourceFile extends SourceText {
  /** What it imports or re-exports, types and dynamic imports included: a path of the repository, or a package. */
  imports: string[];
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CODE = /\.(ts|tsx)$/;

/** Every TypeScript file below these folders of the repository. */
export function readSources(...folders: string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && CODE.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => toSourceFile({ path: posixPath(file), text: readFileSync(file, 'utf8') })),
  );
}

export function readSource(path: string): SourceFile {
  return toSourceFile({ path, text: readFileSync(join(ROOT, path), 'utf8') });
}

export function toSourceFile({ path, text }: SourceText): SourceFile {
  const imports = new Set(specifiersOf(path, text).map((specifier) => resolve(path, specifier)));
  return { path, text, imports: [...imports] };
}

function posixPath(file: string): string {
  return relative(ROOT, file).split(sep).join('/');
}

/** `.js` in an import names the source that becomes it; a package is named without what follows its name. */
function resolve(from: string, specifier: string): string {
  if (specifier.startsWith('.')) {
    const path = posix.normalize(posix.join(posix.dirname(from), specifier));
    return path.replace(/\.js$/, '.ts').replace(/\.jsx$/, '.tsx');
  }
  if (specifier.startsWith('node:')) return specifier;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Names of every place in the syntax tree that takes a module specifier. */
const IMPORTING = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
  'TSExternalModuleReference',
]);

function specifiersOf(path: string, text: string): string[] {
  const { program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new SyntaxError(`${path}: ${error.message}`);
  const found: string[] = [];
  visit(program, (node) => {
    if (!IMPORTING.has(String(node['type']))) return;
    const source = node['source'] ?? node['expression'];
    if (isNode(source) && typeof source['value'] === 'string') found.push(source['value']);
  });
  return found;
}

type SyntaxNode = Record<string, unknown>;

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null;
}

/** Calls `see` with every node of a syntax tree. */
export function visit(value: unknown, see: (node: SyntaxNode) => void): void {
  if (Array.isArray(value)) for (const inner of value) visit(inner, see);
  else if (isNode(value)) {
    if (typeof value['type'] === 'string') see(value);
    for (const inner of Object.values(value)) visit(inner, see);
  }
}
