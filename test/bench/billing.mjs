/**
 * Imports and reconciles a bill of a million lines, each half beside a bare read of the same lines in the same run and with a heap that is
 * held. Run it as `npm run bench:billing`, which builds first; smaller or one half: `-- --lines 100000 --part import`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchImport } from './import-part.mjs';
import { benchReconciliation } from './reconciliation-part.mjs';

const { values: options } = parseArgs({
  options: { lines: { type: 'string', default: '1000000' }, part: { type: 'string', default: 'both' } },
});
const lines = Number(options.lines);
if (!Number.isSafeInteger(lines) || lines < 1000 || lines % 1000 !== 0)
  throw new RangeError(`--lines ${options.lines} is no number of thousands`);
if (!['both', 'import', 'reconciliation'].includes(options.part))
  throw new RangeError(`--part ${options.part} is none of both, import and reconciliation`);

if (options.part !== 'reconciliation') {
  const directory = await mkdtemp(join(tmpdir(), 'imports-bench-'));
  try {
    await benchImport({ lines, directory });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
if (options.part !== 'import') await benchReconciliation({ lines });
