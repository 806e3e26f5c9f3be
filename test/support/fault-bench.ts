import { join } from 'node:path';
import pg from 'pg';
import {
  AutotaskSimulator,
  MULTI_CURRENCY_CI,
  SANDBOX_INTEGRATION_CODE,
  seedCspWorld,
} from '../../src/autotask-simulator/testing.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/host-app/embedded-postgres.js';
import type { SyncMode } from '../../src/sync/domain/sync-run.js';
import type { SyncRunResponse } from '../../src/sync/http/sync-run-response.js';
import { newConnection } from './connector.js';
import { type CuttableLine, openLine } from './cuttable-line.js';
import { type Below, editWorld } from './fault-edits.js';
import { type HostProcess, makeDataDir, startHostProcess } from './host-process.js';
import { until } from './until.js';

const TOKEN = 'fault-suite-token-of-more-than-32-characters';
/** Slow enough that a fault meets the run where it was aimed at. */
const LATENCY_MS = 8;
const IS_QUERY = /\/query$/;
/** Schema of the copies that `remember` makes. */
const MEMORY = 'fault_memory';

/** What a run left behind, and what it cost. */
export interface Outcome {
  run: SyncRunResponse;
  /** Hash of the rows of every mirror table. */
  tables: Record<string, string>;
  /** Queries the PSA was sent. */
  calls: number;
}

/** The built host in a process of its own, a PostgreSQL server of its own and a simulated PSA, each to be hit while a pull runs. */
export class FaultBench {
  #host: HostProcess | null = null;
  #connectionId = '';

  private constructor(
    readonly simulator: AutotaskSimulator,
    private server: EmbeddedPostgres,
    private readonly line: CuttableLine,
    private readonly dataDir: string,
  ) {}

