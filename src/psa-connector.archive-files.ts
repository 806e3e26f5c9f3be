import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ArchiveFiles } from './audit/application/audit-archive.service.js';

/**
 * Archive files in a folder, readable by their owner alone; one appears under its name when it is whole and on disk. A file that is
 * there may be the only copy of what it holds, so none is replaced; one of the same content was left by a run that ended early.
 */
export function folderFiles(folder: string): ArchiveFiles {
  return {
    open: async (name) => {
      const path = join(folder, name);
      const part = `${path}.part`;
      const file = await open(part, 'w', 0o600);
      const written = createHash('sha256');
      return {
        write: async (text) => {
          written.update(text);
          await file.write(text);
        },
        close: async () => {
          await file.sync();
          await file.close();
          const there = await hashOf(path);
          await (there === null ? rename(part, path) : rm(part));
          await syncFolder(folder);
          return there === null || there === written.digest('hex');
        },
        discard: async () => {
          await file.close();
          await rm(part);
        },
      };
    },
    read: (name) => readFile(join(folder, name), 'utf8').catch(nullWhereMissing),
  };
}

/** Null where there is no such file. */
async function hashOf(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  } catch (error) {
    return nullWhereMissing(error);
  }
}

function nullWhereMissing(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}

/** A new name is on disk only when its folder is; what a crash takes back must not be the only copy. */
async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders, and writes names by itself.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
