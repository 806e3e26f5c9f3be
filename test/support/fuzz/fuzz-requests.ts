import fc from 'fast-check';
import type { OpenApiDocument, Schema } from '../../../src/platform/http/openapi.js';
import { awkwardText, invalidValue, type NamedSchemas, validValue } from './schema-values.js';

/** Stands in a path for the id of something that exists, filled in when the request is sent. */
export const KNOWN_ID = Symbol('KNOWN_ID');

export interface FuzzRequest {
  /** As in the document: `GET /connections/{id}`. */
  operation: string;
  method: string;
  /** Segments of the path; a text is sent as it is, already encoded. */
  path: (string | typeof KNOWN_ID)[];
  query: string;
  headers: Record<string, string>;
  body: string | undefined;
}

interface Parameter {
  name: string;
  in: string;
  schema: Schema;
}

interface Operation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

const encoded = (text: string) => encodeURIComponent(text.toWellFormed());

/** As many requests to each operation of the document, in an order made from the seed; the same seed gives the same requests. */
export function fuzzRequests(document: OpenApiDocument, seed: number, count: number): FuzzRequest[] {
  const named = document.components.schemas;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      requestOf(method.toUpperCase(), path, operation as unknown as Operation, named),
    ),
  );
  const each = Math.ceil(count / operations.length);
  const requests = operations.flatMap((arbitrary, index) =>
    fc.sample(arbitrary, { seed: seed + index, numRuns: each }),
  );
  const [shuffled] = fc.sample(fc.shuffledSubarray(requests, { minLength: requests.length }), {
    seed,
    numRuns: 1,
  });
  return (shuffled ?? []).slice(0, count);
}

function requestOf(
  method: string,
  path: string,
  operation: Operation,
  named: NamedSchemas,
): fc.Arbitrary<FuzzRequest> {
  const segments = path.split('/').slice(1);
  return fc
    .record({
      path: fc.tuple(...segments.map(segmentOf)),
      query: queryOf(operation.parameters ?? [], named),
      payload: payloadOf(operation, named),
      requestId: fc.option(fc.stringMatching(/^[ -~]{0,80}$/), { nil: undefined, freq: 10 }),
      accept: fc.option(fc.constantFrom('*/*', 'text/html', 'application/xml', ';q=', 'text/event-stream')),
    })
    .map(({ path: filled, query, payload, requestId, accept }) => ({
      operation: `${method} ${path}`,
      method,
      path: filled,
      query,
      headers: {
        ...payload.headers,
        ...(requestId === undefined ? {} : { 'x-request-id': requestId.trim() }),
        ...(accept === null ? {} : { accept }),
      },
      body: payload.body,
    }));
}

function segmentOf(segment: string): fc.Arbitrary<string | typeof KNOWN_ID> {
  if (!segment.startsWith('{')) return fc.constant(segment);
  return fc.oneof(
    { arbitrary: fc.constant(KNOWN_ID), weight: 6 },
    { arbitrary: fc.uuid(), weight: 1 },
    { arbitrary: awkwardText.map(encoded), weight: 2 },
    { arbitrary: fc.constantFrom('%zz', '%', '%00', '%2e%2e%2f', '..', '{id}', '%C0%80'), weight: 1 },
  );
}

function queryOf(parameters: readonly Parameter[], named: NamedSchemas): fc.Arbitrary<string> {
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const pairs = inQuery.map(({ name, schema }) =>
    fc.oneof(
      { arbitrary: fc.constant(''), weight: 3 },
      { arbitrary: validValue(schema, named).map((value) => `${name}=${encoded(String(value))}`), weight: 3 },
      { arbitrary: awkwardText.map((text) => `${name}=${encoded(text)}`), weight: 2 },
      {
        arbitrary: fc.constantFrom(name, `${name}=1&${name}=2`, `${name}[]=1`, `${name}[a]=1`, `${name}=%zz`),
        weight: 1,
      },
    ),
  );
  const foreign = fc.oneof(
    { arbitrary: fc.constant(''), weight: 8 },
    { arbitrary: fc.constantFrom('unknown=1', '__proto__=1', '&&=&', '='), weight: 1 },
  );
  return fc.tuple(...pairs, foreign).map((parts) => parts.filter((part) => part !== '').join('&'));
}

interface Payload {
  headers: Record<string, string>;
  body: string | undefined;
}

const OTHER_TYPES = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'text/csv',
  'application/xml',
  'x',
  '',
];
const BROKEN_BODIES = [
  '',
  '{',
  '[',
  'null',
  '"',
  '{"a":1,}',
  '\u0000',
  '{"__proto__":{}}',
  '['.repeat(5000),
  '['.repeat(100_000) + ']'.repeat(100_000),
  '{"alias":'.repeat(5000) + '1' + '}'.repeat(5000),
  'a,b\n"',
];

const as = (type: string) => (body: string) => ({ headers: { 'content-type': type }, body });

function payloadOf({ requestBody }: Operation, named: NamedSchemas): fc.Arbitrary<Payload> {
  const none: Payload = { headers: {}, body: undefined };
  const [mediaType = 'application/json', content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const schema = content?.schema ?? {};
  const isJson = mediaType === 'application/json';
  const write = (value: unknown) =>
    isJson || typeof value !== 'string' ? JSON.stringify(value ?? null) : value;
  const broken = fc.constantFrom(...BROKEN_BODIES).map(as(mediaType));
  const otherType = fc
    .tuple(fc.constantFrom(...OTHER_TYPES), fc.constantFrom('{}', 'a=1', 'a,b'))
    .map(([type, body]) => as(type)(body));
  if (requestBody === undefined) {
    return fc.oneof(
      { arbitrary: fc.constant(none), weight: 12 },
      { arbitrary: broken, weight: 1 },
      otherType,
    );
  }
  return fc.oneof(
    { arbitrary: validValue(schema, named).map(write).map(as(mediaType)), weight: 8 },
    { arbitrary: invalidValue(schema, named).map(write).map(as(mediaType)), weight: 8 },
    { arbitrary: broken, weight: 1 },
    { arbitrary: otherType, weight: 1 },
    { arbitrary: fc.constant(none), weight: 1 },
  );
}
