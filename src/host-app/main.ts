import 'reflect-metadata';
import { readEnvironment } from './environment.js';
import { endWithNpm } from './npm-watch.js';
import { describeFailure } from './start-failure.js';
import { endOnSignals, Shutdown } from './shutdown.js';
import { startHost } from './start-host.js';
import { StartError } from './start-error.js';

const shutdown = new Shutdown((line) => process.stdout.write(`${line}\n`));
endOnSignals(shutdown);
void endWithNpm(shutdown);
try {
  const unknown = process.argv.slice(2).filter((argument) => argument !== '--production');
  if (unknown.length > 0)
    throw new StartError(`Unknown argument ${unknown.join(' ')}; there is only --production.`);
  const profile = process.argv.includes('--production') ? 'production' : 'evaluation';
  const banner = await startHost(readEnvironment(process.env, profile), shutdown);
  if (banner !== null) process.stdout.write(banner);
  shutdown.started();
} catch (error) {
  process.stderr.write(`\n${describeFailure(error)}\n`);
  await shutdown.closeAll();
  process.exit(1);
}
