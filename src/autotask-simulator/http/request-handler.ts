import { AutotaskRefusal } from '../rules/autotask-refusal.js';
import { PageStore } from '../rules/page-store.js';
import { addedLatencyMs, RequestMeter, ThreadGate } from '../rules/request-meter.js';
import { settlePrices } from '../rules/contract-lines.js';
import { type SignIn, signIn } from '../rules/sign-in.js';
import type { ApiUser, AutotaskDatabase, SimulatorWorld } from '../world/simulator-world.js';
import type { ApiCall } from './api-call.js';
import { routeEntityCall } from './entity-router.js';
import {
  errorsReply,
  htmlReply,
  jsonReply,
  methodNotAllowed,
  type Reply,
  unauthorized,
  unknownRoute,
} from './reply.js';
import { zoneInformation } from './zone-information.js';

/** A request as it came in, header names in lower case. */
export interface IncomingCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bodyText: string;
  /** Milliseconds a fault delays the answer by; a signed-in request occupies its thread meanwhile. */
  readonly delayMs?: number;
}

/** What the handler found out about a request on the way, for the journal. */
export interface CallTrace {
  concurrency: number;
  /** Set once the request has signed in. */
  ci?: number;
  integrationCode?: string;
}

/** How fast and how patient the server is; read for each request, so that it can change between two. */
export interface ServerLimits {
  /** Requests in flight per integration code and entity; one more is refused (Autotask REST reference, §5). */
  maxThreads: number;
  /** Status of the thread-limit refusal. */
  threadLimitStatus: 500 | 429;
  /** Milliseconds every signed-in request takes, the work of answering it included. */
  latencyMs: number;
  /** Whether the vendor's 0.5 and 1 second are added above half and three quarters of the allowance. */
  hasThresholdLatency: boolean;
  /**
   * Milliseconds after which a thread is free again once its request is answered: the vendor frees it slightly later than
   * the client sees the response (Autotask REST reference, §5, observed).
   */
  slotReleaseDelayMs: number;
}

interface Admission {
  readonly refusal: Reply | undefined;
  readonly latencyMs: number;
}

export interface HandlerSettings {
  readonly world: SimulatorWorld;
  readonly now: () => Date;
  readonly authFailures: 'empty401' | 'legacy';
  readonly limits: Readonly<ServerLimits>;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Longest GET address before IIS answers 404 (Autotask REST reference, §2.2). */
const MAX_GET_URL = 2048;

/** As seen, apart from where the code stands (reference §5). */
function threadLimitText(maxThreads: number): string {
  return `Itgenatr005: Thread Threshold Exceeded – The Autotask API thread threshold of ${maxThreads} threads has been exceeded.`;
}

/** Answers requests the way the vendor does, from zone discovery down to the entity routes. */
export class RequestHandler {
  private readonly meters = new Map<number, RequestMeter>();
  private readonly pages = new Map<number, PageStore>();
  private readonly threads = new ThreadGate();

  constructor(private readonly settings: HandlerSettings) {}

  /** Requests counted against a database's hourly allowance in the last 60 minutes. */
  usageOf(database: AutotaskDatabase): number {
    return this.meterOf(database).countAt(this.settings.now().getTime());
  }

  /** Counts requests of other integrations, made just now. */
  addUsage(database: AutotaskDatabase, count: number): void {
    this.meterOf(database).record(this.settings.now().getTime(), count);
  }

  async handle(incoming: IncomingCall, trace: CallTrace): Promise<Reply> {
    const { method, url } = incoming;
    if (method === 'GET' && url.href.length > MAX_GET_URL)
      return htmlReply(404, '404 - File or directory not found.');
    const path = /^(?:\/zone(\d+))?\/atservicesrest(\/.*)?$/i.exec(url.pathname.replaceAll(/\/{2,}/g, '/'));
    if (path === null) return htmlReply(404, '404 - File or directory not found.');
    const [version = '', ...segments] = (path[2] ?? '').split('/').filter((part) => part !== '');
    if (version.toLowerCase() === 'versioninformation' && segments.length === 0) {
      return method === 'GET' ? jsonReply(200, { apiVersions: ['1.0'] }) : methodNotAllowed(method);
    }
    if (version.toLowerCase() !== 'v1.0' || segments.length === 0) return unknownRoute(url.href);
    const names = segments.map((segment) => decode(segment));
    if (names[0]?.toLowerCase() === 'zoneinformation' && names.length === 1) {
      await this.pause(incoming.delayMs ?? 0);
      return method === 'GET'
        ? zoneInformation(this.settings.world, url.searchParams.get('user') ?? '', url.origin)
        : methodNotAllowed(method);
    }
    return this.handleSignedIn(incoming, names, path[1], trace);
  }

