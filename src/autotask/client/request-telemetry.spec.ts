import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  CLOCK_AT_NOON,
  CREDENTIALS,
  INTEGRATION_CODE,
  optionsFor,
  rows,
  SECRET,
  startScriptedAutotask,
  USER_NAME,
} from '../../../test/contract/scripted-autotask.js';
import type { ScriptedServer } from '../../../test/contract/scripted-server.js';
import type { ObservedRequest } from '../../ports/psa/request-observer.port.js';
import { AutotaskAdapter } from '../autotask.adapter.js';

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const observed: ObservedRequest[] = [];
const heldBack: unknown[] = [];
let server: ScriptedServer;
let adapter: AutotaskAdapter;

/** As a host does that installs an SDK. */
beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
});

afterAll(async () => {
  trace.disable();
  context.disable();
  await provider.shutdown();
});

afterEach(async () => {
  exporter.reset();
  observed.length = 0;
  heldBack.length = 0;
  await adapter.close();
  await server.stop();
});

async function open(answers: Parameters<typeof startScriptedAutotask>[0]) {
  server = await startScriptedAutotask(answers);
  adapter = new AutotaskAdapter(optionsFor(server), CLOCK_AT_NOON, {
    observer: {
      onRequest: (request) => observed.push(request),
      onHeldBack: (request) => heldBack.push(request),
    },
  });
  const instance = {
    id: '4711',
    zoneName: '',
    apiUrl: `${server.origin}/zone2/ATServicesRest/`,
    webUrl: '',
    internalCurrency: 'EUR',
    metadata: {},
  };
  return adapter.openSession({ purpose: 'pull', credentials: CREDENTIALS, instance });
}

describe('what is told of requests', () => {
  it('is one span per vendor request, below the span of whoever asked, with what happened', async () => {
    let asked = 0;
    const session = await open({
      'POST Companies/query': {
        choose: () => {
          asked += 1;
          return asked === 1
            ? { status: 503, body: 'down' }
            : rows([{ id: 174, companyName: 'Hidden GmbH' }]);
        },
      },
    });
    await trace.getTracer('host').startActiveSpan('pull', async (parent) => {
      await session.readByIds('companies', ['174']);
      parent.end();
    });
    const spans = exporter.getFinishedSpans();
    const parent = spans.find(({ name }) => name === 'pull');
    const ours = spans.filter(({ name }) => name === 'POST Companies');
    expect(ours.map(({ attributes }) => attributes)).toMatchObject([
      {
        'http.request.method': 'POST',
        'psa.entity': 'Companies',
        'psa.instance.id': '4711',
        'http.response.status_code': 503,
        'http.request.resend_count': 0,
        'error.type': 'psa.unreachable',
      },
      { 'http.response.status_code': 200, 'http.request.resend_count': 1 },
    ]);
    expect(ours.map(({ kind }) => kind)).toEqual([SpanKind.CLIENT, SpanKind.CLIENT]);
    expect(ours.map(({ status }) => status.code)).toEqual([SpanStatusCode.ERROR, SpanStatusCode.UNSET]);
    for (const span of ours) expect(span.parentSpanId).toBe(parent?.spanContext().spanId);
    const text = JSON.stringify(ours.map(({ name, attributes, events }) => ({ name, attributes, events })));
    for (const value of [USER_NAME, SECRET, INTEGRATION_CODE, '174', 'Hidden'])
      expect(text).not.toContain(value);
    expect(observed).toMatchObject([
      { instanceId: '4711', entity: 'Companies', outcome: 'psa.unreachable', resends: 0 },
      { instanceId: '4711', entity: 'Companies', outcome: 'succeeded', resends: 1 },
    ]);
  });

  it('includes requests that the caller ended', async () => {
    const controller = new AbortController();
    const session = await open({
      'POST Companies/query': {
        choose: () => {
          controller.abort(new Error('enough'));
          return rows([]);
        },
      },
    });
    await expect(session.readByIds('companies', ['1'], controller.signal)).rejects.toThrow('enough');
    expect(observed).toMatchObject([{ entity: 'Companies', outcome: 'aborted' }]);
    expect(exporter.getFinishedSpans()).toHaveLength(1);
  });

  it('tells requests that are held back apart from those sent', async () => {
    const session = await open({
      'POST Companies/query': { status: 429, headers: { 'retry-after': '3600' } },
    });
    await expect(session.readByIds('companies', ['1'])).rejects.toMatchObject({ code: 'psa.rate_limited' });
    await expect(session.readByIds('companies', ['1'])).rejects.toMatchObject({
      context: { budget: 'exhausted' },
    });
    expect(observed).toHaveLength(1);
    expect(heldBack).toEqual([{ instanceId: '4711', entity: 'Companies', outcome: 'psa.rate_limited' }]);
    expect(exporter.getFinishedSpans()).toHaveLength(1);
  });
});
