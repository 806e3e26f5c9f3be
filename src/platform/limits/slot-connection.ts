import pg from 'pg';
import type { PsaConnectorSettings } from '../../core/psa-connector.options.js';

/** A statement that Postgres plans once per connection. */
export interface Statement {
  name: string;
  text: string;
}

export interface SlotConnectionListener {
  /** What others told with `pg_notify` on the channel; some can be missed while the connection is down. */
  onNotice(notice: string): void;
  /** The connection is gone; should Postgres have crashed, it may have forgotten the commits of the last `FORGOTTEN_MS`. */
  onBroken(): void;
}

/** What Postgres can forget when it crashes: thrice its `wal_writer_delay` of 200 ms, and some more. */
export const FORGOTTEN_MS = 1_000;

/** Longest wait for one statement; a lease has to outlast it. */
const STATEMENT_TIMEOUT_MS = 4_000;

/**
 * A connection of its own, beside the pool: leases must be renewed also while every pooled connection is busy, and only a connection
 * that stays can listen. Opened when first needed, again after it broke.
 */
export class SlotConnection {
  readonly channel: string;
  readonly #database: PsaConnectorSettings['database'];
  readonly #listener: SlotConnectionListener;
  #client: Promise<pg.Client> | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(database: PsaConnectorSettings['database'], listener: SlotConnectionListener) {
    this.#database = database;
    this.#listener = listener;
    this.channel = `${database.schema}_request_slots`;
  }

  /** One statement after the other, in the order they were asked for. */
  query<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    const result = this.#last.then(async () => {
      this.#client ??= this.#connect();
      const client = await this.#client;
      const { rows } = await client.query<Row>({ ...statement, values: [...values] });
      return rows;
    });
    this.#last = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => null);
    client?.removeAllListeners('end');
    this.#client = null;
    await client?.end();
  }

  async #connect(): Promise<pg.Client> {
    const { url, schema, connectTimeoutMs } = this.#database;
    const client = new pg.Client({
      connectionString: url,
      application_name: 'psa-connector-slots',
      connectionTimeoutMillis: Math.min(connectTimeoutMs, STATEMENT_TIMEOUT_MS),
      query_timeout: STATEMENT_TIMEOUT_MS,
      keepAlive: true,
      // A lease lives for seconds: waiting for the disk at each hand-over would cost more than the calls. See `onBroken`.
      options: `-c search_path=${schema} -c timezone=UTC -c synchronous_commit=off`,
    });
    // Without a listener a broken connection would end the process; statements under way are rejected anyway.
    let isOpen = true;
    const forget = (): void => {
      this.#client = null;
      if (isOpen) this.#listener.onBroken();
      isOpen = false;
    };
    client.on('error', forget);
    client.on('end', forget);
    client.on('notification', ({ payload }) => this.#listener.onNotice(payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN "${this.channel}"`);
      return client;
    } catch (error) {
      forget();
      throw error;
    }
  }
}
