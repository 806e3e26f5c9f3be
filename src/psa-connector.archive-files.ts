import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveFiles } from './audit/application/audit-archive.service.js';

/** Archive files in a folder, readable by their owner alone; one appears under its name when it is whole and on disk. */
export function folderFiles(folder: string): ArchiveFiles {
  return {
    open: async (name) => {
      const path = join(folder, name);
      const file = await open(`${path}.part`, 'w', 0o600);
      return {
        write: async (text) => {
          await file.write(text);
        },
        close: async () => {
          await file.sync();
          await file.close();
          await rename(`${path}.part`, path);
          await syncFolder(folder);
        },
        discard: async () => {
          await file.close();
          await rm(`${path}.part`);
        },
      };
    },
  };
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
