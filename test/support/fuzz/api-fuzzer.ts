import { Agent, type Dispatcher, request } from 'undici';
import { type FuzzRequest, KNOWN_ID } from './fuzz-requests.js';

/** Longest wait for the head of an answer, and for its body; beyond it the request counts as hanging. */
const HANG_AFTER_MS = 45_000;
/** An event stream lasts as long as its run; its head is what counts. */
const READ_EVENTS_MS = 3_000;
const AT_ONCE = 6;

export interface FuzzResult {
  sent: number;
  /** How often each operation was asked. */
  perOperation: Map<string, number>;
  perStatus: Map<number, number>;
  /** One line per answer of 500 or above, or none at all. */
  failures: string[];
}

/** Sends requests, a few at once, and looks at what comes back. */
export class ApiFuzzer {
  readonly #agent: Agent;
  readonly #ids = new Map<string, string[]>();
  readonly #kept = new Set<string>();

  constructor(
    private readonly apiUrl: string,
    private readonly token: string,
    private readonly hangAfterMs = HANG_AFTER_MS,
  ) {
    this.#agent = new Agent({ connections: AT_ONCE, headersTimeout: hangAfterMs });
  }

  /** As `learn`, of something that no request deletes, because the others need it. */
  keep(collection: string, id: string): void {
    this.#kept.add(id);
    this.learn(collection, id);
  }

  /** Tells an id of a collection, such as `connections`, for paths that need one that exists. */
  learn(collection: string, id: string): void {
    const known = this.#ids.get(collection) ?? [];
    if (known.length < 50 && !known.includes(id)) known.push(id);
    this.#ids.set(collection, known);
  }

  async run(requests: readonly FuzzRequest[]): Promise<FuzzResult> {
    const result: FuzzResult = { sent: 0, perOperation: new Map(), perStatus: new Map(), failures: [] };
    const queue = requests.values();
    const work = async () => {
      for (const next of queue) await this.send(next, result);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await this.#agent.destroy();
    return result;
  }

  private async send(fuzz: FuzzRequest, result: FuzzResult): Promise<void> {
    const path = `/${fuzz.path.map((segment, index) => this.fill(fuzz.method, segment, fuzz.path[index - 1])).join('/')}`;
    const url = `${this.apiUrl}${path}${fuzz.query === '' ? '' : `?${fuzz.query}`}`;
    result.sent += 1;
    count(result.perOperation, fuzz.operation);
    try {
      const answer = await request(url, {
        dispatcher: this.#agent,
        method: fuzz.method as 'GET',
        headers: { authorization: `Bearer ${this.token}`, ...fuzz.headers },
        body: fuzz.body ?? null,
      });
      const { statusCode } = answer;
      const text = await readBody(answer, this.hangAfterMs);
      count(result.perStatus, statusCode);
      this.learnFrom(fuzz, statusCode, text);
      if (statusCode >= 500) result.failures.push(describe(fuzz, url, `${statusCode} ${text.slice(0, 300)}`));
    } catch (error) {
      result.failures.push(describe(fuzz, url, String(error)));
    }
  }

  private fill(
    method: string,
    segment: string | typeof KNOWN_ID,
    collection: string | typeof KNOWN_ID | undefined,
  ): string {
    if (segment !== KNOWN_ID) return segment;
    const known = this.#ids.get(String(collection)) ?? [];
    // Without chance, so that a seed means the same requests.
    const candidates = method === 'DELETE' ? known.filter((id) => !this.#kept.has(id)) : known;
    return candidates.at(-1) ?? '00000000-0000-4000-8000-000000000000';
  }

  /** Ids of what the requests made. */
  private learnFrom({ method, path }: FuzzRequest, status: number, text: string): void {
    if (method !== 'POST' || status >= 300) return;
    const id = /"id":"([0-9a-f-]{36})"/.exec(text)?.[1];
    if (id !== undefined) this.learn(String(path.at(-1)), id);
  }
}

/** What came of a stream of events in a while is enough; any other body has to come whole, and in time. */
async function readBody({ headers, body }: Dispatcher.ResponseData, hangAfterMs: number): Promise<string> {
  const isStream = String(headers['content-type']).startsWith('text/event-stream');
  const late = new Error(`The body did not end within ${hangAfterMs} ms`);
  const timer = isStream
    ? setTimeout(() => body.destroy(), READ_EVENTS_MS)
    : setTimeout(() => body.destroy(late), hangAfterMs);
  try {
    return await body.text();
  } catch (error) {
    if (isStream) return '';
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function describe({ operation, headers, body }: FuzzRequest, url: string, outcome: string): string {
  return JSON.stringify({ operation, url: url.slice(0, 500), headers, body: body?.slice(0, 500), outcome });
}
