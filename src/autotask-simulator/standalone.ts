/*
 * The simulator in a process of its own: `node standalone.js --port 4100 --control-port 4101`. It prints one line of JSON
 * when it answers, and ends with SIGTERM, SIGINT, or the parent that forked it.
 */
import { AutotaskSimulator } from './autotask-simulator.js';
import { seedCspWorld } from './seed/seed-csp-world.js';
import { seedLargeWorld } from './seed/seed-large-world.js';
import { readStandaloneOptions, type StandaloneOptions } from './standalone-options.js';
import type { SimulatorWorld } from './world/simulator-world.js';

try {
  const options = readStandaloneOptions(process.argv.slice(2), process.env);
  const simulator = await AutotaskSimulator.start({ ...options, world: worldOf(options) });
  const end = (): void => void simulator.stop();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end);
  process.once('disconnect', end);
  process.stdout.write(`${readyLine(simulator)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function worldOf({
  companies,
  contractServices,
  unitsPerService,
  requestThreshold,
}: StandaloneOptions): SimulatorWorld {
  const now = new Date();
  const world =
    contractServices === null
      ? seedCspWorld(now, { companies })
      : seedLargeWorld({ companies, contractServices, unitsPerService, now });
  for (const database of world.databases) database.requestThreshold = requestThreshold;
  return world;
}

function readyLine(simulator: AutotaskSimulator): string {
  return JSON.stringify({
    discoveryUrl: simulator.discoveryUrl,
    controlUrl: simulator.controlUrl,
    host: simulator.host,
    databases: simulator.world.databases.map(({ ci, zoneNumber, users }) => ({
      ci,
      zoneUrl: `http://${simulator.host}/zone${zoneNumber}/ATServicesRest/V1.0/`,
      users: users.map(({ userName }) => userName),
    })),
  });
}