  private async handleSignedIn(
    incoming: IncomingCall,
    segments: readonly string[],
    zone: string | undefined,
    trace: CallTrace,
  ): Promise<Reply> {
    const zoneNumber = zone === undefined ? null : Number(zone);
    const attempt = this.authenticate(incoming, zoneNumber);
    if (attempt.outcome !== 'accepted') await this.pause(incoming.delayMs ?? 0);
    if (attempt.outcome === 'integrationCodeRejected' && this.settings.authFailures === 'legacy') {
      return errorsReply(['IntegrationCode is invalid']);
    }
    if (attempt.outcome !== 'accepted') return unauthorized(zoneNumber);
    const { database, user } = attempt;
    const key = `${database.ci} ${user.integrationCode} ${segments[0]?.toLowerCase()}`;
    trace.ci = database.ci;
    trace.integrationCode = user.integrationCode;
    trace.concurrency = this.threads.enter(key);
    const startedAt = performance.now();
    const delayMs = incoming.delayMs ?? 0;
    const { refusal, latencyMs } = this.admit(database, trace.concurrency);
    try {
      await this.pause(delayMs);
      const reply = refusal ?? this.carryOut(incoming, segments, database, user);
      // The work is part of the latency, as at the vendor: a client's own time is measured against it.
      await this.pause(latencyMs - (performance.now() - startedAt - delayMs));
      return reply;
    } finally {
      this.release(key, refusal === undefined ? this.settings.limits.slotReleaseDelayMs : 0);
    }
  }

  private carryOut(
    { method, url, bodyText }: IncomingCall,
    segments: readonly string[],
    database: AutotaskDatabase,
    user: ApiUser,
  ): Reply {
    const now = this.settings.now();
    settlePrices(database, now);
    return answer({
      database,
      user,
      now,
      segments,
      method,
      search: url.searchParams,
      bodyText,
      apiUrl: `${url.origin}/zone${database.zoneNumber}/ATServicesRest/V1.0`,
      pages: storeOf(this.pages, database.ci, () => new PageStore()),
      requestCount: this.meterOf(database).countAt(now.getTime()),
    });
  }

  private release(key: string, delayMs: number): void {
    const leave = (): void => this.threads.leave(key);
    if (delayMs <= 0) leave();
    else void this.settings.sleep(delayMs).then(leave, leave);
  }

  private async pause(milliseconds: number): Promise<void> {
    if (milliseconds > 0) await this.settings.sleep(milliseconds);
  }

  private authenticate(incoming: IncomingCall, zoneNumber: number | null): SignIn {
    const header = (name: string): string => [incoming.headers[name]].flat()[0] ?? '';
    const databases = this.settings.world.databases.filter((database) => database.zoneNumber === zoneNumber);
    return signIn(databases, {
      userName: header('username'),
      secret: header('secret'),
      integrationCode: header('apiintegrationcode'),
    });
  }

  /** Counts the request; tells how long it takes, and its refusal when the hourly or the thread limit is exceeded. */
  private admit(database: AutotaskDatabase, concurrency: number): Admission {
    const { limits } = this.settings;
    const meter = this.meterOf(database);
    const at = this.settings.now().getTime();
    const used = meter.countAt(at);
    if (used >= database.requestThreshold) {
      const text = 'The API request threshold of this database has been exceeded.';
      return { refusal: errorsReply([text], 429), latencyMs: 0 };
    }
    meter.record(at);
    const added = limits.hasThresholdLatency ? addedLatencyMs(used + 1, database.requestThreshold) : 0;
    const refusal =
      concurrency > limits.maxThreads
        ? errorsReply([threadLimitText(limits.maxThreads)], limits.threadLimitStatus)
        : undefined;
    return { refusal, latencyMs: limits.latencyMs + added };
  }

  private meterOf(database: AutotaskDatabase): RequestMeter {
    return storeOf(this.meters, database.ci, () => new RequestMeter());
  }
}

function answer(call: ApiCall & { requestCount: number }): Reply {
  const [first = '', ...rest] = call.segments;
  const singleton = rest.length === 0 ? SINGLETONS[first.toLowerCase()] : undefined;
  try {
    if (singleton === undefined) return routeEntityCall(call);
    return call.method === 'GET' ? jsonReply(200, singleton(call)) : methodNotAllowed(call.method);
  } catch (error) {
    if (error instanceof AutotaskRefusal) return errorsReply(error.errors);
    if (error instanceof SyntaxError) return errorsReply(['The request body is not valid JSON.']);
    throw error;
  }
}

const SINGLETONS: Readonly<Record<string, (call: ApiCall & { requestCount: number }) => unknown>> = {
  version: () => ({
    majorVersion: '2026',
    minorVersion: '2',
    build: '2026.2.1.104',
    customerType: 'Standard',
  }),
  thresholdinformation: ({ database, requestCount }) => ({
    externalRequestThreshold: database.requestThreshold,
    requestThresholdTimeframe: 60,
    currentTimeframeRequestCount: requestCount,
  }),
  modules: ({ database }) => ({
    modules: [
      { key: 1, value: true },
      { key: 24, value: database.isMultiCurrency },
    ],
  }),
};

function storeOf<T>(stores: Map<number, T>, ci: number, create: () => T): T {
  const store = stores.get(ci) ?? create();
  stores.set(ci, store);
  return store;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
