import pg from 'pg';
import { expect } from 'vitest';
import type { AuditEntryResponse } from '../../src/audit/http/audit-entries.controller.js';
import {
  AutotaskSimulator,
  type AutotaskSimulatorOptions,
  SANDBOX_API_USERS,
  SANDBOX_INTEGRATION_CODE,
} from '../../src/autotask-simulator/testing.js';
import type { ConnectionResponse } from '../../src/connections/http/connection-response.js';
import type { PsaConnectorModuleOptions } from '../../src/index.js';
import type { Page } from '../../src/kernel/page.js';
import type { SyncRunResponse } from '../../src/sync/http/sync-run-response.js';
import { type ApiAnswer, ApiClient } from './api-client.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { startTestApp, type TestApp, type TestAppOptions } from './test-app.js';
import { TOKENS } from './test-actors.js';

export const ALL_RIGHTS = 'all-rights@sandbox-csp.example';

export interface ConnectorOptions extends Omit<TestAppOptions, 'connector'> {
  simulator?: AutotaskSimulatorOptions;
  autotask?: PsaConnectorModuleOptions['autotask'];
  /** Whether the host has a default tracking identifier; default true. */
  hasIntegrationCode?: boolean;
  schedules?: PsaConnectorModuleOptions['schedules'];
  adminUi?: PsaConnectorModuleOptions['adminUi'];
}

/** Input of `POST /connections`. */
export interface ConnectionInput {
  provider: string;
  alias: string;
  currency: string;
  credentials: { username: string; secret: string; integrationCode?: string };
}

/** Starts a database, a simulated Autotask and a host with the connector in it. */
export async function startConnector(options: ConnectorOptions = {}): Promise<Connector> {
  const database = await createTestDatabase();
  const simulator = await AutotaskSimulator.start(options.simulator);
  try {
    const connector = new Connector(database, simulator, options);
    await connector.startApp();
    return connector;
  } catch (error) {
    await simulator.stop();
    await database.drop();
    throw error;
  }
}

export class Connector {
  /** Headers and bodies of every answer any client got. */
  readonly transcript: string[] = [];
  readonly #apps: TestApp[] = [];
  #client: Promise<pg.Client> | null = null;

  constructor(
    readonly database: TestDatabase,
    readonly simulator: AutotaskSimulator,
    private readonly options: ConnectorOptions,
  ) {}

  /** The first host. */
  get app(): TestApp {
    const [app] = this.#apps;
    if (app === undefined) throw new Error('No host runs');
    return app;
  }

  /** A client of the first host, as the administrator of tenant A unless told otherwise. */
  as(actor: keyof typeof TOKENS | null = 'admin'): ApiClient {
    return new ApiClient(this.app.apiUrl, actor === null ? null : TOKENS[actor], this.transcript);
  }

  get api(): ApiClient {
    return this.as();
  }

  /** Starts one more host on the same database. */
  async startApp(schedules: PsaConnectorModuleOptions['schedules'] = {}): Promise<TestApp> {
    const { simulator, options } = this;
    const app = await startTestApp({
      ...options,
      connector: {
        database: { url: this.database.url },
        autotask: {
          discoveryUrl: simulator.discoveryUrl,
          allowedHosts: [simulator.host],
          ...(options.hasIntegrationCode === false ? {} : { integrationCode: SANDBOX_INTEGRATION_CODE }),
          ...options.autotask,
        },
        schedules: { ...options.schedules, ...schedules },
        ...(options.adminUi === undefined ? {} : { adminUi: options.adminUi }),
      },
    });
    this.#apps.push(app);
    return app;
  }

  async rows<Row extends pg.QueryResultRow>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    this.#client ??= this.connectToDatabase();
    return (await (await this.#client).query<Row>(sql, parameters)).rows;
  }

  private async connectToDatabase(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.database.url });
    await client.connect();
    return client;
  }

  /** Rows that a stored connection leaves. */
  async stored(): Promise<{ connections: number; secrets: number }> {
    const [row] = await this.rows<{ connections: number; secrets: number }>(`
      SELECT (SELECT count(*)::int FROM psa_connector.connection) AS connections,
        (SELECT count(*)::int FROM psa_connector.sealed_secret) AS secrets`);
    if (row === undefined) throw new Error('Nothing was counted');
    return row;
  }

  /** Adds a connection of the administrator; it must succeed. */
  async connect(changes: Partial<ConnectionInput> = {}): Promise<ConnectionResponse> {
    return demand(201, await this.api.post<ConnectionResponse>('/connections', newConnection(changes)));
  }

  /** Starts a run as the administrator and gives it when it has ended. */
  async sync(connectionId: string, mode?: 'full' | 'incremental'): Promise<SyncRunResponse> {
    const path = `/connections/${connectionId}/sync-runs`;
    const body = mode === undefined ? undefined : { mode };
    const { id } = demand(202, await this.api.post<{ id: string }>(path, body));
    return this.runToItsEnd(id);
  }

  /** Follows the run's event stream until it ends. */
  async runToItsEnd(id: string): Promise<SyncRunResponse> {
    await this.api.events(`/sync-runs/${id}/events`);
    const { body } = await this.api.get<SyncRunResponse>(`/sync-runs/${id}`);
    return body;
  }

  async connection(id: string): Promise<ConnectionResponse> {
    return demand(200, await this.api.get<ConnectionResponse>(`/connections/${id}`));
  }

  /** The newest audit entries of tenant A. */
  async audit(query = '', limit = 200): Promise<AuditEntryResponse[]> {
    const path = `/audit-entries?limit=${limit}${query}`;
    return demand(200, await this.api.get<Page<AuditEntryResponse>>(path)).items;
  }

  async newestAuditEntry(): Promise<AuditEntryResponse> {
    const [entry] = await this.audit('', 1);
    if (entry === undefined) throw new Error('The audit log is empty');
    return entry;
  }

  /** Ends every host, and our own connection to the database; `startApp` starts again. */
  async closeApps(): Promise<void> {
    for (const app of this.#apps.splice(0)) await app.close();
    await (await this.#client)?.end();
    this.#client = null;
  }

  async stop(): Promise<void> {
    for (const app of this.#apps.splice(0)) await app.close();
    await this.simulator.stop();
    await (await this.#client)?.end();
    await this.database.drop();
  }
}

/** User name and secret of a ready-made API user of the simulator. */
export function credentialsOf(userName: string): { username: string; secret: string } {
  const user = SANDBOX_API_USERS.find((candidate) => candidate.userName === userName);
  if (user === undefined) throw new RangeError(`there is no API user '${userName}'`);
  return { username: user.userName, secret: user.secret };
}

/** A valid body of `POST /connections`, of the user with all rights. */
export function newConnection(changes: Partial<ConnectionInput> = {}): ConnectionInput {
  return {
    provider: 'autotask',
    alias: 'Main',
    currency: 'EUR',
    credentials: credentialsOf(ALL_RIGHTS),
    ...changes,
  };
}

function demand<Body>(status: number, answer: ApiAnswer<Body>): Body {
  if (answer.status !== status) throw new Error(`Expected ${status}, got ${answer.status}: ${answer.text}`);
  return answer.body;
}

/** Expects a problem document with this status and code, in the form RFC 9457 and our own rules ask for. */
export function expectProblem(answer: ApiAnswer, status: number, code: string): void {
  expect(answer.body).toEqual(
    expect.objectContaining({
      type: `urn:psa-connector:problem:${code}`,
      title: expect.stringMatching(/./),
      status,
      detail: expect.stringMatching(/./),
      instance: answer.headers.get('x-request-id'),
      code,
    }),
  );
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
}
