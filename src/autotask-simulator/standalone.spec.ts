import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('standalone.ts', import.meta.url));

/** Lets Node run the sources: an import of a `.js` file that is not there means the `.ts` file beside it. */
const SOURCE_LOADER = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve(specifier, context, next) {
      if (!/^\\.{1,2}\\/.*\\.js$/.test(specifier) || !context.parentURL?.endsWith('.ts')) return next(specifier, context);
      return next(specifier.replace(/\\.js$/, '.ts'), context);
    },
  });
`)}`;

function launch(args: readonly string[]) {
  const flags = ['--experimental-transform-types', '--no-warnings', '--import', SOURCE_LOADER];
  return spawn(process.execPath, [...flags, SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

interface Ready {
  discoveryUrl: string;
  controlUrl: string;
  databases: { ci: number; zoneUrl: string; users: string[] }[];
}

describe('the simulator in a process of its own', () => {
  let child: { kill: (signal: 'SIGKILL') => unknown } | undefined;

  afterEach(() => child?.kill('SIGKILL'));

  const start = (...args: string[]): ReturnType<typeof launch> => {
    const launched = launch(args);
    child = launched;
    return launched;
  };

  it('prints where it is in one line, answers, and ends with SIGTERM', async () => {
    const simulator = start('--contract-services', '500', '--companies', '10', '--threshold', '77');
    const lines: string[] = [];
    const output = createInterface({ input: simulator.stdout }).on('line', (line) => lines.push(line));
    await once(output, 'line');
    const ready = JSON.parse(lines[0] ?? '') as Ready;
    const user = encodeURIComponent(ready.databases[0]?.users[0] ?? '');
    const zone = await fetch(`${ready.discoveryUrl}/v1.0/zoneInformation?user=${user}`);
    expect(`${((await zone.json()) as { url: string }).url}V1.0/`).toBe(ready.databases[0]?.zoneUrl);
    const lists = await fetch(
      `${ready.controlUrl}/databases/${ready.databases[0]?.ci}/records/ContractServices?limit=0`,
    );
    expect(await lists.json()).toEqual({ total: 500, records: [] });
    const database = await fetch(`${ready.controlUrl}/databases/${ready.databases[0]?.ci}`);
    expect(await database.json()).toMatchObject({ requestThreshold: 77 });
    simulator.kill('SIGTERM');
    expect(await once(simulator, 'exit')).toEqual([0, null]);
    expect(lines).toHaveLength(1);
  });

  it('says what is wrong with its options and fails', async () => {
    const simulator = start('--latency', 'slow');
    let complaint = '';
    simulator.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    expect(await once(simulator, 'close')).toEqual([1, null]);
    expect(complaint).toBe("--latency must be a whole number from 0 to 3600000, not 'slow'\n");
  });
});