  static async open(): Promise<FaultBench> {
    const dataDir = await makeDataDir();
    const world = seedCspWorld(new Date());
    fillUp(world.database(MULTI_CURRENCY_CI), 'Companies', 1_000);
    fillUp(world.database(MULTI_CURRENCY_CI), 'ContractServices', 14_000);
    // The long suite asks for more within an hour than the vendor usually allows: runs would wait for room.
    world.database(MULTI_CURRENCY_CI).requestThreshold = 10_000_000;
    const simulator = await AutotaskSimulator.start({ world, latencyMs: LATENCY_MS });
    const server = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), forTests: true });
    const bench = new FaultBench(simulator, server, await openLine(server.url), dataDir);
    await bench.startHost();
    const { id } = await bench.call<{ id: string }>('POST', '/connections', newConnection());
    bench.#connectionId = id;
    return bench;
  }

  /** Empties the mirror, pulls everything while `disturb` does what it wants, and waits for the end of the run. */
  async pull(disturb: () => Promise<void> = () => Promise.resolve()): Promise<Outcome> {
    await this.forget();
    return this.run('full', disturb);
  }

  /**
   * Edits the PSA and pulls what has changed (or everything again), undisturbed; then brings the mirror back to where that began and pulls the
   * same while `disturb`, which is told how many queries it took, does what it wants.
   */
  async pullEdits(
    mode: SyncMode,
    below: Below,
    disturb: (calls: number) => Promise<void>,
  ): Promise<{ undisturbed: Outcome; disturbed: Outcome }> {
    editWorld(this.simulator.world.database(MULTI_CURRENCY_CI), below);
    await this.remember();
    const undisturbed = await this.run(mode);
    await this.recall();
    const disturbed = await this.run(mode, () => disturb(undisturbed.calls));
    return { undisturbed, disturbed };
  }

  private async run(
    mode: SyncMode,
    disturb: () => Promise<void> = () => Promise.resolve(),
  ): Promise<Outcome> {
    this.simulator.journal.clear();
    const path = `/connections/${this.#connectionId}/sync-runs`;
    // Before the run, so that nothing of it is missed.
    const disturbance = disturb();
    const { id } = await this.call<{ id: string }>('POST', path, { mode });
    await disturbance;
    const run = await until('the run to end', () => this.endedRun(id), 120_000);
    const calls = this.simulator.journal.count({ path: IS_QUERY });
    return { run, calls, tables: await this.tables() };
  }

  /** Resolves when the PSA has been sent so many queries. */
  async untilQuery(count: number): Promise<void> {
    while (this.simulator.journal.count({ path: IS_QUERY }) < count) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  /** What the host has logged about runs that failed. */
  failures(): string {
    const lines = this.#host?.output().split('\n') ?? [];
    return lines.filter((line) => line.includes('Sync run failed')).join('\n');
  }

  async killWorker(): Promise<void> {
    await this.#host?.kill9();
    await this.startHost();
  }

  async restartDatabase(): Promise<void> {
    this.line.cut();
    await this.server.stop();
    this.server = await startEmbeddedPostgres({ dataDir: join(this.dataDir, 'postgres'), forTests: true });
    this.line.redirect(this.server.url);
    this.line.mend();
  }

  async close(): Promise<void> {
    await this.#host?.stop();
    await this.line.close();
    await this.server.stop();
    await this.simulator.stop();
  }

  private async startHost(): Promise<void> {
    this.#host = await startHostProcess({
      DATABASE_URL: this.line.url,
      PSA_DATA_DIR: this.dataDir,
      PSA_BOOTSTRAP_TOKEN: TOKEN,
      PSA_AUTOTASK_DISCOVERY_URL: this.simulator.discoveryUrl,
      PSA_AUTOTASK_ALLOWED_HOSTS: this.simulator.host,
      PSA_AUTOTASK_INTEGRATION_CODE: SANDBOX_INTEGRATION_CODE,
      PSA_SYNC_CRON: '0 0 29 2 *',
      PSA_SWEEP_CRON: '0 0 29 2 *',
    });
  }

  private async endedRun(id: string): Promise<SyncRunResponse | null> {
    try {
      const run = await this.call<SyncRunResponse>('GET', `/sync-runs/${id}`);
      return run.finishedAt === null ? null : run;
    } catch {
      // The host, or its database, is away for the moment.
      return null;
    }
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.#host?.url}/psa/api${path}`, {
      method,
      headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? { body: '{}' } : { body: JSON.stringify(body) }),
      ...(method === 'GET' ? { body: null } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  private async forget(): Promise<void> {
    await this.query('TRUNCATE psa_connector.sync_watermark, psa_connector.sync_touched_contract');
    await this.query('UPDATE psa_connector.sync_schedule SET needs_full = true');
    for (const table of await this.mirrorTables()) await this.query(`TRUNCATE psa_connector.${table}`);
  }

  /** Keeps what an incremental run builds on. */
  private async remember(): Promise<void> {
    await this.query(`DROP SCHEMA IF EXISTS ${MEMORY} CASCADE`);
    await this.query(`CREATE SCHEMA ${MEMORY}`);
    for (const table of await this.pulledTables()) {
      await this.query(`CREATE TABLE ${MEMORY}.${table} AS TABLE psa_connector.${table}`);
    }
  }

  private async recall(): Promise<void> {
    for (const table of await this.pulledTables()) {
      await this.query(`TRUNCATE psa_connector.${table}`);
      await this.query(`INSERT INTO psa_connector.${table} TABLE ${MEMORY}.${table}`);
    }
  }

  private async pulledTables(): Promise<string[]> {
    return [...(await this.mirrorTables()), 'mirror_highest_id', 'sync_watermark', 'sync_touched_contract'];
  }

  /** Hash of the rows of every mirror table. */
  async tables(): Promise<Record<string, string>> {
    const hashes: Record<string, string> = {};
    for (const table of await this.mirrorTables()) {
      const [row] = await this.query<{ hash: string }>(
        `SELECT coalesce(md5(string_agg(to_jsonb(t)::text, '' ORDER BY external_id)), 'empty') AS hash FROM psa_connector.${table} t`,
      );
      hashes[table] = row?.hash ?? '';
    }
    return hashes;
  }

  private async mirrorTables(): Promise<string[]> {
    const rows = await this.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns
       WHERE table_schema = 'psa_connector' AND table_name LIKE 'psa\\_%' AND column_name = 'external_id' ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  }

  private async query<Row extends object>(sql: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.server.url });
    await client.connect();
    try {
      return (await client.query(sql)).rows as Row[];
    } finally {
      await client.end();
    }
  }
}

function fillUp(
  database: ReturnType<ReturnType<typeof seedCspWorld>['database']>,
  name: string,
  size: number,
): void {
  const table = database.table(name);
  const originals = table.all().slice(1);
  for (let position = 0; table.size < size; position += 1) {
    const { id: _, ...values } = originals[position % originals.length] ?? { id: 0 };
    table.insert(values);
  }
}
