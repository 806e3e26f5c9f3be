import { AutotaskSimulator } from '../../src/autotask-simulator/autotask-simulator.js';
import { SANDBOX_API_USERS } from '../../src/autotask-simulator/sandbox-users.js';
import { seedCspWorld } from '../../src/autotask-simulator/seed/seed-csp-world.js';

export type JsonBody = Record<string, unknown>;

export const ALL_RIGHTS = 'all-rights@sandbox-csp.example';

/** A simulator at a fixed time with its control API, and calls to both as a test writes them. */
export class ControlSession {
  private constructor(readonly simulator: AutotaskSimulator) {}

  static async start(now: Date): Promise<ControlSession> {
    const world = seedCspWorld(now, { companies: 12 });
    return new ControlSession(await AutotaskSimulator.start({ now: () => now, world, controlPort: 0 }));
  }

  async control(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${this.simulator.controlUrl}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
  }

  /** The body of a control answer that has to be a success. */
  async told<T = JsonBody>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.control(method, path, body);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Status and problem of a control answer that has to be a refusal. */
  async refused(method: string, path: string, body?: unknown): Promise<[status: number, problem: JsonBody]> {
    const response = await this.control(method, path, body);
    const type = response.headers.get('content-type');
    if (type !== 'application/problem+json') throw new Error(`${method} ${path}: ${response.status} ${type}`);
    return [response.status, (await response.json()) as JsonBody];
  }

  /** A call to the simulated vendor. */
  async api(method: string, path: string, body?: unknown, userName = ALL_RIGHTS): Promise<Response> {
    const user = SANDBOX_API_USERS.find((candidate) => candidate.userName === userName);
    if (user === undefined) throw new Error(`there is no user ${userName}`);
    return fetch(`http://${this.simulator.host}/zone19/ATServicesRest/V1.0/${path}`, {
      method,
      headers: {
        UserName: user.userName,
        Secret: user.secret,
        ApiIntegrationCode: user.integrationCode,
        'Content-Type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async item(path: string): Promise<JsonBody> {
    return ((await (await this.api('GET', path)).json()) as { item: JsonBody }).item;
  }

  /** First page of what matches the conditions; everything without them. */
  async items(entity: string, ...filter: JsonBody[]): Promise<JsonBody[]> {
    const conditions = filter.length > 0 ? filter : [{ op: 'exist', field: 'id' }];
    const page = await this.api('POST', `${entity}/query`, { filter: conditions });
    return ((await page.json()) as { items: JsonBody[] }).items;
  }
}
