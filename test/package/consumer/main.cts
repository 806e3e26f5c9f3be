import psa = require('nestjs-psa-connector');
import simulator = require('nestjs-psa-connector/testing');

// What a host in CommonJS writes: the same classes through `require`, with types.

const { name } = require('nestjs-psa-connector/package.json') as { name: string };
const permission: psa.Permission = psa.PERMISSIONS[0] ?? 'connection:read';
const found = {
  name,
  module: typeof psa.PsaConnectorModule.forRootAsync,
  migrate: typeof psa.migrateDatabase,
  simulator: typeof simulator.AutotaskSimulator.start,
  permission,
};
process.stdout.write(`${JSON.stringify(found)}\n`);
