import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StartError } from './start-error.js';

/** Text kept in a file only its owner can read. */
export interface PrivateText {
  text: string;
  file: string;
  /** Whether this call made it. */
  isNew: boolean;
}

/** Reads the file, or makes it (mode 0600) with generated text when there is none; the first of two starters at once wins. */
export async function keepPrivateText(file: string, generate: () => string): Promise<PrivateText> {
  try {
    const found = await readPrivateText(file);
    if (found !== null) return { text: found, file, isNew: false };
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const text = generate();
    const written = `${file}.${randomUUID()}`;
    await writeFile(written, `${text}\n`, { mode: 0o600 });
    // A link appears with its whole content or not at all, and never replaces a file that came in between.
    const isNew = await link(written, file).then(
      () => true,
      (error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
        throw error;
      },
    );
    await rm(written, { force: true });
    return { text: isNew ? text : ((await readPrivateText(file)) ?? text), file, isNew };
  } catch (cause) {
    throw new StartError(
      `The file ${file} cannot be used (${(cause as Error).message}). ` +
        'Give the data directory to the user who starts the host, or set PSA_DATA_DIR to another directory.',
      { cause },
    );
  }
}

/** Writes the file anew (mode 0600), whole or not at all. */
export async function replacePrivateText(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const written = `${file}.${randomUUID()}`;
  await writeFile(written, `${text}\n`, { mode: 0o600 });
  await rename(written, file);
}

/** The trimmed text of the file, or null when there is none. */
export async function readPrivateText(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
