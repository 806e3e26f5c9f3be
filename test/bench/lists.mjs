/**
 * The 50-row lists beside bare Nest + Fastify routes that return the same rows as JSON built by Postgres, in turns within the same
 * run. Run it as `npm run bench:lists`, which builds first. `--rounds 5 --seconds 2 --connections 10 --contracts 2000` are the defaults.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { spawn } from 'node:child_process';
import { BILLING_CODE_IDS } from '../../dist/src/autotask-simulator/seed/seed-reference-data.js';
import { SANDBOX_API_USERS, SANDBOX_INTEGRATION_CODE } from '../../dist/src/autotask-simulator/testing.js';
import { median, printTable, startPostgres, startSimulator } from './support/processes.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '10' },
    contracts: { type: 'string', default: '2000' },
  },
});
const SERVER = fileURLToPath(new URL('support/list-server.mjs', import.meta.url));
const LISTS = ['companies', 'services', 'contracts', 'contract-lines'];

/** Services beside those of the simulated world, so that each list has a full page. */
async function addServices(zoneUrl, count) {
  for (let number = 1; number <= count; number += 1) {
    const response = await fetch(`${zoneUrl}Services`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        username: SANDBOX_API_USERS[0].userName,
        secret: SANDBOX_API_USERS[0].secret,
        apiintegrationcode: SANDBOX_INTEGRATION_CODE,
      },
      body: JSON.stringify({
        name: `Service ${number}`,
        description: `Made for a full page, ${number}`,
        sku: `BENCH:${number}`,
        billingCodeID: BILLING_CODE_IDS.recurring,
        periodType: 2,
        unitPrice: number + 0.5,
        unitCost: number,
        isActive: true,
      }),
    });
    if (!response.ok) throw new Error(`A service was refused: ${await response.text()}`);
  }
}

/** The connector and the bare routes in one process, with a connection that was synced. */
async function startServer(task) {
  const child = spawn(process.execPath, [SERVER, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = text.split('\n').find((candidate) => candidate.startsWith('{"apiUrl"'));
      if (found !== undefined) resolve(found);
    });
    child.once('close', (code) => reject(new Error(`The server ended with ${code}`)));
  });
  return {
    ...JSON.parse(line),
    stop: async () => {
      const closed = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGTERM');
      await closed;
    },
  };
}

async function requestsPerSecond(url) {
  const { requests, non2xx, errors } = await autocannon({
    url,
    connections: Number(options.connections),
    duration: Number(options.seconds),
    headers: { authorization: 'Bearer bench' },
  });
  if (non2xx + errors > 0) throw new Error(`${url} failed ${non2xx + errors} times`);
  return requests.average;
}

async function rowsOf(url) {
  const response = await fetch(url, { headers: { authorization: 'Bearer bench' } });
  const { items } = await response.json();
  return items;
}

const postgres = await startPostgres({ isDurable: false });
const simulator = await startSimulator({
  companies: options.contracts,
  'contract-services': Number(options.contracts) * 3,
  'units-per-service': 3,
  threshold: 100_000_000,
});
await addServices(simulator.databases[0].zoneUrl, 40);
const server = await startServer({ databaseUrl: postgres.url, simulator });
try {
  const figures = [];
  for (const list of LISTS) {
    const ours = `${server.apiUrl}/connections/${server.connectionId}/${list}?limit=50`;
    const bare = `${server.origin}/bare/${server.connectionId}/${list}`;
    const [ourRows, bareRows] = [await rowsOf(ours), await rowsOf(bare)];
    if (JSON.stringify(ourRows) !== JSON.stringify(bareRows)) {
      const at = ourRows.findIndex((row, i) => JSON.stringify(row) !== JSON.stringify(bareRows[i]));
      throw new Error(
        `${list}: not the same rows: ${JSON.stringify(ourRows[at])} and ${JSON.stringify(bareRows[at])}`,
      );
    }
    const rounds = { ours: [], bare: [] };
    for (let round = 0; round < Number(options.rounds); round += 1) {
      rounds.bare.push(await requestsPerSecond(bare));
      rounds.ours.push(await requestsPerSecond(ours));
    }
    const [mine, theirs] = [median(rounds.ours), median(rounds.bare)];
    figures.push({
      list,
      rows: ourRows.length,
      'connector req/s': mine.toFixed(0),
      'bare req/s': theirs.toFixed(0),
      ratio: (mine / theirs).toFixed(2),
      aim: '>= 0.7',
    });
  }
  printTable(figures);
} finally {
  await server.stop();
  await simulator.stop();
  await postgres.stop();
}
