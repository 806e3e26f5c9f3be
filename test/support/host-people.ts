import pg from 'pg';
import type { AccountResponse } from '../../src/host-app/access/accounts.controller.js';
import { ApiClient } from './api-client.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { type HostProcess, startHostProcess } from './host-process.js';
import { HostSession } from './host-session.js';
import { until } from './until.js';

export const PASSWORD = 'correct horse battery staple';
export const OTHER_PASSWORD = 'wrong donkey battery staple';

/** A running host with people in it. */
export class HostPeople {
  #made = 0;

  private constructor(
    readonly host: HostProcess,
    /** A connection to the host's database. */
    readonly client: pg.Client,
    private readonly database: TestDatabase,
  ) {}

  static async start(variables: Record<string, string> = {}): Promise<HostPeople> {
    const database = await createTestDatabase();
    // Many people sign in here; that a production host refuses so cheap a hash is seen in host-refusals.
    const host = await startHostProcess({
      DATABASE_URL: database.url,
      PSA_PASSWORD_COST: '14',
      ...variables,
    });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    return new HostPeople(host, client, database);
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  /** Calls the API with the bootstrap token. */
  get bootstrap(): ApiClient {
    return this.withToken(this.host.token);
  }

  /** Starts one more host on the same database, with the bootstrap token unless told otherwise. */
  startAnother(variables: Record<string, string>): Promise<HostProcess> {
    return startHostProcess({ DATABASE_URL: this.database.url, PSA_PASSWORD_COST: '14', ...variables });
  }

  withToken(token: string | null): ApiClient {
    return new ApiClient(`${this.host.url}/psa/api`, token);
  }

  /** A browser in which nobody is signed in. */
  browser(cookies: ReadonlyMap<string, string> = new Map()): HostSession {
    const session = new HostSession(this.host.url);
    for (const [name, value] of cookies) session.cookies.set(name, value);
    return session;
  }

  /** An account that nobody else uses; by default an administrator of the CSP. */
  async newAccount(changes: object = {}): Promise<AccountResponse> {
    this.#made += 1;
    const answer = await this.bootstrap.post<AccountResponse>('/accounts', {
      userName: `person-${this.#made}@csp.example`,
      displayName: `Person ${this.#made}`,
      password: PASSWORD,
      role: 'administrator',
      ...changes,
    });
    if (answer.status !== 201) throw new Error(answer.text);
    return answer.body;
  }

  async signedIn(changes: object = {}): Promise<{ session: HostSession; account: AccountResponse }> {
    const account = await this.newAccount(changes);
    const session = this.browser();
    const { status, text } = await session.signIn({ userName: account.userName, password: PASSWORD });
    if (status !== 200) throw new Error(text);
    return { session, account };
  }

  /** The newest audit entry of the CSP's own tenant. */
  async newestEntry(): Promise<Record<string, unknown>> {
    const { body } = await this.bootstrap.get<{ items: Record<string, unknown>[] }>('/audit-entries?limit=1');
    return body.items[0] ?? {};
  }

  /** Waits until so many connections of the database wait for a lock. */
  async waiting(count: number): Promise<void> {
    const sql = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
    await until(`${count} waiting for a lock`, async () =>
      (await this.client.query(sql)).rowCount === count ? true : null,
    );
  }

  async stop(): Promise<void> {
    await this.client.end();
    await this.host.stop();
    await this.database.drop();
  }
}
