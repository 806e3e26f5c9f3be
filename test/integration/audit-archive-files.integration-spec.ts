import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, inject, it, vi } from 'vitest';

/** What was made sure of, in order: nothing else shows that a file would be there after the power went. */
const done = vi.hoisted((): string[] => []);

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>();
  return {
    ...real,
    open: async (...parameters: Parameters<typeof real.open>) => {
      const handle = await real.open(...parameters);
      const sync = handle.sync.bind(handle);
      handle.sync = async () => {
        await sync();
        done.push(`sync ${basename(String(parameters[0]))}`);
      };
      return handle;
    },
    rename: async (from: string, to: string) => {
      await real.rename(from, to);
      done.push(`rename ${basename(from)} ${basename(to)}`);
    },
  };
});

it.skipIf(process.platform === 'win32')(
  'an archive file is on disk with its name when it is closed',
  async () => {
    // A worker that ran other files may have loaded it with the file system as it is.
    vi.resetModules();
    const { folderFiles } = await import('../../src/psa-connector.archive-files.js');
    const folder = await mkdtemp(join(inject('scratchDir'), 'archive-files-'));
    const file = await folderFiles(folder).open('a.jsonl');
    await file.write('{}\n');
    expect(done).toEqual([]);
    await file.close();
    expect(done).toEqual(['sync a.jsonl.part', 'rename a.jsonl.part a.jsonl', `sync ${basename(folder)}`]);
    expect(await readFile(join(folder, 'a.jsonl'), 'utf8')).toBe('{}\n');
  },
);

it('an archive file takes the place of no other, but of one with the same content', async () => {
  const { folderFiles } = await import('../../src/psa-connector.archive-files.js');
  const folder = await mkdtemp(join(inject('scratchDir'), 'archive-files-'));
  const files = folderFiles(folder);
  const write = async (...texts: string[]) => {
    const file = await files.open('a.jsonl');
    for (const text of texts) await file.write(text);
    return file.close();
  };
  expect(await files.read('a.jsonl')).toBeNull();
  expect(await write('{}\n', '[]\n')).toBe(true);
  expect(await write('{}\n[]\n')).toBe(true);
  expect(await write('{}\n')).toBe(false);
  expect(await files.read('a.jsonl')).toBe('{}\n[]\n');
  expect(await readdir(folder)).toEqual(['a.jsonl']);
});
